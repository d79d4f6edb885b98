// SPDX-License-Identifier: MIT
#include "core/base/text/json_fields.h"

#include "core/base/io/jsonl.h"

namespace switchyard::text {

using nlohmann::json;

JsonFields::JsonFields(const json& value, std::string name) : value_(value), name_(std::move(name)) {
    if (!value_.is_object()) throw FileProblem{name_ + " is no object"};
}

const json* JsonFields::find(const char* key) {
    seen_.insert(key);
    const auto found = value_.find(key);
    return found == value_.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::has(const char* key) const {
    const auto found = value_.find(key);
    return found != value_.end() && !found->is_null();
}

const json& JsonFields::need(const char* key) {
    const json* found = find(key);
    if (found == nullptr) refuse("\"" + std::string(key) + "\" is missing");
    return *found;
}

std::string JsonFields::text(const char* key) {
    const json& value = need(key);
    if (!value.is_string()) refuse("\"" + std::string(key) + "\" is no text");
    return value.get<std::string>();
}

std::string JsonFields::text(const char* key, const std::string& fallback) {
    return find(key) == nullptr ? fallback : text(key);
}

bool JsonFields::flag(const char* key, bool fallback) {
    const json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) refuse("\"" + std::string(key) + "\" is neither true nor false");
    return value->get<bool>();
}

std::int64_t JsonFields::number(const char* key, std::int64_t fallback) {
    const json* value = find(key);
    if (value == nullptr) return fallback;
    constexpr std::int64_t kMost = std::int64_t{1} << 40;
    if (!value->is_number_integer() || *value < -kMost || *value > kMost) {
        refuse("\"" + std::string(key) + "\" is no whole number, or too large");
    }
    return value->get<std::int64_t>();
}

void JsonFields::mustBe(const char* key, const json& value) {
    const json* found = find(key);
    if (found != nullptr && *found != value) {
        refuse("\"" + std::string(key) + "\" other than " + value.dump() + " is not implemented");
    }
}

void JsonFields::finish() const {
    for (const auto& [key, value] : value_.items()) {
        if (!seen_.contains(key)) refuse("option " + inQuotes(key) + " is not implemented");
    }
}

std::string inQuotes(const std::string& text) {
    std::size_t end = 60;
    if (text.size() <= end) return "\"" + io::escapeForDisplay(text) + "\"";
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return "\"" + io::escapeForDisplay(text.substr(0, end)) + "...\"";
}

}  // namespace switchyard::text
