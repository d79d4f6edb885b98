// SPDX-License-Identifier: MIT
#include "core/base/health/monitor.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/config/config.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"

namespace switchyard::health {
namespace {

constexpr std::int64_t kRows = 50'000;  // at once: a record of any length in bounded memory

}  // namespace

Setup setupOf(const std::filesystem::path& resolved_config) {
    try {
        return Setup::of(config::loadFile(resolved_config.string()).config);
    } catch (const Error&) {
        return Setup::of(RunConfig());
    }
}

Monitor::Monitor(const Setup& setup, std::vector<Alarm> before) : setup_(setup), book_(std::move(before)) {}

Monitor::Route Monitor::routeOf(const std::string& tag) {
    using To = Route::To;
    if (tag == "perf/start_s") return {To::kStart, {}, 0};
    if (tag == "loss/total") return {To::kLoss, {}, 0};
    if (tag == "perf/step_ms") return {To::kStepTime, {}, 0};
    if (tag == "perf/data_wait_ms") return {To::kWait, {}, 0};
    if (tag == "optim/non_finite") return {To::kNonFinite, {}, 0};
    if (tag.starts_with("loss/") || tag.starts_with("optim/")) return {To::kFinite, {}, 0};
    const std::size_t slash = tag.rfind('/');
    if (!tag.starts_with("moe/") || slash < 5) return {};
    const std::string layer = tag.substr(4, slash - 4), name = tag.substr(slash + 1);
    if (name == "non_finite_expert") return {To::kExpert, layer, 0};
    for (std::size_t i = 0; i < kSlots; ++i)
        if (name == kSlotNames[i]) return {To::kLayer, layer, i};
    return {};
}

void Monitor::begin() {
    finite_ = {};
    data_ = {};
    loss_ = {};
    layers_.clear();
}

void Monitor::add(const runs::Metric& metric) {
    auto found = routes_.find(metric.tag);
    if (found == routes_.end()) found = routes_.emplace(metric.tag, routeOf(metric.tag)).first;
    const Route& route = found->second;
    using To = Route::To;
    if (route.to == To::kNothing) return;
    if (route.to == To::kStart) {
        settle();
        begin();
        return;
    }
    if (any_ && metric.step != record_.step) close();
    if (metric.step <= last_step_) return;  // settled already
    record_.step = metric.step;
    record_.wall_time = metric.wall_time;
    any_ = true;
    if ((route.to == To::kLoss || route.to == To::kFinite) && !std::isfinite(metric.value)) {
        record_.not_finite = metric.tag;
        record_.not_finite_value = metric.value;
    }
    switch (route.to) {
        case To::kLoss:
            record_.loss = metric.value;
            break;
        case To::kStepTime:
            record_.step_ms = metric.value;
            break;
        case To::kWait:
            record_.wait_ms = metric.value;
            break;
        case To::kNonFinite:
            if (record_.not_finite.empty() && metric.value != 0) {
                record_.not_finite = metric.tag;
                record_.not_finite_value = std::nan("");
            }
            break;
        case To::kLayer:
            record_.layers[route.layer].value[route.slot] = metric.value;
            break;
        case To::kExpert:
            record_.layers[route.layer].not_finite.push_back(static_cast<int>(metric.value));
            break;
        default:
            break;
    }
}

void Monitor::add(const runs::ExpertLoad& load) {
    if (load.step > last_step_) loads_.push_back(load);
}

void Monitor::settle() {
    if (any_) close();
}

void Monitor::close() {
    while (!loads_.empty() && loads_.front().step <= record_.step) {
        runs::ExpertLoad& load = loads_.front();
        if (load.step == record_.step)
            record_.layers[load.layer].load[load.modality == "image" ? 1 : 0] = std::move(load);
        loads_.pop_front();
    }
    book_.beginRecord(record_.step, record_.wall_time);
    finite_.take(record_, book_);
    data_.take(record_, book_);
    loss_.take(record_, book_);
    for (const auto& [name, layer] : record_.layers)
        layers_.try_emplace(name, name, setup_).first->second.take(record_.step, layer, book_);
    last_step_ = record_.step;
    record_ = {};
    any_ = false;
}

std::vector<Alarm> alarmsOf(const std::string& run_dir) {
    const runs::RunPaths paths(run_dir);
    std::error_code error;
    if (!std::filesystem::exists(paths.database(), error)) return {};
    Monitor monitor(setupOf(paths.resolvedConfig()));
    runs::RunDbReader reader(paths.database());
    std::int64_t metric_row = 0, load_row = 0, load_step = -1;
    // Loads that lie behind wait for their metrics: so the loads are read to where the metrics are, and not all at
    // once.
    for (;;) {
        const std::vector<runs::Metric> metrics = reader.allMetrics(&metric_row, kRows);
        if (metrics.empty()) break;
        while (load_step <= metrics.back().step) {
            const std::vector<runs::ExpertLoad> loads = reader.expertLoads(&load_row, kRows / 10);
            if (loads.empty()) break;
            for (const runs::ExpertLoad& load : loads) monitor.add(load);
            load_step = loads.back().step;
        }
        for (const runs::Metric& metric : metrics) monitor.add(metric);
    }
    monitor.settle();
    return monitor.alarms();
}

std::vector<Alarm> alarmsUntil(const std::filesystem::path& database, std::int64_t step) {
    std::error_code error;
    if (!std::filesystem::exists(database, error)) return {};
    try {
        std::vector<Alarm> alarms = fromMeta(runs::RunDbReader(database).meta(kMetaKey));
        std::erase_if(alarms, [step](const Alarm& alarm) { return alarm.raised_step > step; });
        return alarms;
    } catch (const Error&) {
        return {};
    }
}

std::string toMeta(const std::vector<Alarm>& alarms) {
    nlohmann::json list = nlohmann::json::array();
    for (const Alarm& alarm : alarms) list.push_back(toJson(alarm));
    return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::vector<Alarm> fromMeta(const std::string& text) {
    std::vector<Alarm> alarms;
    try {
        if (text.empty()) return alarms;
        for (const nlohmann::json& one : nlohmann::json::parse(text)) alarms.push_back(alarmFromJson(one));
    } catch (const nlohmann::json::exception&) {
        alarms.clear();
    }
    return alarms;
}

}  // namespace switchyard::health
