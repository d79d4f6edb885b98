// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/retrieval/demo_import.h"

#include <QStringList>
#include <chrono>

#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::ui {
namespace {

constexpr std::int64_t kVocabSize = 2000;
constexpr std::chrono::milliseconds kShowEvery{100};

}  // namespace

struct DemoImport::Outcome {
    bool interrupted = false, good = false;
    Failure failure;
    QString note;
};

std::vector<DemoImport::Source> DemoImport::debianSources() {
    const auto unless_there = [](const char* name, auto import) {
        return [name, import](const std::filesystem::path& out, const dataset::ImportProgress& progress) {
            if (dataset::completedImport(out, name)) return QString();
            return QString::fromStdString(import(out, progress).note);
        };
    };
    return {{tr("emoji"), unless_there("emoji", dataset::importEmoji)},
            {tr("Tux Paint stamps"), unless_there("tuxpaint", dataset::importTuxpaint)}};
}

QString DemoImport::defaultFolder() {
    return QString::fromStdString((dataHome() / "data" / "demo").string());
}

DemoImport::DemoImport(std::vector<Source> sources, QObject* parent) : QObject(parent), sources_(std::move(sources)) {
    pool_.setMaxThreadCount(1);
}

DemoImport::~DemoImport() {
    if (cancelled_) *cancelled_ = true;
    pool_.waitForDone();
}

void DemoImport::start(const QString& out) {
    if (running()) return;
    cancelled_ = std::make_shared<std::atomic<bool>>(false);
    done_ = total_ = 0;
    source_ = sources_.empty() ? QString() : sources_.front().name;
    source_time_.invalidate();
    pool_.start([this, stop = cancelled_, sources = sources_, folder = std::filesystem::path(out.toStdString())] {
        Outcome outcome;
        QStringList notes;
        const auto show = [this](const QString& name, std::int64_t done, std::int64_t total) {
            QMetaObject::invokeMethod(this, [this, name, done, total] {
                if (name != source_ || !source_time_.isValid()) source_time_.start();
                source_ = name;
                done_ = done;
                total_ = total;
                Q_EMIT progressChanged();
            });
        };
        for (const Source& source : sources) {
            auto shown = std::chrono::steady_clock::now() - kShowEvery;
            const auto progress = [&](std::int64_t done, std::int64_t total) {
                const auto now = std::chrono::steady_clock::now();
                if (now - shown >= kShowEvery || done == total) {
                    shown = now;
                    show(source.name, done, total);
                }
                return !*stop;
            };
            try {
                notes.append(source.import(folder, progress));
                outcome.good = true;
            } catch (const Error& error) {
                outcome.failure = Failure::of(error);
                if (error.code() == ExitCode::kInterrupted) outcome.interrupted = true;
                notes.append(outcome.failure.sentence());
            } catch (const std::exception& error) {
                outcome.failure = {
                    static_cast<int>(ExitCode::kRunFailed), QString::fromUtf8(error.what()), source.name, {}};
                notes.append(outcome.failure.sentence());
            }
            if (outcome.interrupted) break;
        }
        if (outcome.good && !outcome.interrupted) {
            show({}, 0, 0);
            try {
                dataset::finishImport(folder, kVocabSize);
            } catch (const Error& error) {
                outcome.good = false;
                outcome.failure = Failure::of(error);
            }
        }
        notes.removeAll(QString());
        outcome.note = notes.join(u' ');
        QMetaObject::invokeMethod(this, [this, outcome] { take(outcome); });
    });
    Q_EMIT progressChanged();
}

void DemoImport::cancel() {
    if (cancelled_) *cancelled_ = true;
}

double DemoImport::secondsLeft() const {
    if (done_ <= 0 || !source_time_.isValid() || source_time_.elapsed() < 500) return -1;
    return static_cast<double>(source_time_.elapsed()) / 1000.0 * static_cast<double>(total_ - done_) /
           static_cast<double>(done_);
}

void DemoImport::take(const Outcome& outcome) {
    cancelled_.reset();
    if (outcome.interrupted)
        Q_EMIT cancelled();
    else if (outcome.good)
        Q_EMIT finished(outcome.note);
    else
        Q_EMIT failed(outcome.failure);
}

}  // namespace switchyard::ui
