// SPDX-License-Identifier: MIT
// What the handlers of compute requests have in common.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/io/image.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::eval {

inline constexpr std::uint64_t kLargestPicture = 64ULL << 20;

class Stopwatch {
public:
    double milliseconds() const {
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin_).count();
    }

private:
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

inline std::string textOr(const nlohmann::json& request, const char* name) {
    const auto it = request.find(name);
    return it != request.end() && it->is_string() ? it->get<std::string>() : std::string();
}

/// Throws: Error(kUsage).
inline std::string need(const nlohmann::json& request, const char* name) {
    std::string text = textOr(request, name);
    if (text.empty()) throw Error(ExitCode::kUsage, std::string("the request lacks \"") + name + "\"");
    return text;
}

/// Throws: Error(kBadData).
inline io::Image readPicture(const std::string& path) {
    const fs::path file = fs::absolute(expandPath(path));
    return io::decodeImage(io::readBelow(file.parent_path(), file.filename().string(), kLargestPicture), file.string());
}

}  // namespace switchyard::eval
