// SPDX-License-Identifier: MIT
#include "core/base/serve/metrics.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

namespace switchyard::serve {
namespace {

using nlohmann::json;

constexpr std::array<double, 12> kLatencyEdges = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10};
constexpr std::array<double, 9> kBatchEdges = {1, 2, 4, 8, 16, 32, 64, 128, 256};

template <std::size_t N>
std::size_t bucketOf(const std::array<double, N>& edges, double value) {
    return static_cast<std::size_t>(std::lower_bound(edges.begin(), edges.end(), value) - edges.begin());
}

void head(std::ostringstream& out, const char* name, const char* type, const char* help) {
    out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
}

template <std::size_t N, class Counts>
void histogram(std::ostringstream& out, const std::string& name, const std::string& model,
               const std::array<double, N>& edges, const Counts& counts, double sum) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        so_far += counts[i];
        out << name << "_bucket{model=\"" << model << "\",le=\"";
        if (i < N)
            out << edges[i];
        else
            out << "+Inf";
        out << "\"} " << so_far << '\n';
    }
    out << name << "_sum{model=\"" << model << "\"} " << sum << '\n'
        << name << "_count{model=\"" << model << "\"} " << so_far << '\n';
}

std::int64_t residentBytes() {
    std::ifstream file("/proc/self/statm");
    std::int64_t all = 0, resident = 0;
    file >> all >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace

json Metrics::Span::told() const {
    return {{"count", count}, {"ns", static_cast<std::uint64_t>(seconds * 1e9)}};
}

void Metrics::addModel(const std::string& name) {
    const std::lock_guard lock(mutex_);
    models_[name];
}

void Metrics::request(const std::string& model, int status, double seconds, std::int64_t rows, double queue_s,
                      double compute_s) {
    const std::lock_guard lock(mutex_);
    ++requests_[{model, status}];
    const auto found = models_.find(model);
    if (found == models_.end()) return;
    OfModel& of = found->second;
    ++of.latency_buckets[bucketOf(kLatencyEdges, seconds)];
    of.latency.add(seconds);
    if (status != 200) {
        of.fail.add(seconds);
        return;
    }
    of.success.add(seconds);
    of.queue.add(queue_s);
    of.compute.add(compute_s);
    of.rows += static_cast<std::uint64_t>(rows);
    of.last_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
}

void Metrics::batch(const std::string& model, std::int64_t rows, double compute_s) {
    const std::lock_guard lock(mutex_);
    OfModel& of = models_.at(model);
    ++of.batch_buckets[bucketOf(kBatchEdges, static_cast<double>(rows))];
    of.batched_rows += static_cast<std::uint64_t>(rows);
    of.batches[rows].add(compute_s);
}

void Metrics::workerRestarted() {
    const std::lock_guard lock(mutex_);
    ++restarts_;
}

void Metrics::connectionRefused() {
    const std::lock_guard lock(mutex_);
    ++refused_;
}

std::string Metrics::prometheus(const Gauges& gauges) const {
    const std::lock_guard lock(mutex_);
    std::ostringstream out;
    out.precision(10);
    head(out, "switchyard_requests_total", "counter", "Answered inference requests by model and HTTP status.");
    for (const auto& [key, count] : requests_)
        out << "switchyard_requests_total{model=\"" << key.first << "\",code=\"" << key.second << "\"} " << count
            << '\n';
    head(out, "switchyard_request_seconds", "histogram", "Time from a request's arrival to its answer.");
    for (const auto& [name, of] : models_)
        histogram(out, "switchyard_request_seconds", name, kLatencyEdges, of.latency_buckets, of.latency.seconds);
    head(out, "switchyard_batch_rows", "histogram", "Rows that passed the model together.");
    for (const auto& [name, of] : models_)
        histogram(out, "switchyard_batch_rows", name, kBatchEdges, of.batch_buckets,
                  static_cast<double>(of.batched_rows));
    const auto single = [&](const char* name, const char* type, const char* help, std::int64_t value) {
        head(out, name, type, help);
        out << name << ' ' << value << '\n';
    };
    single("switchyard_queue_rows", "gauge", "Rows that wait for a worker.", gauges.waiting_rows);
    single("switchyard_queue_limit_rows", "gauge", "Rows that may wait; more are refused with 429.",
           gauges.waiting_limit);
    single("switchyard_workers", "gauge", "Worker processes asked for.", gauges.workers);
    single("switchyard_workers_ready", "gauge", "Worker processes that answer.", gauges.workers_ready);
    single("switchyard_worker_restarts_total", "counter", "Worker processes started anew.",
           static_cast<std::int64_t>(restarts_));
    single("switchyard_connections", "gauge", "Open connections.", gauges.connections);
    single("switchyard_connections_refused_total", "counter", "Connections beyond the limit.",
           static_cast<std::int64_t>(refused_));
    single("process_resident_memory_bytes", "gauge", "Resident memory of the server, without its workers.",
           residentBytes());
    return out.str();
}

json Metrics::statistics(const std::string& model) const {
    const std::lock_guard lock(mutex_);
    json all = json::array();
    for (const auto& [name, of] : models_) {
        if (!model.empty() && name != model) continue;
        json batches = json::array();
        std::uint64_t executions = 0;
        for (const auto& [rows, span] : of.batches) {
            batches.push_back({{"batch_size", rows}, {"compute_infer", span.told()}});
            executions += span.count;
        }
        all.push_back({{"name", name},
                       {"version", "1"},
                       {"last_inference", of.last_ms},
                       {"inference_count", of.rows},
                       {"execution_count", executions},
                       {"inference_stats",
                        {{"success", of.success.told()},
                         {"fail", of.fail.told()},
                         {"queue", of.queue.told()},
                         {"compute_infer", of.compute.told()}}},
                       {"batch_stats", batches}});
    }
    return {{"model_stats", all}};
}

}  // namespace switchyard::serve
