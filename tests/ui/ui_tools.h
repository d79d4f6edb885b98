// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the window share: folders of their own, waiting, pictures of what was drawn, made-up runs.
#pragma once

#include <QApplication>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QPixmap>
#include <QTemporaryDir>
#include <QUrl>
#include <QWidget>
#include <QtTest>
#include <cmath>
#include <string>

#include "core/base/config/config.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_status.h"
#include "core/base/util/clock.h"
#include "ui/widgets/theme.h"

namespace switchyard::test {

/// XDG folders below one temporary folder, so that a test neither sees nor touches the user's. Make it before the
/// first widget; the programs are found in the build folder.
class OwnFolders {
public:
    OwnFolders() {
        for (const char* name : {"DATA", "CACHE", "CONFIG", "STATE", "RUNTIME"}) {
            const QString folder = temp_.filePath(QString::fromLatin1(name).toLower());
            QDir().mkpath(folder);
            qputenv(name == QByteArray("RUNTIME") ? "XDG_RUNTIME_DIR" : "XDG_" + QByteArray(name) + "_HOME", folder.toUtf8());
        }
        QFile::setPermissions(temp_.filePath("runtime"), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        qputenv("SWITCHYARD_WORKER", SWITCHYARD_BIN_DIR "/switchyard-worker");
        qputenv("SWITCHYARD_CLI", SWITCHYARD_BIN_DIR "/switchyard");
        qputenv("SWITCHYARD_RESOURCES", SWITCHYARD_SOURCE_DIR "/resources");
    }
    QString path(const QString& name) const { return temp_.filePath(name); }

private:
    QTemporaryDir temp_;
};

/// Saves the widget as NAME-THEME-SCALE.png in $SWITCHYARD_SHOTS; does nothing without the variable.
inline void shot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("SWITCHYARD_SHOTS");
    if (folder.isEmpty()) return;
    QDir().mkpath(folder);
    QTest::qWait(50);
    const QString theme = switchyard::ui::Theme::instance().isDark() ? "dark" : "light";
    const int scale = static_cast<int>(std::lround(widget.devicePixelRatioF() * 100));
    widget.grab().save(QStringLiteral("%1/%2-%3-%4.png").arg(folder, name, theme).arg(scale));
}

/// The same in both themes; dark is left on.
inline void shotInBothThemes(QWidget& widget, const QString& name) {
    for (const bool dark : {false, true}) {
        switchyard::ui::Theme::instance().setDark(dark);
        shot(widget, name);
    }
}

/// Held over the widget and let go there. @return whether it was taken
inline bool drop(QWidget* target, const QMimeData& data) {
    const QPoint at = target->rect().center();
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(target, &enter);
    if (!enter.isAccepted()) return false;
    QDropEvent event(at, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(target, &event);
    return event.isAccepted();
}

/// The same with a file or folder.
inline bool drop(QWidget* target, const QString& file) {
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(file)});
    return drop(target, data);
}

/// A finished-looking run folder with falling losses and expert loads of two layers. Folder: runs_dir/name.
/// Ends as the result says; without one it looks lost.
struct MadeUpRun {
    std::string name = "made-up";
    int steps = 400, recorded = 400, experts = 64;
    std::string state = "finished";  ///< "finished" | "stopped" | "failed" | "" (lost)
    int dead_expert = 17;            ///< gets no token from half of the record on; -1 = none
    int nan_step = -1;
};

