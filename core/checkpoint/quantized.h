// SPDX-License-Identifier: MIT
// Weights of model folders as int8 numbers with a scale an output: a fourth of the bytes of fp32.
//
// NAME I8 and NAME.scale F32 stand for the weight NAME = NAME[i8] * scale. A scale belongs to one output feature: the
// rows of a matrix [out, in] have it as [out, 1], the columns of experts' slabs [E, in, out] as [E, 1, out]. It is the
// largest size / 127. Vectors, routers and single numbers stay F32.
#pragma once

#include "core/base/io/safetensors.h"
#include "core/checkpoint/checkpoint.h"

namespace switchyard::checkpoint {

/// The tensors to be written for fp32 weights. Throws: Error(kNonFinite) naming the weight.
NamedTensors quantized(const NamedTensors& weights);

/// Whether an entry is a scale and no weight of its own.
bool isScale(const io::SafetensorsFile& file, const io::TensorEntry& entry);

/// A weight of a model folder's file: as it lies there, or fp32 made of int8 and scale. Valid while `file` lives.
/// Throws: Error(kCorruptCheckpoint) when there is no scale, or one of another shape.
at::Tensor weightOf(const io::SafetensorsFile& file, const io::TensorEntry& entry);

}  // namespace switchyard::checkpoint
