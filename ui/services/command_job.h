// SPDX-License-Identifier: GPL-3.0-or-later
// One command of `switchyard` run for a page, so that the window itself computes nothing and can always cancel.
#pragma once

#include <QByteArray>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QObject>
#include <QStringList>

#include "ui/services/failure.h"

class QProcess;

namespace switchyard::ui {

/// Thread: GUI thread; nothing waits.
class CommandJob : public QObject {
    Q_OBJECT
public:
    /// `arguments` without the program; --json is added.
    explicit CommandJob(QStringList arguments, QObject* parent = nullptr);
    ~CommandJob() override;

    void start();
    /// Ends it; finished() does not come any more, cancelled() does.
    void cancel();
    bool isRunning() const;
    double seconds() const { return static_cast<double>(begun_.elapsed()) * 1e-3; }
    const QStringList& arguments() const { return arguments_; }

Q_SIGNALS:
    /// `answer`: what the command printed as JSON. `code`: its exit status, which some commands use as their answer.
    void finished(const QJsonDocument& answer, int code);
    void failed(const switchyard::ui::Failure& failure);
    void cancelled();

private:
    void ended(int code, bool crashed);

    QStringList arguments_;
    QProcess* process_;
    QByteArray out_, error_;
    QElapsedTimer begun_;
    bool cancelled_ = false;
};

}  // namespace switchyard::ui
