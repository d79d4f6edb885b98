// SPDX-License-Identifier: MIT
// The paths of Open Inference Protocol v2 and /metrics: what is asked for is checked, queued, waited for and told.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "core/base/serve/http_server.h"
#include "core/base/serve/job_queue.h"
#include "core/base/serve/metrics.h"

namespace switchyard::serve {

struct ApiOptions {
    std::string token;     ///< "" = none is asked for
    bool loopback = true;  ///< without a token: only for clients that call this machine by a name of its own
    RequestLimits limits;
    double window_ms = 2;
    std::chrono::milliseconds answer_limit{30'000};
    std::int64_t queue_rows = 256;
    std::int64_t workers = 1;
};

/// Thread: any.
class Api {
public:
    /// All references outlive the object. `gauges` tells what is so now.
    Api(ApiOptions options, const ServedSpec& served, JobQueue& queue, Metrics& metrics,
        std::function<Gauges()> gauges);
    /// Who asks, and whether it may: before a body is read.
    std::optional<HttpResponse> checkHead(const HttpRequest& request) const;
    HttpResponse handle(const HttpRequest& request);
    /// From now on nothing new is computed: 503.
    void drain() { draining_ = true; }

private:
    HttpResponse answer(const HttpRequest& request);
    HttpResponse aboutModel(const HttpRequest& request, const std::vector<std::string>& path);
    HttpResponse infer(const HttpRequest& request, const ModelSpec& model);
    HttpResponse inferCounted(const HttpRequest& request, const ModelSpec& model);
    JobAnswer compute(const ModelSpec& model, InferRequest request);
    bool ready() const;

    const ApiOptions options_;
    const ServedSpec& served_;
    JobQueue& queue_;
    Metrics& metrics_;
    const std::function<Gauges()> gauges_;
    const std::string token_hash_;
    std::atomic<bool> draining_{false};
};

}  // namespace switchyard::serve
