// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/command_job.h"

#include <QJsonObject>
#include <QProcess>
#include <QTimer>
#include <utility>

#include "core/base/launch/compute_request.h"
#include "core/base/util/error.h"
#include "ui/services/child_process.h"

namespace switchyard::ui {
namespace {

constexpr qsizetype kMostOutput = 64 << 20, kMostErrors = 64 << 10;
constexpr int kGraceMs = 2000;

/// The error object that a command prints with --json, else the last of what it wrote.
Failure failureOf(const QByteArray& text, int code) {
    const QList<QByteArray> lines = text.trimmed().split('\n');
    for (auto line = lines.crbegin(); line != lines.crend(); ++line) {
        const QJsonObject error = QJsonDocument::fromJson(*line).object().value(QStringLiteral("error")).toObject();
        if (error.isEmpty()) continue;
        return {error.value(QStringLiteral("code")).toInt(code), error.value(QStringLiteral("message")).toString(),
                error.value(QStringLiteral("where")).toString(), error.value(QStringLiteral("fix")).toString()};
    }
    const QString last = QString::fromUtf8(lines.isEmpty() ? QByteArray() : lines.last());
    return {code,
            last.isEmpty() ? CommandJob::tr("The command ended with code %1 and gave no reason").arg(code) : last,
            {},
            {}};
}

}  // namespace

CommandJob::CommandJob(QStringList arguments, QObject* parent)
    : QObject(parent), arguments_(std::move(arguments)), process_(new QProcess(this)) {
    connect(process_, &QProcess::readyReadStandardOutput, this, [this] {
        out_ += process_->readAllStandardOutput();
        if (out_.size() > kMostOutput) process_->kill();
    });
    connect(process_, &QProcess::readyReadStandardError, this, [this] {
        error_ += process_->readAllStandardError();
        if (error_.size() > kMostErrors) error_.remove(0, error_.size() - kMostErrors);
    });
    connect(process_, &QProcess::finished, this,
            [this](int code, QProcess::ExitStatus status) { ended(code, status == QProcess::CrashExit); });
    connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        Q_EMIT failed({static_cast<int>(ExitCode::kIo),
                       tr("The program switchyard can not be started"),
                       process_->program(),
                       {}});
    });
}

CommandJob::~CommandJob() {
    process_->disconnect(this);
    if (process_->state() != QProcess::NotRunning) process_->kill();
}

void CommandJob::start() {
    begun_.start();
    try {
        process_->setProgram(QString::fromStdString(launch::commandLineExecutable()));
    } catch (const Error& error) {
        Q_EMIT failed(Failure::of(error));
        return;
    }
    process_->setArguments(arguments_ + QStringList{QStringLiteral("--json")});
    tieToThisProcess(*process_);
    process_->start();
}

bool CommandJob::isRunning() const {
    return process_->state() != QProcess::NotRunning;
}

void CommandJob::cancel() {
    if (!isRunning()) return;
    cancelled_ = true;
    process_->terminate();
    QTimer::singleShot(kGraceMs, process_, [process = process_] {
        if (process->state() != QProcess::NotRunning) process->kill();
    });
}

void CommandJob::ended(int code, bool crashed) {
    if (cancelled_) {
        Q_EMIT cancelled();
        return;
    }
    if (crashed) {
        Q_EMIT failed(
            {static_cast<int>(ExitCode::kRunFailed), tr("The command was ended from outside"), {}, tr("Try again")});
        return;
    }
    const QJsonDocument answer = QJsonDocument::fromJson(out_);
    if (answer.isNull() || answer.object().contains(QStringLiteral("error"))) {
        Q_EMIT failed(failureOf(answer.isNull() ? error_ : answer.toJson(QJsonDocument::Compact), code));
    } else {
        Q_EMIT finished(answer, code);
    }
}

}  // namespace switchyard::ui
