// SPDX-License-Identifier: MIT
// Sources: the models' weights as their libraries write them (transformers 5.24 BertModel, RobertaModel, DistilBertModel,
// ViTModel; open_clip 2.x VisionTransformer).
#include "core/hub/layout.h"

#include <algorithm>

#include "core/base/util/error.h"

namespace switchyard::hub {
namespace {

using nlohmann::json;

std::vector<Layout> makeLayouts() {
    const auto bertRules = [](Form positions) {
        return std::vector<Rule>{
            {"text.embedding.weight", {"embeddings.word_embeddings.weight"}},
            {"text.position", {"embeddings.position_embeddings.weight"}, positions},
            {"text.type_embedding.weight", {"embeddings.token_type_embeddings.weight"}},
            {"text.norm.*", {"embeddings.LayerNorm.*"}},
            {"text.blocks.#.attention.qkv.*",
             {"encoder.layer.#.attention.self.query.*", "encoder.layer.#.attention.self.key.*",
              "encoder.layer.#.attention.self.value.*"},
             Form::kJoined},
            {"text.blocks.#.attention.out.*", {"encoder.layer.#.attention.output.dense.*"}},
            {"text.blocks.#.norm1.*", {"encoder.layer.#.attention.output.LayerNorm.*"}},
            {"text.blocks.#.ffn.fc1.*", {"encoder.layer.#.intermediate.dense.*"}},
            {"text.blocks.#.ffn.fc2.*", {"encoder.layer.#.output.dense.*"}},
            {"text.blocks.#.norm2.*", {"encoder.layer.#.output.LayerNorm.*"}},
        };
    };
    const std::array<std::pair<const char*, const char*>, 6> bert_modules = {
        {{"q", "attention.self.query"}, {"k", "attention.self.key"}, {"v", "attention.self.value"},
         {"o", "attention.output.dense"}, {"fc1", "intermediate.dense"}, {"fc2", "output.dense"}}};
    return {
        {"bert", "text.", {"", "bert."}, bertRules(Form::kSame), "encoder.layer.#.", bert_modules},
        {"roberta", "text.", {"", "roberta."}, bertRules(Form::kOffset), "encoder.layer.#.", bert_modules},
        {"distilbert",
         "text.",
         {"", "distilbert."},
         {
             {"text.embedding.weight", {"embeddings.word_embeddings.weight"}},
             {"text.position", {"embeddings.position_embeddings.weight"}},
             {"text.norm.*", {"embeddings.LayerNorm.*"}},
             {"text.blocks.#.attention.qkv.*",
              {"transformer.layer.#.attention.q_lin.*", "transformer.layer.#.attention.k_lin.*",
               "transformer.layer.#.attention.v_lin.*"},
              Form::kJoined},
             {"text.blocks.#.attention.out.*", {"transformer.layer.#.attention.out_lin.*"}},
             {"text.blocks.#.norm1.*", {"transformer.layer.#.sa_layer_norm.*"}},
             {"text.blocks.#.ffn.fc1.*", {"transformer.layer.#.ffn.lin1.*"}},
             {"text.blocks.#.ffn.fc2.*", {"transformer.layer.#.ffn.lin2.*"}},
             {"text.blocks.#.norm2.*", {"transformer.layer.#.output_layer_norm.*"}},
         },
         "transformer.layer.#.",
         {{{"q", "attention.q_lin"}, {"k", "attention.k_lin"}, {"v", "attention.v_lin"}, {"o", "attention.out_lin"},
           {"fc1", "ffn.lin1"}, {"fc2", "ffn.lin2"}}}},
        {"vit",
         "vision.",
         {"", "vit."},
         {
             {"vision.class_embedding", {"embeddings.cls_token"}, Form::kLeading},
             {"vision.position", {"embeddings.position_embeddings"}, Form::kLeading},
             {"vision.stem.linear.weight", {"embeddings.patch_embeddings.projection.weight"}, Form::kPatches},
             {"vision.stem.linear.bias", {"embeddings.patch_embeddings.projection.bias"}},
             {"vision.blocks.#.norm1.*", {"encoder.layer.#.layernorm_before.*"}},
             {"vision.blocks.#.attention.qkv.*",
              {"encoder.layer.#.attention.attention.query.*", "encoder.layer.#.attention.attention.key.*",
               "encoder.layer.#.attention.attention.value.*"},
              Form::kJoined,
              /*optional=*/true},
             {"vision.blocks.#.attention.out.*", {"encoder.layer.#.attention.output.dense.*"}},
             {"vision.blocks.#.norm2.*", {"encoder.layer.#.layernorm_after.*"}},
             {"vision.blocks.#.ffn.fc1.*", {"encoder.layer.#.intermediate.dense.*"}},
             {"vision.blocks.#.ffn.fc2.*", {"encoder.layer.#.output.dense.*"}},
             {"vision.norm.*", {"layernorm.*"}},
         },
         // The modules as transformers 5 has them in memory; the names in files are older.
         "layers.#.",
         {{{"q", "attention.q_proj"}, {"k", "attention.k_proj"}, {"v", "attention.v_proj"}, {"o", "attention.o_proj"},
           {"fc1", "mlp.fc1"}, {"fc2", "mlp.fc2"}}}},
        {"open_clip",
         "vision.",
         {"visual.", ""},
         {
             {"vision.class_embedding", {"class_embedding"}},
             {"vision.position", {"positional_embedding"}},
             {"vision.stem.linear.weight", {"conv1.weight"}, Form::kPatches},
             {"vision.stem.linear.bias", {"conv1.bias"}, Form::kSame, /*optional=*/true},
             {"vision.input_norm.*", {"ln_pre.*"}},
             {"vision.blocks.#.norm1.*", {"transformer.resblocks.#.ln_1.*"}},
             {"vision.blocks.#.attention.qkv.weight", {"transformer.resblocks.#.attn.in_proj_weight"}},
             {"vision.blocks.#.attention.qkv.bias", {"transformer.resblocks.#.attn.in_proj_bias"}},
             {"vision.blocks.#.attention.out.*", {"transformer.resblocks.#.attn.out_proj.*"}},
             {"vision.blocks.#.norm2.*", {"transformer.resblocks.#.ln_2.*"}},
             {"vision.blocks.#.ffn.fc1.*", {"transformer.resblocks.#.mlp.c_fc.*"}},
             {"vision.blocks.#.ffn.fc2.*", {"transformer.resblocks.#.mlp.c_proj.*"}},
             {"vision.norm.*", {"ln_post.*"}},
         },
         "",
         {}},
    };
}

const std::vector<Layout>& layouts() {
    static const std::vector<Layout> all = makeLayouts();
    return all;
}

Error unsupported(const std::string& what) {
    return Error(ExitCode::kBadData, "The model can not be taken over: " + what, "config.json",
                 "BERT-like text encoders and vision transformers with GELU can");
}

std::int64_t need(const json& config, const char* key) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_number_integer()) throw unsupported(std::string("\"") + key + "\" is missing");
    const auto value = found->get<std::int64_t>();
    if (value < 1 || value > 10'000'000) throw unsupported(std::string("\"") + key + "\" is out of range");
    return value;
}

