// SPDX-License-Identifier: GPL-3.0-or-later
// Hundreds of run folders within a second: made once, copied, each with its own config.
#pragma once

#include <filesystem>
#include <fstream>

#include "ui_tools.h"

namespace switchyard::test {

namespace fs = std::filesystem;

/// Number `i` of the made-up runs: what tests expect of it.
struct ManyRun {
    explicit ManyRun(int i)
        : name(QStringLiteral("run-%1").arg(i, 4, 10, QChar('0')).toStdString()),
          experts(i % 4 == 0   ? 64
                  : i % 4 == 1 ? 32
                               : 8),
          lr(i % 5 == 0 ? 1e-4 : 2e-3),
          state(i % 10 == 0   ? "failed"
                : i % 10 == 1 ? "stopped"
                : i % 10 == 2 ? ""
                              : "finished") {
        for (int t = 0; t < 20; ++t) tags.push_back("tag-" + std::to_string((i + t * 7) % 100));
    }
    bool hasTag(const std::string& tag) const { return std::find(tags.begin(), tags.end(), tag) != tags.end(); }
    std::string name;
    int experts;
    double lr;
    std::string state;  ///< "" = lost
    std::vector<std::string> tags;
};

/// Each: a config of 20 tags, a database of 20 steps, how it ended.
inline void makeManyRuns(const QString& runs_dir, int count) {
    // Records of yesterday: a run whose newest is of now, and that left no word, would be taken for a live one.
    QTemporaryDir temp;
    const runs::RunPaths model(temp.path().toStdString());
    {
        runs::RunDbWriter db(model.database());
        const double begin = wallTime() - 86'400;
        for (int step = 1; step <= 20; ++step) {
            db.add(runs::Metric{step, "loss/total", 6.0 / step + 1, begin + step});
            db.add(runs::Metric{step, "perf/samples_per_s", 320, begin + step});
            db.add(runs::Metric{step, "perf/step_ms", 200, begin + step});
        }
        db.add(runs::Event{begin, -1, runs::Level::kInfo, "supervisor", "Started on 1 rank"});
    }
    const config::LoadResult loaded =
        config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml", {{"train.steps", "400"}});
    for (int i = 0; i < count; ++i) {
        const ManyRun run(i);
        const runs::RunPaths paths(fs::path(runs_dir.toStdString()) / run.name);
        fs::create_directories(paths.logs());
        fs::create_directories(paths.checkpoints());
        RunConfig config = loaded.config;
        config.run.name = run.name;
        config.run.tags = run.tags;
        config.run.note = i % 100 == 7 ? "Näher angesehen" : "";
        config.model.moe.experts = run.experts;
        config.optim.lr = run.lr;
        std::ofstream(paths.config()) << "run: {name: " << run.name << "}\n";
        std::ofstream(paths.resolvedConfig()) << config::toYaml(config);
        fs::copy_file(model.database(), paths.database());
        if (run.state.empty()) continue;
        std::ofstream(paths.result()) << "{\"state\": \"" << run.state
                                      << "\", \"exit_code\": " << (run.state == "failed" ? 80 : 0)
                                      << ", \"step\": 20}\n";
    }
}

}  // namespace switchyard::test
