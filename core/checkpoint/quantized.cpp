// SPDX-License-Identifier: MIT
#include "core/checkpoint/quantized.h"

#include <ATen/ATen.h>

#include "core/base/util/error.h"
#include "core/checkpoint/tensor_file.h"

namespace switchyard::checkpoint {
namespace {

constexpr const char* kScale = ".scale";
constexpr double kLargest = 127;

bool staysFloat(const std::string& name, const at::Tensor& weight) {
    return weight.dim() < 2 || name.find(".router.") != std::string::npos;
}

/// All of an output's numbers lie along these: experts' slabs are [E, in, out], everything else begins with its
/// outputs.
std::vector<std::int64_t> inputDimensions(std::size_t dimensions) {
    if (dimensions == 3) return {1};
    std::vector<std::int64_t> all;
    for (std::size_t d = 1; d < dimensions; ++d) all.push_back(static_cast<std::int64_t>(d));
    return all;
}

}  // namespace

NamedTensors quantized(const NamedTensors& weights) {
    NamedTensors out;
    for (const auto& [name, weight] : weights) {
        // Experts' biases [E, D] are vectors, one an expert.
        if (staysFloat(name, weight) || name.ends_with(".experts.b1") || name.ends_with(".experts.b2")) {
            out.emplace_back(name, weight);
            continue;
        }
        if (!at::isfinite(weight).all().item<bool>())
            throw Error(ExitCode::kNonFinite, "A weight holds a value that is not finite", name,
                        "Export another checkpoint");
        const at::Tensor scale = weight.abs().amax(inputDimensions(weight.sizes().size()), /*keepdim=*/true) / kLargest;
        const at::Tensor steps = (weight / at::where(scale.eq(0), 1.0, scale)).round().clamp(-kLargest, kLargest);
        out.emplace_back(name, steps.to(at::kChar));
        out.emplace_back(name + kScale, scale.to(at::kFloat).contiguous());
    }
    return out;
}

bool isScale(const io::SafetensorsFile& file, const io::TensorEntry& entry) {
    if (!entry.name.ends_with(kScale)) return false;
    const io::TensorEntry* of = file.find(entry.name.substr(0, entry.name.size() - std::string(kScale).size()));
    return of != nullptr && of->dtype == io::Dtype::kI8;
}

at::Tensor weightOf(const io::SafetensorsFile& file, const io::TensorEntry& entry) {
    const at::Tensor stored = tensorOf(file, entry);
    if (entry.dtype != io::Dtype::kI8) return stored;
    const io::TensorEntry* scale = file.find(entry.name + kScale);
    if (scale == nullptr)
        throw Error(ExitCode::kCorruptCheckpoint, "the tensor " + entry.name + kScale + " is missing", entry.name);
    std::vector<std::int64_t> wanted = entry.shape;
    if (wanted.size() < 2)
        throw Error(ExitCode::kCorruptCheckpoint, "the tensor " + entry.name + " has int8 numbers and is no matrix",
                    entry.name);
    for (const std::int64_t d : inputDimensions(wanted.size())) wanted[static_cast<std::size_t>(d)] = 1;
    if (scale->shape != wanted || scale->dtype != io::Dtype::kF32)
        throw Error(ExitCode::kCorruptCheckpoint, "the tensor " + scale->name + " is no scale of an output's",
                    entry.name);
    return stored.to(at::kFloat) * tensorOf(file, *scale);
}

}  // namespace switchyard::checkpoint
