// SPDX-License-Identifier: GPL-3.0-or-later
// Runs on an experts page of their own, for the tests of that page.
#pragma once

#include "plot_tools.h"
#include "ui/panels/experts/load_heatmap.h"
#include "ui/panels/experts_page.h"

namespace switchyard::test {

inline const QString kFusion = QStringLiteral("fusion.blocks.0.moe");
inline const QString kText = QStringLiteral("text.blocks.1.moe");

/// A run of 400 steps, shown on a page of its own.
struct Shown : ShownRun<ui::ExpertsPage> {
    Shown(const OwnFolders& folders, const MadeUpRun& made, const std::function<void(runs::RunDbWriter&)>& more = {})
        : ShownRun(folders, made, QSize(1152, 800), more) {}
    ui::LoadHeatmap& heat() const { return page->heatmap(); }
    const ui::LayerLoads& layer() const { return *context->runs().loads().layer(page->focus().layer()); }
    QPoint at(int expert, double step) const {
        return QPoint(static_cast<int>(heat().xOf(step)), static_cast<int>(heat().yOf(expert)));
    }
};

/// A run that has metrics and loads of one layer only, as the test says.
inline runs::RunPaths makeLoads(const QString& runs_dir, const std::string& name, int experts, int records,
                                const std::function<std::int32_t(int step, int expert)>& count,
                                const std::function<void(runs::RunDbWriter&, int step)>& more = {}) {
    QDir().mkpath(runs_dir);
    const runs::RunPaths paths = makeRun(runs_dir, {.name = name, .recorded = 0, .experts = experts});
    runs::RunDbWriter db(paths.database());
    for (int step = 1; step <= records; ++step) {
        runs::ExpertLoad load{step, "fusion.blocks.0.moe", "text", {}, 0};
        for (int e = 0; e < experts; ++e) load.counts.push_back(count(step, e));
        db.add(std::move(load));
        db.add(runs::Metric{step, "loss/total", 1.0, wallTime()});
        if (more) more(db, step);
    }
    db.flush();
    return paths;
}

}  // namespace switchyard::test
