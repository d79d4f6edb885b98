// SPDX-License-Identifier: MIT
// Reads an object of a tokenizer file so that nothing in it is passed over: a field that nobody asked for is a problem.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

namespace switchyard::text {

/// What is wrong with a tokenizer file, in a few words.
struct FileProblem {
    std::string text;
};

class JsonFields {
public:
    /// @param name  of the object, for messages. Throws: FileProblem when `value` is no object.
    JsonFields(const nlohmann::json& value, std::string name);

    bool has(const char* key) const;  ///< there, and not null
    /// Throws: FileProblem when the field is not there or of another type.
    const nlohmann::json& need(const char* key);
    std::string text(const char* key);
    /// Their value, or `fallback` where there is none or null. Throws: FileProblem for another type.
    std::string text(const char* key, const std::string& fallback);
    bool flag(const char* key, bool fallback);
    std::int64_t number(const char* key, std::int64_t fallback);
    /// nullptr when it is not there or null.
    const nlohmann::json* find(const char* key);
    /// Fields that change nothing here.
    void pass(const char* key) { seen_.insert(key); }
    /// Throws: FileProblem unless the field is missing, null, or has this value.
    void mustBe(const char* key, const nlohmann::json& value);
    /// Throws: FileProblem when there are fields that nobody asked for.
    void finish() const;

    [[noreturn]] void refuse(const std::string& what) const { throw FileProblem{name_ + ": " + what}; }
    const std::string& name() const { return name_; }

private:
    const nlohmann::json& value_;
    std::string name_;
    std::set<std::string> seen_;
};

/// Text of the file for a message: escaped and not too long.
std::string inQuotes(const std::string& text);

}  // namespace switchyard::text
