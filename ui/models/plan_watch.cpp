// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/plan_watch.h"

#include <algorithm>
#include <utility>

#include "core/base/config/config.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/error.h"
#include "ui/models/background.h"

namespace switchyard::ui {

PlanChoices planChoices(const RunConfig& config, const plan::DataFacts& facts, const plan::Machine& machine) {
    const auto own = static_cast<int>(config.parallel.ranks);
    std::vector<int> ranks = {own};
    for (const int more : {1, 2, 4, 8}) {
        const bool whole = config.train.global_batch % more == 0 && more % config.parallel.expert == 0;
        if (whole && more != own) ranks.push_back(more);
    }
    std::sort(ranks.begin(), ranks.end());
    PlanChoices choices;
    for (const int count : ranks) {
        if (count == own) choices.current = choices.plans.size();
        choices.plans.push_back(plan::makePlan(config, facts, machine, count));
    }
    if (!choices.plans[choices.current].fits) choices.alternatives = plan::alternatives(config, facts, machine);
    return choices;
}

std::optional<double> plannedPeakOf(const QString& run_dir) {
    try {
        const config::LoadResult loaded =
            config::loadFile(runs::RunPaths(run_dir.toStdString()).resolvedConfig().string());
        // On GPUs the plan was not measured: no figure is better than a wrong one beside a true one.
        if (!loaded.ok() || loaded.config.parallel.device == Device::kCuda) return std::nullopt;
        return plan::makePlan(loaded.config, plan::readDataFacts(loaded.config), plan::thisMachine()).peak_bytes;
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

struct PlanWatch::Result {
    PlanChoices choices;
    std::shared_ptr<const plan::DataFacts> facts;
    std::string key;
    RankScale scale;
    QString problem;
};

void PlanWatch::setHardware(const QString& name_or_file) {
    hardware_ = name_or_file;
    if (newest_) setConfig(*newest_);
}

void PlanWatch::setConfig(const RunConfig& config) {
    newest_ = config;
    if (busy_)
        waiting_ = config;
    else
        start(config);
}

void PlanWatch::start(RunConfig config) {
    busy_ = true;
    inBackground(
        this,
        [config = std::move(config), facts = facts_, known = facts_key_, hardware = hardware_.toStdString()] {
            Result result;
            result.key = plan::dataKey(config);
            result.facts = facts != nullptr && known == result.key
                               ? facts
                               : std::make_shared<const plan::DataFacts>(plan::readDataFacts(config));
            result.choices = planChoices(config, *result.facts, plan::thisMachine());
            std::optional<plan::Hardware> profile;
            try {
                if (!hardware.empty()) profile = plan::readHardware(hardware);
            } catch (const Error& error) {
                result.problem = QString::fromUtf8(error.what());
            }
            result.scale = rankScale(config, *result.facts, profile ? &*profile : nullptr);
            return result;
        },
        [this](Result result) {
            facts_ = std::move(result.facts);
            facts_key_ = std::move(result.key);
            choices_ = std::move(result.choices);
            scale_ = std::move(result.scale);
            hardware_problem_ = result.problem;
            busy_ = false;
            if (waiting_) start(*std::exchange(waiting_, std::nullopt));
            Q_EMIT planned();
        });
}

}  // namespace switchyard::ui