void requireGelu(const json& config, const char* key) {
    const std::string activation = config.value(key, "gelu");
    if (activation != "gelu") throw unsupported("its activation is " + activation);
}

void setText(RunConfig::Text& text, std::int64_t positions, double eps) {
    text.max_tokens = positions;
    text.position = Position::kLearned;
    text.norm = NormPlace::kPost;
    text.norm_eps = eps;
}

RunConfig textConfig(const std::string& layout, const json& config) {
    RunConfig run;
    run.task.kind = TaskKind::kText;
    run.data.format = DataFormat::kTsv;
    run.model.moe.experts = 0;
    RunConfig::Text& text = run.model.text;
    if (layout == "distilbert") {
        requireGelu(config, "activation");
        if (config.value("sinusoidal_pos_embds", false)) throw unsupported("its positions are sinusoidal");
        text.dim = need(config, "dim");
        text.heads = need(config, "n_heads");
        text.layers = need(config, "n_layers");
        text.ffn_dim = need(config, "hidden_dim");
        text.dropout = config.value("dropout", 0.1);
        setText(text, need(config, "max_position_embeddings"), 1e-12);
    } else {
        requireGelu(config, "hidden_act");
        const std::string position = config.value("position_embedding_type", "absolute");
        if (position != "absolute") throw unsupported("its positions are " + position);
        if (config.value("is_decoder", false)) throw unsupported("it is a decoder");
        text.dim = need(config, "hidden_size");
        text.heads = need(config, "num_attention_heads");
        text.layers = need(config, "num_hidden_layers");
        text.ffn_dim = need(config, "intermediate_size");
        text.token_types = need(config, "type_vocab_size");
        text.dropout = config.value("hidden_dropout_prob", 0.1);
        const std::int64_t offset = layout == "roberta" ? 2 : 0;
        setText(text, need(config, "max_position_embeddings") - offset, config.value("layer_norm_eps", 1e-12));
    }
    text.vocab_size = need(config, "vocab_size");
    return run;
}

