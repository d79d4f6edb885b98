// SPDX-License-Identifier: MIT
// Large JSON files of the form {"name": value, "list": [{...}, {...}]}, an element at a time: what a file of some
// hundred megabytes takes of memory is what the caller keeps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace switchyard::io {

/// The values of one element; those of nested objects and lists under their path ("answers.answer").
class JsonFields {
public:
    /// The only string or whole number of that path; nothing when there is none, another kind, or several.
    std::optional<std::string> text(const std::string& path) const;
    std::optional<std::int64_t> number(const std::string& path) const;
    /// Every string of that path in order.
    std::vector<std::string> texts(const std::string& path) const;

    void add(const std::string& path, std::string value) { texts_[path].push_back(std::move(value)); }
    void add(const std::string& path, std::int64_t value) { numbers_[path].push_back(value); }
    void clear();

private:
    std::map<std::string, std::vector<std::string>> texts_;
    std::map<std::string, std::vector<std::int64_t>> numbers_;
};

struct JsonArrayEvents {
    /// An element of a list of the outermost object: number from 1. Elements that are no objects have no fields.
    std::function<void(const std::string& list, std::int64_t number, const JsonFields& fields)> element;
    /// A string of the outermost object.
    std::function<void(const std::string& name, const std::string& value)> text;
};

/// Throws: Error(kBadData) with the byte where it ends: not UTF-8, half of a surrogate pair, not JSON, a value of more
/// than 1 MiB, an element of more than 4 MiB or 10,000 values, deeper than 32, no object, an empty or missing file, no
/// regular file.
void readJsonArrays(const std::filesystem::path& file, const JsonArrayEvents& events);

}  // namespace switchyard::io
