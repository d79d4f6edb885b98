// SPDX-License-Identifier: MIT
// Answers compute requests (core/base/launch/compute_request.h). Keeps the last checkpoint and index loaded.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

namespace switchyard::eval {

/// Called with (done, total, what); returns false when the request was cancelled.
using Progress = std::function<bool(std::int64_t, std::int64_t, const std::string&)>;

/// Thread: one thread.
class RequestServer {
public:
    RequestServer();
    ~RequestServer();
    /// Throws: Error.
    nlohmann::json handle(const nlohmann::json& request, const Progress& progress);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::eval