RunConfig visionConfig(const std::string& layout, const json& given) {
    RunConfig run;
    run.model.moe.experts = 0;
    RunConfig::Vision& vision = run.model.vision;
    vision.class_token = true;
    vision.pool = Pool::kFirst;
    if (layout == "open_clip") {
        const json& whole = given.contains("model_cfg") ? given.at("model_cfg") : given;
        if (!whole.contains("vision_cfg")) throw unsupported("there is no open_clip_config.json with a \"vision_cfg\"");
        const json& config = whole.at("vision_cfg");
        if (whole.value("quick_gelu", false)) throw unsupported("its activation is quick_gelu");
        for (const char* key : {"timm_model_name", "attentional_pool", "ls_init_value"}) {
            if (config.contains(key) && !config.at(key).is_null() && config.at(key) != false)
                throw unsupported(std::string("it uses ") + key);
        }
        vision.dim = need(config, "width");
        vision.layers = need(config, "layers");
        vision.heads = std::max<std::int64_t>(1, vision.dim / config.value("head_width", std::int64_t{64}));
        vision.ffn_dim = static_cast<std::int64_t>(static_cast<double>(vision.dim) * config.value("mlp_ratio", 4.0));
        vision.image_size = need(config, "image_size");
        vision.patch_size = need(config, "patch_size");
        vision.input_norm = true;
        vision.norm_eps = 1e-5;
    } else {
        requireGelu(given, "hidden_act");
        if (given.value("num_channels", 3) != 3) throw unsupported("its pictures have no three channels");
        vision.dim = need(given, "hidden_size");
        vision.heads = need(given, "num_attention_heads");
        vision.layers = need(given, "num_hidden_layers");
        vision.ffn_dim = need(given, "intermediate_size");
        vision.image_size = need(given, "image_size");
        vision.patch_size = need(given, "patch_size");
        vision.norm_eps = given.value("layer_norm_eps", 1e-12);
    }
    return run;
}

Error notTheirs(const std::string& what) {
    return Error(ExitCode::kBadConfig, "The model is none that transformers knows: " + what, "ckpt export --format hf",
                 "Export it with --format switchyard; docs/formats.md says how to compute with it");
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    if (const auto at = text.find(from); at != std::string::npos) text.replace(at, from.size(), to);
    return text;
}

}  // namespace

const Layout& layoutNamed(const std::string& name) {
    for (const Layout& layout : layouts()) {
        if (name == layout.name) return layout;
    }
    throw Error(ExitCode::kRunFailed, "no layout is called " + name);
}

