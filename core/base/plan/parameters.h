// SPDX-License-Identifier: MIT
// The tensors of a configuration's model, as names are not needed to plan: sizes, in the order the model registers
// them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/config/parameter_count.h"
#include "core/base/config/run_config.h"

namespace switchyard::plan {

struct ParameterTensor {
    std::int64_t count = 0;  ///< of this rank: an expert's slab holds the rank's own experts
    int unit = 0;            ///< as fsdp cuts the model; 0 is the root, which is always there
    bool expert = false, trained = true;
};

/// Places of a layer's tensors in the list.
struct LinearPlaces {
    int weight = -1, bias = -1;
    std::int64_t in = 0, out = 0;
    struct Adapter {
        int a = -1, b = -1;
        std::int64_t rank = 0, columns = 0;
    };
    std::vector<Adapter> adapters;
};
struct NormPlaces {
    int weight = -1, bias = -1;
};
struct MoePlaces {
    int router = -1, noise = -1, w1 = -1, w2 = -1, b1 = -1, b2 = -1;
    std::int64_t dim = 0, experts = 0;
    std::string layer;  ///< "fusion.blocks.0.moe"
    bool there() const { return router >= 0; }
};
struct BlockPlaces {
    int unit = 0;
    NormPlaces norm1, norm2;
    LinearPlaces qkv, out, fc1, fc2;
    MoePlaces moe;
};
struct FusionPlaces {
    int unit = 0;
    NormPlaces text_norm, image_norm, ffn_norm;
    LinearPlaces text_q, image_kv, text_out, image_q, text_kv, image_out, fc1, fc2;
    MoePlaces moe;
};

struct ModelTensors {
    std::vector<ParameterTensor> list;
    int units = 1;
    std::vector<std::string> unit_names = {"the rest"};  ///< "text.blocks.0"

    int embedding = -1, embedding_unit = 0, text_position = -1, token_types = -1;
    NormPlaces text_last;
    std::vector<BlockPlaces> text, vision;
    int vision_position = -1, class_token = -1;
    LinearPlaces stem;                ///< linear stem
    std::vector<LinearPlaces> convs;  ///< in and out are channels (in: of a whole patch of the kernel)
    NormPlaces input_norm, vision_last;
    LinearPlaces text_in, image_in;
    std::vector<FusionPlaces> fusion;
    NormPlaces fusion_text, fusion_image;
    LinearPlaces text_projection, image_projection, match1, match2;
    int logit_scale = -1;
    std::vector<LinearPlaces> heads;
};

/// Names of the layers with experts, those of the fusion blocks only where these see pairs.
std::vector<MoePlaces> moeLayers(const ModelTensors& model, bool pairs);

/// @param config valid; parallel.expert decides how many of each layer's experts are in the list
ModelTensors modelTensors(const RunConfig& config, const std::vector<config::HeadSize>& heads);

}  // namespace switchyard::plan
