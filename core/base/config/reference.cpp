// SPDX-License-Identifier: MIT
// The key reference in Markdown and the JSON schema of the file, both made from the schema table.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/config/config.h"
#include "core/base/config/reference.h"
#include "core/base/config/values.h"

namespace switchyard::config {
namespace {

using Json = nlohmann::ordered_json;

/// What may be written: type, range and choices in words.
Json number(const KeySpec& key, const char* type) {
    Json node = {{"type", type}};
    const bool whole = key.kind == ValueKind::kInt;
    const auto put = [&](const char* name, double limit) {
        if (!std::isfinite(limit)) return;
        if (whole) {
            node[name] = static_cast<std::int64_t>(limit);
        } else {
            node[name] = limit;
        }
    };
    put("minimum", key.min);
    put("maximum", key.max);
    return node;
}

/// The node for a key. A reference such as "${model.text.dim}" may stand wherever a single value may.
Json schemaOf(const KeySpec& key) {
    const Json reference = {{"type", "string"}, {"pattern", "\\$\\{[^}]+\\}"}};
    Json text = {{"type", "string"}};
    if (!key.choices.empty()) text["enum"] = key.choices;
    Json node;
    switch (key.kind) {
        case ValueKind::kBool:
            node["anyOf"] = {Json{{"type", "boolean"}}, reference};
            break;
        case ValueKind::kInt:
            node["anyOf"] = {number(key, "integer"), reference};
            break;
        case ValueKind::kReal:
            node["anyOf"] = {number(key, "number"), reference};
            break;
        case ValueKind::kText:
            node["type"] = {"string", "number", "boolean"};
            break;
        case ValueKind::kChoice:
            node["anyOf"] = {text, reference};
            break;
        case ValueKind::kRealList:
            node["type"] = "array";
            node["items"]["anyOf"] = {number(key, "number"), reference};
            break;
        case ValueKind::kTextList:
            node["type"] = "array";
            if (key.choices.empty()) {
                node["items"]["type"] = {"string", "number", "boolean"};
            } else {
                node["items"]["anyOf"] = {text, reference};
            }
            break;
    }
    std::visit([&](const auto& value) { node["default"] = value; }, key.default_value);
    node["title"] = key.label;
    node["description"] = key.unit.empty() ? key.doc : key.doc + " (" + key.unit + ")";
    return node;
}

Json emptySection() {
    return {{"type", {"object", "null"}}, {"additionalProperties", false}, {"properties", Json::object()}};
}

}  // namespace

std::string allowedText(const KeySpec& key) {
    std::string choices;
    for (const std::string& choice : key.choices) choices += (choices.empty() ? "`" : ", `") + choice + "`";
    switch (key.kind) {
        case ValueKind::kBool:
            return "`true`, `false`";
        case ValueKind::kChoice:
            return choices;
        case ValueKind::kTextList:
            return choices.empty() ? "list of texts" : "list of " + choices;
        case ValueKind::kText:
            return "text";
        case ValueKind::kInt:
        case ValueKind::kReal:
        case ValueKind::kRealList:
            break;
    }
    const std::string range = rangeText(key);
    const std::string what = key.kind == ValueKind::kInt    ? "whole number"
                             : key.kind == ValueKind::kReal ? "number"
                                                            : "numbers";
    return range.empty() ? what : what + ", " + range;
}

std::string docsMarkdown() {
    std::string out =
        "# Configuration keys\n\n"
        "A configuration is a YAML file. Every key may be left out; `--set section.key=value` overrides one from the\n"
        "command line; `${section.key}` stands for the value of another key (in quotes inside `{...}`).\n";
    for (const SectionSpec& section : schemaSections()) {
        out += "\n## " + section.title + "\n\n| Key | Default | Values | Meaning |\n| --- | --- | --- | --- |\n";
        for (const KeySpec& key : schema()) {
            if (key.path.substr(0, key.path.rfind('.')) != section.path) continue;
            const std::string unit = key.unit.empty() ? "" : " (" + key.unit + ")";
            out += "| `" + key.path + "` | `" + formatValue(key, key.default_value) + "` | " + allowedText(key) + unit +
                   " | " + key.doc + " |\n";
        }
    }
    return out;
}

std::string jsonSchema() {
    Json root = emptySection();
    for (const KeySpec& key : schema()) {
        Json* section = &root;
        std::string_view rest = key.path;
        for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
            Json& child = (*section)["properties"][std::string(rest.substr(0, dot))];
            if (child.is_null()) child = emptySection();
            section = &child;
            rest.remove_prefix(dot + 1);
        }
        (*section)["properties"][std::string(rest)] = schemaOf(key);
    }
    Json out = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Switchyard configuration"}};
    out.update(root);
    return out.dump(2) + "\n";
}

}  // namespace switchyard::config