const Layout& layoutOf(const json& config, const std::vector<std::string>& names) {
    const std::string type = config.value("model_type", "");
    if (type == "bert" || type == "distilbert" || type == "vit") return layoutNamed(type);
    if (type == "roberta" || type == "xlm-roberta" || type == "camembert") return layoutNamed("roberta");
    const bool open_clip = std::any_of(names.begin(), names.end(), [](const std::string& n) { return n == "visual.conv1.weight"; });
    if (open_clip) return layoutNamed("open_clip");
    throw unsupported(type.empty() ? "its config.json has no \"model_type\"" : "a model of type \"" + type + "\" is not known");
}

RunConfig configFrom(const Layout& layout, const json& config) {
    try {
        return std::string(layout.encoder) == "text." ? textConfig(layout.name, config) : visionConfig(layout.name, config);
    } catch (const json::exception& error) {
        throw unsupported(error.what());
    }
}

json configTo(const Layout& layout, const RunConfig& config) {
    if (std::string(layout.name) == "bert") {
        const RunConfig::Text& text = config.model.text;
        if (text.position != Position::kLearned) throw notTheirs("its text encoder has ALiBi positions");
        if (text.norm != NormPlace::kPost) throw notTheirs("its text encoder has norms before each half of a block");
        if (text.token_types == 0) throw notTheirs("its text encoder has no token types");
        if (text.causal) throw notTheirs("its text encoder is causal");
        if (text.moe_every > 0 && config.model.moe.experts > 0) throw notTheirs("its text encoder has experts");
        return {{"architectures", {"BertModel"}}, {"model_type", "bert"}, {"hidden_act", "gelu"},
                {"hidden_size", text.dim}, {"num_attention_heads", text.heads}, {"num_hidden_layers", text.layers},
                {"intermediate_size", text.ffn_dim}, {"max_position_embeddings", text.max_tokens},
                {"type_vocab_size", text.token_types}, {"vocab_size", text.vocab_size}, {"layer_norm_eps", text.norm_eps},
                {"hidden_dropout_prob", text.dropout}, {"attention_probs_dropout_prob", 0.0}, {"pad_token_id", 0}};
    }
    const RunConfig::Vision& vision = config.model.vision;
    if (vision.stem != Stem::kLinear) throw notTheirs("its image encoder has a convolutional stem");
    if (!vision.class_token) throw notTheirs("its image encoder has no class token");
    if (vision.input_norm) throw notTheirs("its image encoder has an input norm");
    if (vision.moe_every > 0 && config.model.moe.experts > 0) throw notTheirs("its image encoder has experts");
    return {{"architectures", {"ViTModel"}}, {"model_type", "vit"}, {"hidden_act", "gelu"}, {"hidden_size", vision.dim},
            {"num_attention_heads", vision.heads}, {"num_hidden_layers", vision.layers}, {"intermediate_size", vision.ffn_dim},
            {"image_size", vision.image_size}, {"patch_size", vision.patch_size}, {"num_channels", 3},
            {"layer_norm_eps", vision.norm_eps}, {"hidden_dropout_prob", 0.0}, {"attention_probs_dropout_prob", 0.0},
            {"qkv_bias", true}};
}

std::vector<Mapping> mappings(const Layout& layout, std::int64_t blocks) {
    std::vector<Mapping> all;
    for (const Rule& rule : layout.rules) {
        const std::string ours = rule.ours;
        const std::int64_t count = ours.find('#') == std::string::npos ? 1 : blocks;
        const std::vector<std::string> kinds = ours.ends_with('*') ? std::vector<std::string>{"weight", "bias"} : std::vector<std::string>{""};
        for (std::int64_t block = 0; block < count; ++block) {
            for (const std::string& kind : kinds) {
                const auto written = [&](const std::string& pattern) { return replaced(replaced(pattern, "#", std::to_string(block)), "*", kind); };
                Mapping mapping{written(ours), {}, rule.form, rule.optional && kind != "weight"};
                for (const char* theirs : rule.theirs) {
                    if (theirs != nullptr) mapping.theirs.push_back(written(theirs));
                }
                all.push_back(std::move(mapping));
            }
        }
    }
    return all;
}

}  // namespace switchyard::hub
