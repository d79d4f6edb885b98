// SPDX-License-Identifier: GPL-3.0-or-later
// What a configuration would take, worked out in the background while it is edited.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/plan/plan.h"
#include "ui/models/rank_scale.h"

namespace switchyard::ui {

/// Plans of one configuration for several numbers of ranks, rising; `current` is that of parallel.ranks.
struct PlanChoices {
    std::vector<plan::Plan> plans;
    std::size_t current = 0;
    std::vector<plan::Alternative> alternatives;  ///< for the current one, when it does not fit
};

/// Cost: some milliseconds. Thread: any.
PlanChoices planChoices(const RunConfig& config, const plan::DataFacts& facts, const plan::Machine& machine);

/// Of a run's config.resolved.yaml, its largest rank; nothing when it can not be told. Cost: as reading the training
/// data. Thread: any.
std::optional<double> plannedPeakOf(const QString& run_dir);

/// The newest configuration wins: those that come while one is worked out wait, and only the last of them is taken.
/// The training data is read anew only when what decides about it has changed. Thread: GUI thread.
class PlanWatch : public QObject {
    Q_OBJECT
public:
    explicit PlanWatch(QObject* parent = nullptr) : QObject(parent) {}
    /// @param config valid
    void setConfig(const RunConfig& config);
    /// Of the newest configuration that was worked out; empty before the first.
    const PlanChoices& choices() const { return choices_; }
    /// The same configuration on more and more ranks, of the hardware that was chosen.
    const RankScale& scale() const { return scale_; }
    /// A profile of configs/hardware or a file; "": this machine. Works out the newest configuration again.
    void setHardware(const QString& name_or_file);
    const QString& hardware() const { return hardware_; }
    /// Why the chosen profile could not be read; the scale is this machine's then.
    const QString& hardwareProblem() const { return hardware_problem_; }
    bool isBusy() const { return busy_; }

Q_SIGNALS:
    void planned();

private:
    struct Result;
    void start(RunConfig config);

    std::shared_ptr<const plan::DataFacts> facts_;
    std::string facts_key_;
    PlanChoices choices_;
    RankScale scale_;
    QString hardware_, hardware_problem_;
    std::optional<RunConfig> waiting_, newest_;
    bool busy_ = false;
};

}  // namespace switchyard::ui
