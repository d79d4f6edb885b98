// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/rank_scale.h"

#include <QCoreApplication>

#include "ui/models/plan_words.h"
#include "ui/models/run_words.h"

namespace switchyard::ui {
namespace {

constexpr int kMostRanks = 1024;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(RankScale)
};

plan::Machine machineOf(const plan::Hardware* hardware) {
    if (hardware == nullptr) return plan::thisMachine();
    if (hardware->gpu) return plan::withGpus(hardware->memory_bytes);
    plan::Machine machine = plan::thisMachine();
    machine.cores = hardware->cores;
    machine.memory_bytes = hardware->memory_bytes;
    return machine;
}

}  // namespace

RankScale rankScale(const RunConfig& config, const plan::DataFacts& facts, const plan::Hardware* hardware) {
    const plan::Machine machine = machineOf(hardware);
    RankScale scale;
    scale.samples = static_cast<int>(config.train.global_batch);
    if (hardware != nullptr) scale.hardware = QString::fromStdString(hardware->name);
    for (auto ranks = static_cast<int>(config.parallel.expert); ranks <= kMostRanks; ranks *= 2) {
        plan::SimulationOptions options;
        options.ranks = ranks;
        options.fullest_only = true;
        options.hardware = hardware;
        const plan::Simulation simulation = plan::simulate(config, facts, machine, options);
        scale.points.push_back({ranks, simulation.fullest().peak_bytes,
                                machine.gpu ? machine.memory_bytes : machine.memory_bytes / ranks,
                                simulation.time ? simulation.time->total() : 0});
    }
    return scale;
}

QString stepText(double seconds) {
    if (seconds >= 1) return Words::tr("%1 s").arg(number(seconds, seconds < 10 ? 2 : seconds < 100 ? 1 : 0));
    const double ms = 1e3 * seconds;
    return Words::tr("%1 ms").arg(number(ms, ms < 10 ? 1 : 0));
}

QString pointText(const RankScale& scale, const RankScale::Point& point) {
    const QString memory = Words::tr("%1: %2 a rank of %3, %4")
                               .arg(ranksText(point.ranks), planBytes(point.peak_bytes), planBytes(point.limit_bytes),
                                    point.fits() ? Words::tr("fits") : Words::tr("does not fit"));
    return scale.timed() ? Words::tr("%1, %2 a step").arg(memory, stepText(point.step_s)) : memory;
}

}  // namespace switchyard::ui
