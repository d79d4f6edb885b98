// SPDX-License-Identifier: MIT
// Internal: the small JSON and text files of a run folder, read without trusting them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace switchyard::runs {

/// The first MiB of a regular file; nothing when there is none or it can not be read. Never waits (a FIFO is no file).
std::optional<std::string> readSmall(const std::filesystem::path& file);

/// A JSON object, or nothing.
std::optional<nlohmann::json> readObject(const std::filesystem::path& file);

/// Seconds since 1970; 0 when there is no such file.
double modifiedAt(const std::filesystem::path& file);

/// A field of the type of `fallback`, which stands in for a missing one and one of another type.
template <class T>
T field(const nlohmann::json& object, const char* name, const T& fallback) {
    const auto found = object.find(name);
    if (found == object.end()) return fallback;
    try {
        return found->template get<T>();
    } catch (const nlohmann::json::exception&) {
        return fallback;
    }
}
inline std::string field(const nlohmann::json& object, const char* name, const char* fallback) {
    return field(object, name, std::string(fallback));
}

}  // namespace switchyard::runs
