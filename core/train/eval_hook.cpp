// SPDX-License-Identifier: MIT
#include "core/train/eval_hook.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "core/base/util/log.h"
#include "core/eval/retrieval_eval.h"

namespace switchyard::train {
namespace {

/// One sign of life of rank 0 while it evaluates; true once it is done.
bool exchangeDone(Assembly& assembly, bool done) {
    at::Tensor flag = at::full({1}, done ? 1.0 : 0.0, at::TensorOptions().dtype(at::kDouble).device(assembly.device));
    assembly.mesh->world().allReduceSum(flag, "evaluation");
    return flag.item<double>() > 0.0;
}

}  // namespace

EvalHook::EvalHook(const RunConfig& config, RunRecord* record, launch::WorkerChannel& channel, Heartbeat& heartbeat)
    : config_(config), record_(record), channel_(channel), heartbeat_(heartbeat) {
    const bool has_data = config.data.format == DataFormat::kSynthetic ? config.data.synthetic.eval_samples > 0
                                                                       : !config.data.eval.empty();
    active_ = has_data &&
              std::find(config.eval.tasks.begin(), config.eval.tasks.end(), "retrieval") != config.eval.tasks.end();
    together_ = config.parallel.expert > 1 || config.parallel.shard == Shard::kFsdp;
    if (active_ && (together_ || record != nullptr)) data_ = dataset::openDataset(config, dataset::Split::kEval);
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
        exchangeDone(assembly, true);
    } else {
        while (!exchangeDone(assembly, false)) heartbeat_.phase("eval", step);
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
            exchangeDone(assembly, false);
            told = std::chrono::steady_clock::now();
        }
        return true;
    };
    model::ForwardContext context;
    context.mesh = together_ ? assembly.mesh.get() : &alone;
    context.units = assembly.sharding->units();
    const eval::Embeddings embeddings =
        eval::embed(assembly.model, config_, *data_, *assembly.tokenizer, context, progress);
    assembly.model->train();
    if (record_ != nullptr) assembly.evaluated = {step, tell(eval::retrievalMetrics(embeddings), step)};
}

std::map<std::string, double> EvalHook::tell(const nlohmann::json& result, std::int64_t step) {
    std::map<std::string, double> metrics;
    nlohmann::json told_metrics;
    std::string message = "Retrieval:";
    for (const auto& [name, value] : result.at("metrics").items()) {
        if (!value.is_number()) continue;
        const std::string tag = "eval/retrieval/" + name;
        record_->add(tag, value.get<double>(), step);
        told_metrics[tag] = value;
        metrics[tag] = value.get<double>();
        if (name.ends_with("_r1") || name.ends_with("_r10")) message += " " + name + " " + value.dump().substr(0, 6);
    }
    record_->flush(true);
    logLine(LogLevel::kInfo, message);
    channel_.send({{"event", "eval"}, {"step", step}, {"metrics", told_metrics}, {"message", message}});
    return metrics;
}

}  // namespace switchyard::train
