// SPDX-License-Identifier: GPL-3.0-or-later
// Bringing the demo pictures in from Debian packages, as `switchyard data import emoji tuxpaint` does.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QThreadPool>
#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/dataset/import.h"
#include "ui/services/failure.h"

namespace switchyard::ui {

/// Thread: GUI thread; the work is done by a thread of its own. The destructor stops it and waits for the picture
/// at hand.
class DemoImport : public QObject {
    Q_OBJECT
public:
    /// One source of pictures.
    struct Source {
        QString name;
        /// Returns what the person should know, "" = nothing. Throws: Error.
        std::function<QString(const std::filesystem::path& out, const dataset::ImportProgress& progress)> import;
    };
    /// Emoji and Tux Paint stamps; a whole earlier import is left alone.
    static std::vector<Source> debianSources();

    explicit DemoImport(std::vector<Source> sources, QObject* parent = nullptr);
    ~DemoImport() override;

    /// Sources whose package is missing are left out when another one is there.
    void start(const QString& out);
    void cancel();
    bool running() const { return cancelled_ != nullptr; }
    const QString& source() const { return source_; }  ///< at hand; "" while their tokenizer is trained
    qint64 done() const { return done_; }              ///< pictures of this source
    qint64 total() const { return total_; }            ///< 0 = not known yet
    double secondsLeft() const;                        ///< for this source; -1 = not known yet

    static QString defaultFolder();  ///< dataHome()/data/demo

Q_SIGNALS:
    void progressChanged();
    /// OUT/train.jsonl is there; `note` tells what was left out, "" = nothing.
    void finished(const QString& note);
    void failed(const switchyard::ui::Failure& failure);
    void cancelled();

private:
    struct Outcome;
    void take(const Outcome& outcome);

    std::vector<Source> sources_;
    std::shared_ptr<std::atomic<bool>> cancelled_;  // set while one is running
    qint64 done_ = 0, total_ = 0;
    QString source_;
    QElapsedTimer source_time_;
    QThreadPool pool_;
};

}  // namespace switchyard::ui
