// SPDX-License-Identifier: MIT
#include "core/base/runs/routes_json.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstring>

#include "core/base/config/schema.h"
#include "core/base/io/safetensors.h"
#include "core/base/util/error.h"

namespace switchyard::runs {
namespace {

using nlohmann::json;

Error bad(const std::string& what, const std::string& where) {
    return Error(ExitCode::kBadData, what, where, "Ask for the routes again");
}

template <typename Value>
std::string packed(const std::vector<Value>& values) {
    return toBase64(values.data(), values.size() * sizeof(Value));
}

template <typename Value>
std::vector<Value> unpacked(const json& object, const char* name, std::int64_t count) {
    const std::vector<std::uint8_t> bytes = fromBase64(object.at(name).get<std::string>());
    if (bytes.size() != static_cast<std::size_t>(count) * sizeof(Value))
        throw bad("A table of the routes has another size than they say", name);
    std::vector<Value> values(static_cast<std::size_t>(count));
    if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

void checkExperts(const std::vector<std::int32_t>& ids, std::int64_t experts, const std::string& where) {
    const bool good = std::all_of(ids.begin(), ids.end(), [&](std::int32_t id) { return id >= -1 && id < experts; });
    if (!good) throw bad("The routes name an expert that is not there", where);
}

/// A tensor of a trace, checked.
template <typename Value>
std::vector<Value> traced(const io::SafetensorsFile& file, const std::string& name, io::Dtype dtype,
                          const std::vector<std::int64_t>& shape, const std::string& where) {
    const io::TensorEntry* entry = file.find(name);
    if (entry == nullptr) throw bad("The trace has no " + name, where);
    if (entry->dtype != dtype || entry->shape != shape)
        throw bad("The trace's " + name + " has another shape or type than a trace has", where);
    std::vector<Value> values((entry->end - entry->begin) / sizeof(Value));
    if (!values.empty()) std::memcpy(values.data(), file.data(*entry), values.size() * sizeof(Value));
    return values;
}

LayerRoutes tracedLayer(const io::SafetensorsFile& file, const std::string& prefix, const std::string& layer,
                        const std::string& where) {
    const std::string name = prefix + "layers." + layer + ".";
    const io::TensorEntry* logits = file.find(name + "logits");
    const io::TensorEntry* experts = file.find(name + "experts");
    if (logits == nullptr || experts == nullptr || logits->shape.size() != 2 || experts->shape.size() != 2 ||
        logits->shape[1] < 1) {
        throw bad("The trace's layer " + layer + " is not complete", where);
    }
    LayerRoutes routes;
    routes.layer = layer;
    routes.num_tokens = logits->shape[0];
    routes.num_experts = routes.num_logits = logits->shape[1];
    routes.num_choices = experts->shape[1];
    const std::vector<std::int64_t> choices = {routes.num_tokens, routes.num_choices};
    routes.logits = traced<float>(file, name + "logits", io::Dtype::kF32, logits->shape, where);
    const auto ids = traced<std::int64_t>(file, name + "experts", io::Dtype::kI64, choices, where);
    routes.experts.assign(ids.begin(), ids.end());
    checkExperts(routes.experts, routes.num_experts, where);
    routes.weights = traced<float>(file, name + "weights", io::Dtype::kF32, choices, where);
    routes.dropped = traced<std::uint8_t>(file, name + "dropped", io::Dtype::kBool, choices, where);
    const auto modality = traced<std::int8_t>(file, name + "modality", io::Dtype::kI8, {routes.num_tokens}, where);
    routes.text_tokens = std::count(modality.begin(), modality.end(), 0);
    if (file.find(name + "bias") != nullptr)
        routes.bias = traced<float>(file, name + "bias", io::Dtype::kF32, {routes.num_experts}, where);
    routes.summarise();
    return routes;
}

/// A value as the configuration would take it. Throws: Error(kUsage).
void setKey(RunConfig* config, const std::string& path, const json& value, const std::string& name) {
    const KeySpec* key = findKey(path);
    const Error wrong(ExitCode::kUsage, "The gate can not have " + name + " " + value.dump(), name,
                      key->choices.empty() ? "It takes a number as " + path + " does" : "See the choices of " + path);
    if (key->kind == ValueKind::kBool && value.is_boolean()) return key->set(*config, value.get<bool>());
    if (key->kind == ValueKind::kChoice && value.is_string()) {
        const auto word = value.get<std::string>();
        if (std::find(key->choices.begin(), key->choices.end(), word) == key->choices.end()) throw wrong;
        return key->set(*config, word);
    }
    if (!value.is_number()) throw wrong;
    const auto number = value.get<double>();
    if (!(number >= key->min && number <= key->max)) throw wrong;
    if (key->kind == ValueKind::kReal) return key->set(*config, number);
    if (key->kind != ValueKind::kInt || number != static_cast<double>(static_cast<std::int64_t>(number))) throw wrong;
    key->set(*config, static_cast<std::int64_t>(number));
}

/// Names here and in the configuration.
constexpr std::pair<const char*, const char*> kGateKeys[] = {
    {"gate", "model.moe.gate"},
    {"top_k", "model.moe.top_k"},
    {"score", "model.moe.score"},
    {"capacity_factor", "model.moe.eval_capacity_factor"},
    {"min_capacity", "model.moe.min_capacity"},
    {"drop", "model.moe.drop"},
    {"gumbel_eval", "model.moe.gumbel_eval"},
};

}  // namespace

json toJson(const LayerRoutes& routes, bool logits) {
    json object = {{"layer", routes.layer},
                   {"tokens", routes.num_tokens},
                   {"text_tokens", routes.text_tokens},
                   {"experts", routes.num_experts},
                   {"choices", routes.num_choices},
                   {"sigmoid", routes.sigmoid},
                   {"rounded", routes.rounded},
                   {"chosen", packed(routes.experts)},
                   {"weights", packed(routes.weights)},
                   {"dropped", packed(routes.dropped)},
                   {"entropy", packed(routes.entropy)},
                   {"log_sum_exp", packed(routes.log_sum_exp)}};
    if (!routes.bias.empty()) object["bias"] = packed(routes.bias);
    if (!logits) return object;
    object["logits"] = packed(routes.logits);
    if (routes.allLogits()) return object;
    object["known"] = routes.num_logits;
    object["logit_experts"] = packed(routes.logit_experts);
    return object;
}

json summaryJson(const LayerRoutes& routes) {
    const RouteSummary summary = summaryOf(routes);
    return {{"load", summary.load},       {"text_load", summary.text_load},         {"image_load", summary.image_load},
            {"entropy", summary.entropy}, {"max_violation", summary.max_violation}, {"dropped_share", summary.dropped},
            {"dead", summary.dead}};
}

LayerRoutes layerRoutes(const json& object) {
    LayerRoutes routes;
    try {
        routes.layer = object.at("layer").get<std::string>();
        routes.num_tokens = object.at("tokens").get<std::int64_t>();
        routes.text_tokens = object.at("text_tokens").get<std::int64_t>();
        routes.num_experts = object.at("experts").get<std::int64_t>();
        routes.num_choices = object.at("choices").get<std::int64_t>();
        routes.sigmoid = object.value("sigmoid", false);
        routes.rounded = object.value("rounded", false);
        constexpr std::int64_t kMost = 1 << 22;
        if (routes.num_tokens < 0 || routes.num_tokens > kMost || routes.num_experts < 1 ||
            routes.num_experts > 65536 || routes.num_choices < 1 || routes.num_choices > routes.num_experts ||
            routes.text_tokens < 0 || routes.text_tokens > routes.num_tokens) {
            throw bad("The routes have impossible sizes", routes.layer);
        }
        const std::int64_t choices = routes.num_tokens * routes.num_choices;
        routes.experts = unpacked<std::int32_t>(object, "chosen", choices);
        checkExperts(routes.experts, routes.num_experts, routes.layer);
        routes.weights = unpacked<float>(object, "weights", choices);
        routes.dropped = unpacked<std::uint8_t>(object, "dropped", choices);
        routes.entropy = unpacked<float>(object, "entropy", routes.num_tokens);
        routes.log_sum_exp = unpacked<float>(object, "log_sum_exp", routes.num_tokens);
        if (object.contains("bias")) routes.bias = unpacked<float>(object, "bias", routes.num_experts);
        if (!object.contains("logits")) return routes;
        routes.num_logits = object.value("known", routes.num_experts);
        if (routes.num_logits < 0 || routes.num_logits > routes.num_experts)
            throw bad("The routes have impossible sizes", routes.layer);
        routes.logits = unpacked<float>(object, "logits", routes.num_tokens * routes.num_logits);
        if (object.contains("logit_experts")) {
            routes.logit_experts =
                unpacked<std::int32_t>(object, "logit_experts", routes.num_tokens * routes.num_logits);
            checkExperts(routes.logit_experts, routes.num_experts, routes.layer);
        } else if (routes.num_logits != routes.num_experts) {
            throw bad("The routes do not say whose logits they have", routes.layer);
        }
    } catch (const json::exception& error) {
        throw bad(std::string("The routes can not be read: ") + error.what(), routes.layer);
    }
    return routes;
}

std::vector<LayerRoutes> traceRoutes(const std::filesystem::path& path, std::int64_t sample) {
    const io::SafetensorsFile file(path);
    const std::string where = path.string();
    const std::string numbered = "samples." + std::to_string(sample) + ".";
    const bool several = std::any_of(file.entries().begin(), file.entries().end(),
                                     [](const auto& entry) { return entry.name.starts_with("samples."); });
    const std::string prefix = several ? numbered : "";
    std::vector<LayerRoutes> layers;
    for (const io::TensorEntry& entry : file.entries()) {
        const std::string start = prefix + "layers.", end = ".logits";
        if (!entry.name.starts_with(start) || !entry.name.ends_with(end) ||
            entry.name.size() <= start.size() + end.size())
            continue;
        layers.push_back(tracedLayer(
            file, prefix, entry.name.substr(start.size(), entry.name.size() - start.size() - end.size()), where));
    }
    if (layers.empty() || (!several && sample != 0)) {
        throw Error(ExitCode::kBadData, "The trace has no routes of sample " + std::to_string(sample), where,
                    "Make it with `switchyard trace`");
    }
    return layers;
}

json gateJson(const RunConfig::Moe& moe) {
    RunConfig config;
    config.model.moe = moe;
    json out = json::object();
    for (const auto& [name, path] : kGateKeys)
        std::visit([&, key = name](const auto& value) { out[key] = value; }, findKey(path)->get(config));
    return out;
}

RunConfig::Moe withGate(RunConfig::Moe moe, const json& wanted) {
    if (!wanted.is_object()) throw Error(ExitCode::kUsage, "The gate is not an object", "gate");
    RunConfig config;
    config.model.moe = moe;
    for (const auto& [name, value] : wanted.items()) {
        if (name == "temperature" || name == "bias") continue;
        const auto* found = std::find_if(std::begin(kGateKeys), std::end(kGateKeys),
                                         [&, key = name](const auto& row) { return key == row.first; });
        if (found == std::end(kGateKeys)) {
            throw Error(
                ExitCode::kUsage, "A gate has no \"" + name + "\"", "gate",
                "It has gate, top_k, score, capacity_factor, min_capacity, drop, gumbel_eval, temperature and bias");
        }
        setKey(&config, found->second, value, name);
    }
    RunConfig::Moe& out = config.model.moe;
    const std::int64_t fixed = out.gate == GateKind::kSwitch ? 1 : out.gate == GateKind::kTop2 ? 2 : out.top_k;
    if (wanted.contains("top_k") && out.top_k != fixed) {
        throw Error(ExitCode::kUsage,
                    "This gate sends each token to " + std::to_string(fixed) +
                        (fixed == 1 ? " expert, not " : " experts, not ") + std::to_string(out.top_k),
                    "top_k", "Leave top_k out, or take the gate topk");
    }
    out.top_k = fixed;
    out.capacity_factor = out.eval_capacity_factor;
    return out;
}

void addGateKey(json* gate, const std::string& key_value) {
    const std::size_t at = key_value.find('=');
    if (at == 0 || at == std::string::npos)
        throw Error(ExitCode::kUsage, "\"" + key_value + "\" is not KEY=VALUE", "--gate",
                    "For example: --gate gate=topk");
    const std::string value = key_value.substr(at + 1);
    json parsed = json::parse(value, nullptr, false);
    (*gate)[key_value.substr(0, at)] = parsed.is_discarded() ? json(value) : parsed;
}

std::string toBase64(const void* data, std::size_t bytes) {
    std::string text(4 * ((bytes + 2) / 3) + 1, '\0');  // the library ends it with a NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                       static_cast<const unsigned char*>(data), static_cast<int>(bytes));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::vector<std::uint8_t> fromBase64(const std::string& text) {
    if (text.empty()) return {};
    std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
    const int length = text.size() % 4 != 0
                           ? -1
                           : EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                             static_cast<int>(text.size()));
    if (length < 0) throw bad("A table of the routes is not base64", "routes");
    bytes.resize(static_cast<std::size_t>(length) - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
    return bytes;
}

}  // namespace switchyard::runs
