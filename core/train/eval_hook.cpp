// SPDX-License-Identifier: MIT
#include "core/train/eval_hook.h"

#include <algorithm>

#include "core/base/util/log.h"
#include "core/eval/retrieval_eval.h"
#include "core/eval/task_eval.h"
#include "core/train/lone_rank.h"

namespace switchyard::train {
EvalHook::EvalHook(const RunConfig& config, const std::vector<dataset::TaskLabels>& labels, RunRecord* record,
                   launch::WorkerChannel& channel, Heartbeat& heartbeat)
    : config_(config), record_(record), channel_(channel), heartbeat_(heartbeat) {
    const bool has_data = config.data.format == DataFormat::kSynthetic ? config.data.synthetic.eval_samples > 0
                                                                       : !config.data.eval.empty();
    active_ = has_data && (config.task.kind != TaskKind::kMultimodal ||
              std::find(config.eval.tasks.begin(), config.eval.tasks.end(), "retrieval") != config.eval.tasks.end());
    together_ = config.parallel.expert > 1 || config.parallel.shard == Shard::kFsdp;
    if (active_ && (together_ || record != nullptr)) data_ = dataset::openDataset(config, dataset::Split::kEval, labels);
}

EvalHook::~EvalHook() = default;

void EvalHook::afterStep(Assembly& assembly, const StepReport& report) {
    if (!active_) return;
    const std::int64_t step = report.result.step;
    const bool due = config_.eval.every > 0 && step % config_.eval.every == 0 && !report.result.stop;
    if (!due && step != assembly.steps) return;
    heartbeat_.phase("eval", step);
    if (together_) {
        evaluate(assembly, step);
    } else if (record_ != nullptr) {
        evaluate(assembly, step);
        exchangeDone(assembly, true, "evaluation");
    } else {
        while (!exchangeDone(assembly, false, "evaluation")) heartbeat_.phase("eval", step);
    }
}

void EvalHook::evaluate(Assembly& assembly, std::int64_t step) {
    const auto limit = std::chrono::duration<double>(config_.parallel.timeout_s / 4);
    auto told = std::chrono::steady_clock::now();
    const parallel::Mesh alone;
    assembly.model->eval();
    const auto progress = [&](std::int64_t, std::int64_t, const std::string&) {
        heartbeat_.phase("eval", step);
        if (!together_ && std::chrono::steady_clock::now() - told > limit) {
            exchangeDone(assembly, false, "evaluation");
            told = std::chrono::steady_clock::now();
        }
        return true;
    };
    model::ForwardContext context;
    context.mesh = together_ ? assembly.mesh.get() : &alone;
    context.units = assembly.sharding->units();
    nlohmann::json result;
    if (config_.task.kind == TaskKind::kMultimodal) {
        const eval::Embeddings embeddings =
            eval::embed(assembly.model, config_, *data_, *assembly.tokenizer, context, progress);
        if (record_ != nullptr) result["retrieval"] = eval::retrievalMetrics(embeddings);
    } else {
        const eval::Predictions predictions =
            eval::predict(assembly.model, config_, *data_, *assembly.tokenizer, context, progress);
        result = eval::taskMetrics(config_, *data_, predictions);
    }
    assembly.model->train();
    if (record_ != nullptr) assembly.evaluated = {step, tell(result, step)};
    watchBest(assembly, step);
}

void EvalHook::watchBest(const Assembly& assembly, std::int64_t step) {
    if (config_.eval.patience == 0 || record_ == nullptr) return;
    const auto found = assembly.evaluated.metrics.find(config_.checkpoint.best);
    if (found == assembly.evaluated.metrics.end()) return;
    if (!best_ || found->second > *best_) {
        best_ = found->second;
        without_better_ = 0;
    } else if (++without_better_ >= config_.eval.patience && step < assembly.steps) {
        record_->warn("No better " + config_.checkpoint.best + " in " + std::to_string(without_better_) +
                          " evaluations: the run ends here (eval.patience)", step);
        ended_early_ = true;
    }
}

std::map<std::string, double> EvalHook::tell(const nlohmann::json& results, std::int64_t step) {
    std::map<std::string, double> metrics;
    nlohmann::json told_metrics;
    std::string message = "Evaluation:";
    double sum = 0;
    for (const auto& [task, result] : results.items()) {
        const std::string usual = result.value("metric", "");
        if (!result.contains("metrics")) continue;  // no row of this task
        for (const auto& [name, value] : result.at("metrics").items()) {
            if (!value.is_number()) continue;
            const std::string tag = "eval/" + task + "/" + name;
            record_->add(tag, value.get<double>(), step);
            told_metrics[tag] = value;
            metrics[tag] = value.get<double>();
            if (name == usual) sum += value.get<double>();
            if (name == usual || name.ends_with("_r1") || name.ends_with("_r10"))
                message += " " + task + " " + name + " " + value.dump().substr(0, 6);
        }
    }
    if (results.size() > 1) {  // several text tasks: the mean of each one's usual metric
        const double mean = sum / static_cast<double>(results.size());
        record_->add("eval/mean", mean, step);
        told_metrics["eval/mean"] = metrics["eval/mean"] = mean;
    }
    record_->flush(true);
    logLine(LogLevel::kInfo, message);
    channel_.send({{"event", "eval"}, {"step", step}, {"metrics", told_metrics}, {"message", message}});
    return metrics;
}

}  // namespace switchyard::train
