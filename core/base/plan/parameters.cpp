// SPDX-License-Identifier: MIT
#include "core/base/plan/parameters.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "core/base/config/moe_layers.h"

namespace switchyard::plan {
namespace {

using Int = std::int64_t;

class Maker {
public:
    Maker(const RunConfig& config, ModelTensors* model) : config_(config), model_(*model) {}

    int unit = 0;
    bool frozen = false;  ///< the base of an encoder under LoRA

    int tensor(Int count, bool base = true, bool expert = false) {
        model_.list.push_back({count, unit, expert, !(base && frozen)});
        return static_cast<int>(model_.list.size()) - 1;
    }
    NormPlaces norm(Int dim) {
        const int weight = tensor(dim);
        return {weight, tensor(dim)};
    }
    LinearPlaces linear(Int in, Int out) {
        LinearPlaces places;
        places.in = in;
        places.out = out;
        places.weight = tensor(in * out);
        places.bias = tensor(out);
        return places;
    }
    void adapt(const RunConfig::Lora& lora, const char* name, Int columns, LinearPlaces* of) {
        if (lora.rank == 0 || std::find(lora.targets.begin(), lora.targets.end(), name) == lora.targets.end()) return;
        const int a = tensor(lora.rank * of->in, /*base=*/false);
        of->adapters.push_back({a, tensor(columns * lora.rank, /*base=*/false), lora.rank, columns});
    }
    MoePlaces moe(config::MoePart part, Int nth, Int dim) {  // of the unit that is made
        const RunConfig::Moe moe = config::moeOf(config_, part, nth);
        const Int own = moe.experts / config_.parallel.expert;
        const Int wide = moe.activation == Activation::kSwiGlu ? 2 * moe.hidden_dim : moe.hidden_dim;
        MoePlaces places;
        places.dim = dim;
        places.experts = moe.experts;
        places.layer = model_.unit_names.back() + ".moe";
        places.router = tensor(moe.experts * dim, false);
        if (moe.gate == GateKind::kNoisyTopK) places.noise = tensor(moe.experts * dim, false);
        places.w1 = tensor(own * dim * wide, false, true);
        places.w2 = tensor(own * moe.hidden_dim * dim, false, true);
        if (!moe.bias) return places;
        places.b1 = tensor(own * wide, false, true);
        places.b2 = tensor(own * dim, false, true);
        return places;
    }
    int nextUnit(std::string name) {
        model_.unit_names.push_back(std::move(name));
        return model_.units++;
    }

private:
    const RunConfig& config_;
    ModelTensors& model_;
};

struct Sizes {
    config::MoePart part;
    const char* name;
    Int layers, dim, ffn_dim, moe_every;
    const RunConfig::Lora& lora;
};

std::vector<BlockPlaces> blocks(Maker& make, const RunConfig& config, const Sizes& of) {
    std::vector<BlockPlaces> list;
    Int sparse = 0;
    for (Int i = 0; i < of.layers; ++i) {
        BlockPlaces block;
        block.unit = make.unit = make.nextUnit(std::string(of.name) + ".blocks." + std::to_string(i));
        block.norm1 = make.norm(of.dim);
        block.qkv = make.linear(of.dim, 3 * of.dim);
        for (const char* name : {"q", "k", "v"}) make.adapt(of.lora, name, of.dim, &block.qkv);
        block.out = make.linear(of.dim, of.dim);
        make.adapt(of.lora, "o", of.dim, &block.out);
        block.norm2 = make.norm(of.dim);
        if (config.model.moe.experts > 0 && of.moe_every > 0 && (i + 1) % of.moe_every == 0) {
            block.moe = make.moe(of.part, sparse++, of.dim);
        } else {
            block.fc1 = make.linear(of.dim, of.ffn_dim);
            make.adapt(of.lora, "fc1", of.ffn_dim, &block.fc1);
            block.fc2 = make.linear(of.ffn_dim, of.dim);
            make.adapt(of.lora, "fc2", of.dim, &block.fc2);
        }
        list.push_back(std::move(block));
    }
    make.unit = 0;
    return list;
}

void addText(Maker& make, const RunConfig& config, ModelTensors* model) {
    const RunConfig::Text& text = config.model.text;
    make.frozen = text.lora.rank > 0 && text.lora.freeze_base;
    if (text.position == Position::kLearned) model->text_position = make.tensor(text.max_tokens * text.dim);
    model->embedding_unit = make.unit = make.nextUnit("text.embedding");
    model->embedding = make.tensor(text.vocab_size * text.dim);
    make.unit = 0;
    if (text.token_types > 0) model->token_types = make.tensor(text.token_types * text.dim);
    model->text = blocks(make, config,
                         {config::MoePart::kText, "text", text.layers, text.dim, text.ffn_dim, text.moe_every, text.lora});
    model->text_last = make.norm(text.dim);
    make.frozen = false;
}

void addStem(Maker& make, const RunConfig::Vision& vision, ModelTensors* model) {
    if (vision.stem == Stem::kLinear) {
        model->stem = make.linear(3 * vision.patch_size * vision.patch_size, vision.dim);
        return;
    }
    const Int halvings = std::bit_width(static_cast<std::uint64_t>(vision.patch_size)) - 1;
    Int in = 3;
    for (Int i = 0; i < halvings; ++i) {
        const Int out = vision.dim >> (halvings - 1 - i);
        model->convs.push_back(make.linear(9 * in, out));
        in = out;
    }
    model->convs.push_back(make.linear(vision.dim, vision.dim));
}

void addVision(Maker& make, const RunConfig& config, ModelTensors* model) {
    const RunConfig::Vision& vision = config.model.vision;
    make.frozen = vision.lora.rank > 0 && vision.lora.freeze_base;
    const Int grid = vision.image_size / vision.patch_size;
    model->vision_position = make.tensor((grid * grid + (vision.class_token ? 1 : 0)) * vision.dim);
    if (vision.class_token) model->class_token = make.tensor(vision.dim);
    addStem(make, vision, model);
    if (vision.input_norm) model->input_norm = make.norm(vision.dim);
    model->vision = blocks(make, config,
                           {config::MoePart::kVision, "vision", vision.layers, vision.dim, vision.ffn_dim,
                            vision.moe_every, vision.lora});
    model->vision_last = make.norm(vision.dim);
    make.frozen = false;
}

void addFusion(Maker& make, const RunConfig& config, ModelTensors* model) {
    const RunConfig::Fusion& fusion = config.model.fusion;
    const Int dim = fusion.dim;
    model->text_in = make.linear(config.model.text.dim, dim);
    model->image_in = make.linear(config.model.vision.dim, dim);
    for (Int i = 0; i < fusion.layers; ++i) {
        FusionPlaces block;
        block.unit = make.unit = make.nextUnit("fusion.blocks." + std::to_string(i));
        block.text_norm = make.norm(dim);
        block.image_norm = make.norm(dim);
        block.text_q = make.linear(dim, dim);
        block.image_kv = make.linear(dim, 2 * dim);
        block.text_out = make.linear(dim, dim);
        block.image_q = make.linear(dim, dim);
        block.text_kv = make.linear(dim, 2 * dim);
        block.image_out = make.linear(dim, dim);
        block.ffn_norm = make.norm(dim);
        if (fusion.moe && config.model.moe.experts > 0) {
            block.moe = make.moe(config::MoePart::kFusion, i, dim);
        } else {
            block.fc1 = make.linear(dim, fusion.ffn_dim);
            block.fc2 = make.linear(fusion.ffn_dim, dim);
        }
        model->fusion.push_back(std::move(block));
    }
    make.unit = 0;
    model->fusion_text = make.norm(dim);
    model->fusion_image = make.norm(dim);
}

}  // namespace

std::vector<MoePlaces> moeLayers(const ModelTensors& model, bool pairs) {
    std::vector<MoePlaces> layers;
    for (const auto* blocks : {&model.text, &model.vision}) {
        for (const BlockPlaces& block : *blocks)
            if (block.moe.there()) layers.push_back(block.moe);
    }
    for (const FusionPlaces& block : model.fusion)
        if (pairs && block.moe.there()) layers.push_back(block.moe);
    return layers;
}

ModelTensors modelTensors(const RunConfig& config, const std::vector<config::HeadSize>& heads) {
    ModelTensors model;
    Maker make(config, &model);
    const TaskKind kind = config.task.kind;
    const Int dim = config.model.fusion.dim;
    if (kind == TaskKind::kMultimodal) model.logit_scale = make.tensor(1);
    addText(make, config, &model);
    if (kind != TaskKind::kText) addVision(make, config, &model);
    if (kind == TaskKind::kMultimodal) {
        model.text_projection = make.linear(config.model.text.dim, config.model.embed_dim);
        model.image_projection = make.linear(config.model.vision.dim, config.model.embed_dim);
    }
    if (kind != TaskKind::kText) addFusion(make, config, &model);
    if (kind == TaskKind::kMultimodal) {
        model.match1 = make.linear(2 * dim, dim);
        model.match2 = make.linear(dim, 1);
    }
    for (const config::HeadSize& head : heads) {
        if (kind == TaskKind::kVqa) {
            model.heads.push_back(make.linear(2 * dim, dim));
            model.heads.push_back(make.linear(dim, head.outputs));
        } else if (kind == TaskKind::kText) {
            model.heads.push_back(make.linear(config.model.text.dim * (head.pair ? 4 : 1), head.outputs));
        }
    }
    return model;
}

}  // namespace switchyard::plan
