// SPDX-License-Identifier: MIT
#include "core/eval/evaluate.h"

#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/eval/retrieval_eval.h"
#include "core/eval/task_eval.h"

namespace switchyard::eval {
namespace {

constexpr const char* kRetrieval = "retrieval";

std::string taskOf(const LoadedModel& model, const std::string& wanted) {
    if (!wanted.empty()) return wanted;
    if (model.labels().empty()) return kRetrieval;
    if (model.labels().size() == 1) return model.labels().front().task;
    model.taskNamed(wanted);  // throws, and tells the names
    return wanted;
}

}  // namespace

EvalData openEvalData(const LoadedModel& model, const std::string& wanted, const std::string& data,
                      const std::string& root) {
    EvalData out{taskOf(model, wanted), data, nullptr};
    const fs::path file = expandPath(data);
    if (out.task == kRetrieval) {
        out.set = dataset::openJsonl(file, expandPath(root), false);
        return out;
    }
    const dataset::TaskLabels& labels = model.labels()[model.taskNamed(out.task)];
    const RunConfig::Task& options = model.config().task;
    if (options.kind == TaskKind::kVqa) {
        out.set = dataset::openQuestions({file}, root.empty() ? fs::absolute(file).parent_path() : expandPath(root),
                                         options, &labels);
    } else {
        out.set = dataset::openTextTable(file, out.task, options, model.labels());
    }
    return out;
}

nlohmann::json evaluate(LoadedModel& model, const EvalData& data, const Progress& progress) {
    nlohmann::json out;
    if (data.task == kRetrieval) {
        out = retrievalMetrics(
            embed(model.model(), model.config(), *data.set, model.tokenizer(), model.context(), progress));
    } else {
        const Predictions predictions =
            predict(model.model(), model.config(), *data.set, model.tokenizer(), model.context(), progress);
        out = taskMetrics(model.config(), *data.set, predictions).at(data.task);
    }
    out["task"] = data.task;
    out["checkpoint"] = model.folder().string();
    out["step"] = model.step();
    out["data"] = data.data;
    return out;
}

}  // namespace switchyard::eval
