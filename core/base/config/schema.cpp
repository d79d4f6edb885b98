// SPDX-License-Identifier: MIT
#include "core/base/config/schema.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/config/edit_distance.h"
#include "core/base/config/schema_row.h"
#include "core/base/config/values.h"

namespace switchyard {
namespace {

char asLower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

const RunConfig& config::memberDefaults() {
    static const RunConfig kDefaults;
    return kDefaults;
}

const std::vector<KeySpec>& schema() {
    static const std::vector<KeySpec> kRows = [] {
        config::Rows rows;
        config::addRunRows(rows);
        config::addModelRows(rows);
        config::addDataRows(rows);
        config::addTrainingRows(rows);
        return rows;
    }();
    return kRows;
}

const std::vector<SectionSpec>& schemaSections() {
    static const std::vector<SectionSpec> kSections = {
        {"run", "Run"},
        {"task", "Task"},
        {"model.text", "Model: text encoder"},
        {"model.text.lora", "Model: text adapters (LoRA)"},
        {"model.vision", "Model: image encoder"},
        {"model.vision.lora", "Model: image adapters (LoRA)"},
        {"model.fusion", "Model: fusion"},
        {"model.moe", "Model: experts"},
        {"model.moe.upcycle", "Model: experts from a dense FFN"},
        {"model.moe.losses", "Model: expert losses"},
        {"model", "Model: embedding"},
        {"data", "Data"},
        {"data.image", "Data: images"},
        {"data.image.augment", "Data: augmentation"},
        {"data.synthetic", "Data: synthetic"},
        {"optim", "Optimizer"},
        {"train", "Training"},
        {"parallel", "Ranks and devices"},
        {"checkpoint", "Checkpoints"},
        {"log", "Log"},
        {"eval", "Evaluation"},
        {"probe", "Routing probe"},
    };
    return kSections;
}

const KeySpec* findKey(std::string_view path) {
    static const std::unordered_map<std::string_view, const KeySpec*> kByPath = [] {
        std::unordered_map<std::string_view, const KeySpec*> by_path;
        for (const KeySpec& key : schema()) by_path.emplace(key.path, &key);
        return by_path;
    }();
    const auto found = kByPath.find(path);
    return found == kByPath.end() ? nullptr : found->second;
}

std::string suggestKey(std::string_view path) {
    struct Names {
        std::string own, label;
    };
    static const std::vector<std::string> kPaths = [] {
        std::vector<std::string> paths;
        for (const KeySpec& key : schema()) paths.push_back(key.path);
        return paths;
    }();
    static const std::vector<Names> kNames = [] {  // of the same keys
        std::vector<Names> names;
        for (const KeySpec& key : schema()) {
            std::string label = key.label;
            for (char& letter : label) letter = letter == ' ' || letter == '-' ? '_' : asLower(letter);
            names.push_back({key.path.substr(key.path.rfind('.') + 1), std::move(label)});
        }
        return names;
    }();
    const std::string_view name = path.substr(path.rfind('.') + 1);
    const std::string near = config::nearest(path, kPaths, std::max(1, static_cast<int>(name.size()) / 3));
    if (!near.empty()) return near;
    // Right name, wrong section; or the name other programs use, which is the label here ("learning_rate").
    std::string found;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
        if (kNames[i].own != name && kNames[i].label != name) continue;
        if (!found.empty()) return {};  // several: no clear suggestion
        found = kPaths[i];
    }
    return found;
}

RunConfig defaultConfig() {
    RunConfig config;
    for (const KeySpec& key : schema()) key.set(config, key.default_value);
    return config;
}

std::string formatValue(const KeySpec&, const ConfigValue& value) {
    return config::flowText(value);
}

}  // namespace switchyard
