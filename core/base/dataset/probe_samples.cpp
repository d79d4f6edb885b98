// SPDX-License-Identifier: MIT
#include "core/base/dataset/probe_samples.h"

#include <algorithm>

#include "core/base/util/error.h"

namespace switchyard::dataset {

bool hasProbe(const RunConfig& config) {
    if (config.probe.every == 0 || config.model.moe.experts == 0) return false;
    return !config.probe.data.empty() || config.data.format == DataFormat::kSynthetic || !config.data.eval.empty();
}

ProbeSamples openProbe(const RunConfig& config, const std::vector<TaskLabels>& labels) {
    RunConfig probe = config;
    const auto wanted = static_cast<std::size_t>(config.probe.samples);
    if (!config.probe.data.empty()) {
        probe.data.eval = config.probe.data;
        if (probe.data.format == DataFormat::kSynthetic) probe.data.format = DataFormat::kJsonl;
    } else if (probe.data.format == DataFormat::kSynthetic) {
        probe.data.synthetic.eval_samples = std::min(probe.data.synthetic.eval_samples, config.probe.samples);
    } else if (config.task.kind == TaskKind::kMultimodal && probe.data.eval.size() > 1) {
        probe.data.eval.resize(1);  // evaluation reads the others
    }
    ProbeSamples out;
    out.data = openDataset(probe, Split::kEval, labels);
    const std::size_t tasks = config.task.kind == TaskKind::kText ? std::max<std::size_t>(1, labels.size()) : 1;
    std::vector<std::size_t> of_task(tasks, 0);
    const std::size_t each = (wanted + tasks - 1) / tasks;
    for (const Sample& sample : out.data->samples()) {
        if (out.samples.size() == wanted) break;
        std::size_t& taken = of_task[tasks == 1 ? 0 : static_cast<std::size_t>(sample.task)];
        if (taken == each) continue;
        ++taken;
        out.samples.push_back(&sample);
    }
    if (out.samples.empty() && !config.probe.data.empty()) {
        throw Error(ExitCode::kBadData, "probe.data holds no sample", config.probe.data.front(),
                    "Give it at least one row");
    }
    return out;
}

}  // namespace switchyard::dataset
