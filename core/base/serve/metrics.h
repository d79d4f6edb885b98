// SPDX-License-Identifier: MIT
// What a server counts, told as Prometheus text and as the statistics extension of Open Inference Protocol.
// Source: prometheus.io/docs/instrumenting/exposition_formats (text format 0.0.4).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace switchyard::serve {

/// Values that are looked up when they are told.
struct Gauges {
    std::int64_t waiting_rows = 0, waiting_limit = 0;
    std::int64_t workers_ready = 0, workers = 0;
    std::int64_t connections = 0;
};

/// Thread: any.
class Metrics {
public:
    /// Before anything of it is counted.
    void addModel(const std::string& name);
    /// A request that was answered; a model that there is none of counts as "". @param rows 0 when it was refused
    void request(const std::string& model, int status, double seconds, std::int64_t rows, double queue_s,
                 double compute_s);
    void batch(const std::string& model, std::int64_t rows, double compute_s);
    void workerRestarted();
    void connectionRefused();

    std::string prometheus(const Gauges& gauges) const;
    /// {"model_stats": [...]} of one model, of all for "".
    nlohmann::json statistics(const std::string& model) const;

private:
    struct Span {
        std::uint64_t count = 0;
        double seconds = 0;
        void add(double of) {
            ++count;
            seconds += of;
        }
        nlohmann::json told() const;
    };
    struct OfModel {
        std::array<std::uint64_t, 13> latency_buckets{};  ///< each with those before it left out
        std::array<std::uint64_t, 10> batch_buckets{};
        Span latency, success, fail, queue, compute;
        std::uint64_t rows = 0, batched_rows = 0;
        std::int64_t last_ms = 0;              ///< of the clock
        std::map<std::int64_t, Span> batches;  ///< by rows
    };

    mutable std::mutex mutex_;
    std::map<std::string, OfModel> models_;
    std::map<std::pair<std::string, int>, std::uint64_t> requests_;  ///< by model and status
    std::uint64_t restarts_ = 0, refused_ = 0;
};

}  // namespace switchyard::serve
