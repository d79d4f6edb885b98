// SPDX-License-Identifier: MIT
#include "core/train/log_hook.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <cstdio>

#include "core/base/config/config.h"
#include "core/base/util/clock.h"
#include "core/base/util/log.h"

namespace switchyard::train {
namespace {

constexpr auto kBetweenWrites = std::chrono::milliseconds(100);
constexpr auto kBetweenLines = std::chrono::milliseconds(500);  // a log of a million steps stays readable
constexpr std::int64_t kRecordsPerHistogram = 10;  // one takes 16 bytes an expert, and TensorBoard keeps few of them
constexpr std::int64_t kFewRanks = 8;  // more of them have what they exchange written as rarely as a histogram
constexpr std::array<const char*, 2> kModalities = {"text", "image"};

}  // namespace

RunRecord::RunRecord(const runs::RunPaths& paths, const RunConfig& config, launch::WorkerChannel& channel,
                     std::int64_t first_step)
    : database_(paths.database()),
      channel_(channel),
      monitor_(health::Setup::of(config), health::alarmsUntil(paths.database(), first_step)) {
    alarms_told_ = monitor_.alarms().size();
    alarms_seen_ = monitor_.version();
    if (config.log.tensorboard) {
        tensorboard_.emplace(paths.tensorboard());
        // Before the first record: what an earlier start left beyond this step is void, as in the database.
        tensorboard_->startSession(first_step + 1, wallTime());
        tensorboard_->addText("config", "```yaml\n" + config::toYaml(config) + "```\n", first_step, wallTime());
    }
    // Also from the start: the folder may hold steps of a run that ended before its first checkpoint.
    database_.truncateAfter(first_step);
    database_.setMeta(health::kMetaKey, health::toMeta(monitor_.alarms()));
}

void RunRecord::add(const std::string& tag, double value, std::int64_t step) {
    const double now = wallTime();
    runs::Metric metric{step, tag, value, now};
    monitor_.add(metric);
    database_.add(std::move(metric));
    if (tensorboard_) tensorboard_->addScalar(tag, value, step, now);
}

void RunRecord::add(runs::ExpertLoad load, bool histogram) {
    monitor_.add(load);
    if (tensorboard_ && histogram)
        tensorboard_->addHistogram("moe/" + load.layer + "/load_" + load.modality, load.counts, load.step, wallTime());
    database_.add(std::move(load));
}

void RunRecord::notFinite(const std::vector<SickExpert>& experts, std::int64_t step) {
    add("optim/non_finite", 1, step);
    for (const SickExpert& sick : experts) add("moe/" + sick.layer + "/non_finite_expert", sick.expert, step);
}

void RunRecord::endStep() {
    monitor_.settle();
    if (monitor_.version() == alarms_seen_) return;
    alarms_seen_ = monitor_.version();
    const std::vector<health::Alarm>& alarms = monitor_.alarms();
    for (; alarms_told_ < alarms.size(); ++alarms_told_) {
        const health::AlarmWords words = health::wordsOf(alarms[alarms_told_]);
        warn(words.what + ". " + words.cause + " " + words.advice, alarms[alarms_told_].raised_step, "health");
    }
    database_.setMeta(health::kMetaKey, health::toMeta(alarms));
}

void RunRecord::warn(const std::string& message, std::int64_t step, const std::string& source) {
    logLine(LogLevel::kWarning, (step < 0 ? std::string() : "step " + std::to_string(step) + ": ") + message);
    nlohmann::json event = {{"event", "log"}, {"level", "warning"}, {"step", step}, {"message", message}};
    if (!source.empty()) event["source"] = source;
    channel_.send(event);
}

void RunRecord::flush(bool now) {
    const auto time = std::chrono::steady_clock::now();
    if (!now && time - flushed_ < kBetweenWrites) return;
    flushed_ = time;
    database_.flush();
    if (tensorboard_) tensorboard_->flush();
    const bool failing = database_.failing() || (tensorboard_ && tensorboard_->failing());
    if (failing && !told_failing_) {
        const std::string reason =
            database_.failing() ? database_.failure() : std::string("TensorBoard's file can not be written");
        warn("The metrics can not be written, training goes on: " + reason, -1);
    }
    told_failing_ = failing;
}

std::map<std::string, double> routingMetrics(const model::RoutingStatistics& statistics) {
    const at::Tensor counts = statistics.counts.cpu().to(at::kDouble),
                     prob_sums = statistics.prob_sums.cpu().to(at::kDouble);
    const at::Tensor tokens = statistics.tokens.cpu().to(at::kDouble);
    const at::Tensor load = counts.sum(0);
    const double all = load.sum().item<double>(), all_tokens = tokens.sum().item<double>();
    const double mean = all / static_cast<double>(load.numel());
    std::map<std::string, double> values;
    values["entropy"] = all_tokens > 0 ? statistics.entropy_sum.sum().item<double>() / all_tokens : 0.0;
    values["max_violation"] = mean > 0 ? load.max().item<double>() / mean - 1.0 : 0.0;
    values["dropped"] = all > 0 ? statistics.dropped.sum().item<double>() / all : 0.0;
    values["least_share"] =
        all_tokens > 0 ? prob_sums.sum(0).min().item<double>() / all_tokens * static_cast<double>(load.numel()) : 0.0;
    values["balance_pull"] = statistics.balance_pull;
    values["dead"] = (load == 0).sum().item<double>();
    for (std::size_t m = 0; m < kModalities.size(); ++m) {
        const auto row = static_cast<std::int64_t>(m);
        const double count = tokens[row].item<double>();
        if (count <= 0) continue;  // a text encoder's layer sees no image
        const at::Tensor share = prob_sums[row] / count;
        const double entropy = -at::xlogy(share, share).sum().item<double>();
        values[std::string("experts_in_use_") + kModalities[m]] = std::exp(entropy);
    }
    return values;
}

std::vector<runs::ExpertLoad> expertLoads(const model::RoutingStatistics& statistics, std::int64_t step) {
    std::vector<runs::ExpertLoad> loads;
    const at::Tensor counts = statistics.counts.cpu().to(at::kInt).contiguous();
    const at::Tensor tokens = statistics.tokens.cpu(), dropped = statistics.dropped.cpu();
    for (std::size_t m = 0; m < kModalities.size(); ++m) {
        const auto row = static_cast<std::int64_t>(m);
        if (tokens[row].item<std::int64_t>() == 0) continue;
        const at::Tensor own = counts[row];
        const auto* first = own.const_data_ptr<std::int32_t>();
        runs::ExpertLoad load;
        load.step = step;
        load.layer = statistics.layer;
        load.modality = kModalities[m];
        load.counts.assign(first, first + own.numel());
        load.dropped = dropped[row].item<std::int64_t>();
        loads.push_back(std::move(load));
    }
    return loads;
}

std::optional<runs::ExpertExchange> expertExchange(const model::RoutingStatistics& statistics, std::int64_t step) {
    if (!statistics.exchange.defined()) return std::nullopt;
    const at::Tensor tokens = statistics.exchange.cpu().to(at::kInt).contiguous();
    const auto* first = tokens.const_data_ptr<std::int32_t>();
    return runs::ExpertExchange{step, statistics.layer, tokens.size(0), {first, first + tokens.numel()}};
}

void LogHook::writeLine(const Assembly& assembly, const StepReport& report) {
    const auto now = std::chrono::steady_clock::now();
    if (now - line_at_ < kBetweenLines && !report.last) return;
    line_at_ = now;
    std::array<char, 160> text{};
    std::snprintf(text.data(), text.size(), "step %lld / %lld  loss %.4f  gradient norm %.3f  lr %.3g  %.0f ms",
                  static_cast<long long>(report.result.step), static_cast<long long>(assembly.steps),
                  report.result.loss, report.result.grad_norm, report.result.lr, report.time.count() * 1000.0);
    logLine(LogLevel::kInfo, text.data());
}

void LogHook::afterStep(Assembly& assembly, const StepReport& report) {
    writeLine(assembly, report);
    if (record_ == nullptr) return;
    const StepResult& result = report.result;
    time_ += report.time;
    wait_ += report.wait;
    tokens_ += result.tokens;
    flops_ += result.flops;
    ++steps_;
    if (!result.non_finite.empty()) {
        record_->warn("The update was left out: the loss or a gradient of " + result.non_finite + " is not finite (" +
                          std::to_string(assembly.left_out) + " in a row)",
                      result.step);
        record_->notFinite(result.sick_experts, result.step);
        if (result.step % config_.log.every != 0 && !report.last) record_->endStep();
    }
    if (result.step % config_.log.every != 0 && !report.last) return;
    std::map<std::string, double> values = {{"loss/total", result.loss},
                                            {"optim/lr", result.lr},
                                            {"optim/grad_norm", result.grad_norm},
                                            {"memory/peak_bytes", static_cast<double>(result.peak_bytes)}};
    if (assembly.scaler.used()) values["optim/loss_scale"] = result.loss_scale;
    if (result.skipped) values.erase("optim/grad_norm");
    if (result.has_contrastive) values["loss/contrastive"] = result.contrastive;
    if (result.has_matching) values["loss/matching"] = result.matching;
    if (result.has_task) values["loss/task"] = result.task;
    for (std::size_t i = 0; i < model::kAuxLosses; ++i) {
        if (result.aux[i])
            values[std::string("loss/") + model::auxLossName(static_cast<model::AuxLoss>(i))] = *result.aux[i];
    }
    const double seconds = std::max(time_.count(), 1e-9);
    values["perf/step_ms"] = 1000.0 * seconds / static_cast<double>(steps_);
    values["perf/data_wait_ms"] = 1000.0 * wait_.count() / static_cast<double>(steps_);
    values["perf/samples_per_s"] = static_cast<double>(steps_ * config_.train.global_batch) / seconds;
    values["perf/tokens_per_s"] = static_cast<double>(tokens_) / seconds;
    values["perf/flops_per_step"] = flops_ / static_cast<double>(steps_);
    values["perf/flops_per_s"] = flops_ / seconds;
    time_ = wait_ = {};
    flops_ = 0;
    steps_ = tokens_ = 0;
    std::erase_if(values, [](const auto& value) { return !std::isfinite(value.second); });
    // The routers' values go to the record only: a line to the supervisor stays short.
    channel_.send({{"event", "step"}, {"step", result.step}, {"steps", assembly.steps}, {"metrics", values}});
    for (const model::RoutingStatistics& layer : result.routing) {
        for (const auto& [name, value] : routingMetrics(layer)) values["moe/" + layer.layer + "/" + name] = value;
        const bool histogram = report.last || (result.step / config_.log.every) % kRecordsPerHistogram == 0;
        for (runs::ExpertLoad& load : expertLoads(layer, result.step)) record_->add(std::move(load), histogram);
        std::optional<runs::ExpertExchange> exchange = expertExchange(layer, result.step);
        if (exchange && (histogram || exchange->ranks <= kFewRanks)) record_->add(std::move(*exchange));
    }
    for (const auto& [tag, value] : values) record_->add(tag, value, result.step);
    record_->endStep();
    record_->flush(report.last);
}

}  // namespace switchyard::train