inline runs::RunPaths makeRun(const QString& runs_dir, const MadeUpRun& made) {
    config::LoadResult loaded = config::loadFile(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml",
                                                 {{"run.name", made.name}, {"train.steps", std::to_string(made.steps)},
                                                  {"model.moe.experts", std::to_string(made.experts)}});
    QFile text(QStringLiteral(SWITCHYARD_SOURCE_DIR "/configs/smoke.yaml"));
    text.open(QIODevice::ReadOnly);
    const runs::RunPaths paths =
        runs::createRunFolder(loaded.config, text.readAll().toStdString(), (runs_dir + "/" + QString::fromStdString(made.name)).toStdString(), false);
    runs::RunDbWriter db(paths.database());
    const double begin = wallTime() - made.recorded * 0.2;
    for (int step = 1; step <= made.recorded; ++step) {
        const double t = begin + step * 0.2, noise = 0.08 * std::sin(step * 12.9898) * std::cos(step * 3.1);
        const double contrastive = 0.8 + 5.0 * std::exp(-step / (made.recorded * 0.2)) + noise;
        const double nan = std::nan("");
        db.add(runs::Metric{step, "loss/total", step == made.nan_step ? nan : contrastive + 0.4, t});
        db.add(runs::Metric{step, "loss/contrastive", step == made.nan_step ? nan : contrastive, t});
        db.add(runs::Metric{step, "loss/matching", 0.3 + 0.3 * std::exp(-step / 90.0) + noise / 4, t});
        db.add(runs::Metric{step, "loss/balance", 1.02 + 0.6 * std::exp(-step / 40.0), t});
        db.add(runs::Metric{step, "loss/z", 4.1 + noise, t});
        db.add(runs::Metric{step, "optim/lr", 1e-3 * std::min(1.0, step / 20.0) * (0.5 + 0.5 * std::cos(3.1416 * step / made.steps)), t});
        db.add(runs::Metric{step, "optim/grad_norm", std::exp(1.5 * std::exp(-step / 60.0) + noise * 3), t});
        db.add(runs::Metric{step, "perf/samples_per_s", 320 + 200 * noise, t});
        db.add(runs::Metric{step, "perf/tokens_per_s", 9000 + 3000 * noise, t});
        db.add(runs::Metric{step, "perf/step_ms", 200 + 50 * noise, t});
        db.add(runs::Metric{step, "memory/peak_bytes", 6.4e8 + step * 1e5, t});
        for (const std::string layer : {"text.blocks.1.moe", "fusion.blocks.0.moe"}) {
            int dropped = 0;
            for (const std::string modality : {"text", "image"}) {
                if (modality == "image" && layer.starts_with("text")) continue;
                runs::ExpertLoad load{step, layer, modality, {}, step % 7};
                for (int e = 0; e < made.experts; ++e) {
                    const bool dead = e == made.dead_expert && step > made.recorded / 2;
                    const double lean = std::sin(e * 1.7 + (modality == "text" ? 0 : 1.5)) * (0.4 + 0.6 * std::exp(-step / 120.0));
                    load.counts.push_back(dead ? 0 : static_cast<std::int32_t>(40 * std::exp2(lean + noise * 4 * std::sin(e + step))));
                }
                dropped += static_cast<int>(load.dropped);
                db.add(std::move(load));
            }
            db.add(runs::Metric{step, "moe/" + layer + "/entropy", 1.4 + 1.2 * std::exp(-step / 100.0), t});
            db.add(runs::Metric{step, "moe/" + layer + "/max_violation", 0.8 + 0.9 * std::exp(-step / 80.0), t});
            db.add(runs::Metric{step, "moe/" + layer + "/dropped", dropped / 4000.0, t});
            db.add(runs::Metric{step, "moe/" + layer + "/dead", step > made.recorded / 2 && made.dead_expert >= 0 ? 1.0 : 0.0, t});
            db.add(runs::Metric{step, "moe/" + layer + "/experts_in_use_text", made.experts * 0.6, t});
            if (!layer.starts_with("text")) db.add(runs::Metric{step, "moe/" + layer + "/experts_in_use_image", made.experts * 0.4, t});
        }
    }
    db.setMeta("steps", std::to_string(made.steps));
    db.add(runs::Event{begin, -1, runs::Level::kInfo, "supervisor", "Started on 1 rank"});
    if (made.nan_step > 0) db.add(runs::Event{begin + made.nan_step * 0.2, made.nan_step, runs::Level::kError, "rank 0", "The loss is not finite"});
    db.flush();
    if (!made.state.empty()) {
        runs::RunResult result;
        result.state = made.state == "finished" ? runs::RunState::kFinished : made.state == "stopped" ? runs::RunState::kStopped : runs::RunState::kFailed;
        result.exit_code = made.state == "failed" ? 80 : 0;
        result.step = made.recorded;
        result.ended_at = wallTime();
        if (made.state == "failed") {
            result.first_cause_rank = 0;
            result.signal = 9;
            result.error = result.first_cause = "rank 0 was ended by signal 9 (SIGKILL)";
            result.fix = "Likely the system ran out of memory, or someone ended the process; see the rank's log";
            QFile log(QString::fromStdString(paths.rankLog(0).string()));
            log.open(QIODevice::WriteOnly);
            for (int i = 1; i <= 260; ++i) log.write(QStringLiteral("line %1 of the rank's log\n").arg(i).toUtf8());
        }
        runs::writeResult(paths, result);
    }
    return paths;
}

}  // namespace switchyard::test
