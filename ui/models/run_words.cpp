// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/run_words.h"

#include <QCoreApplication>
#include <QLocale>
#include <QRegularExpression>
#include <cmath>

#include "ui/widgets/theme.h"

namespace switchyard::ui {
namespace {

const QLocale& plainLocale() {
    static const QLocale locale(QLocale::English, QLocale::UnitedStates);
    return locale;
}

QString words(const char* text) { return QCoreApplication::translate("RunWords", text); }

}  // namespace

QString number(double value, int decimals) {
    if (std::isnan(value)) return QStringLiteral("NaN");
    if (std::isinf(value)) return value > 0 ? QStringLiteral("inf") : QStringLiteral("−inf");
    QString text = plainLocale().toString(value, 'f', decimals).replace(u'-', u'−');
    // The point stays the decimal point, as in configs and on the command line; where a comma is one, thousands need
    // another sign.
    if (text.contains(u',')) text.replace(u',', QCoreApplication::translate("RunWords", ",", "between thousands"));
    return text;
}

QString shortNumber(double value) {
    if (!std::isfinite(value)) return number(value, 0);
    const double size = std::abs(value);
    if (size == 0) return QStringLiteral("0");
    if (size < 1e-3 || size >= 1e9) return plainLocale().toString(value, 'e', 2).toLower().replace(u'-', u'−');
    if (size >= 1000) return number(value, 0);
    return number(value, size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

QString duration(double seconds) {
    const auto total = static_cast<qint64>(std::max(0.0, seconds) + 0.5);
    if (total < 60) return QCoreApplication::translate("RunWords", "%1 s").arg(total);
    if (total < 3600) {
        return total < 600 ? QCoreApplication::translate("RunWords", "%1 min %2 s").arg(total / 60).arg(total % 60)
                           : QCoreApplication::translate("RunWords", "%1 min").arg(total / 60);
    }
    return QCoreApplication::translate("RunWords", "%1 h %2 min").arg(total / 3600).arg(total % 3600 / 60);
}

QString bytes(double count) {
    if (count >= 1024.0 * 1024 * 1024) return QStringLiteral("%1 GiB").arg(number(count / (1024.0 * 1024 * 1024), 1));
    return QStringLiteral("%1 MiB").arg(number(count / (1024.0 * 1024), 0));
}

QString stateWord(runs::RunState state) {
    switch (state) {
        case runs::RunState::kQueued: return words(QT_TRANSLATE_NOOP("RunWords", "Queued"));
        case runs::RunState::kStarting: return words(QT_TRANSLATE_NOOP("RunWords", "Starting"));
        case runs::RunState::kRunning: return words(QT_TRANSLATE_NOOP("RunWords", "Running"));
        case runs::RunState::kPaused: return words(QT_TRANSLATE_NOOP("RunWords", "Paused"));
        case runs::RunState::kStopping: return words(QT_TRANSLATE_NOOP("RunWords", "Stopping"));
        case runs::RunState::kFinished: return words(QT_TRANSLATE_NOOP("RunWords", "Finished"));
        case runs::RunState::kStopped: return words(QT_TRANSLATE_NOOP("RunWords", "Stopped"));
        case runs::RunState::kFailed: return words(QT_TRANSLATE_NOOP("RunWords", "Failed"));
        case runs::RunState::kLost: return words(QT_TRANSLATE_NOOP("RunWords", "Lost"));
    }
    return {};
}

QString stateIcon(runs::RunState state) {
    return QStringLiteral("state-") + QString::fromLatin1(runs::runStateName(state));
}

QColor stateColor(runs::RunState state) {
    const Palette& p = Theme::instance().palette();
    switch (state) {
        case runs::RunState::kQueued:
        case runs::RunState::kStopped: return p.muted;
        case runs::RunState::kStarting:
        case runs::RunState::kRunning: return p.accent;
        case runs::RunState::kPaused:
        case runs::RunState::kStopping:
        case runs::RunState::kLost: return p.warning;
        case runs::RunState::kFinished: return p.success;
        case runs::RunState::kFailed: return p.danger;
    }
    return p.muted;
}

QString progressText(const runs::RunStatus& run) {
    const double step = static_cast<double>(run.step), steps = static_cast<double>(run.steps);
    if (run.state == runs::RunState::kQueued) return queuePlaceText(run);
    if (!run.problem.empty()) return QString::fromStdString(run.problem);
    if (run.state == runs::RunState::kFinished)
        return QCoreApplication::translate("RunWords", "%1 steps").arg(number(step, 0));
    if (run.steps <= 0) return QCoreApplication::translate("RunWords", "step %1").arg(number(step, 0));
    return QStringLiteral("%1 / %2").arg(number(step, 0), number(steps, 0));
}

QString queuePlaceText(const runs::RunStatus& run) {
    if (run.job) return QString::fromStdString(run.job->words());
    if (run.queue_place == 1) return words(QT_TRANSLATE_NOOP("RunWords", "Next in the queue"));
    if (run.queue_place > 1) return QCoreApplication::translate("RunWords", "Place %1 in the queue").arg(run.queue_place);
    if (run.ticket && !run.ticket->host.empty())
        return QCoreApplication::translate("RunWords", "In the queue of %1").arg(QString::fromStdString(run.ticket->host));
    return words(QT_TRANSLATE_NOOP("RunWords", "In the queue"));
}

QString outcomeText(const runs::RunStatus& run) {
    if (run.state == runs::RunState::kQueued && run.config != nullptr) {
        const std::string* ranks = run.config->find("parallel.ranks");
        if (ranks == nullptr) return {};
        return *ranks == "1" ? words(QT_TRANSLATE_NOOP("RunWords", "needs 1 rank"))
                             : QCoreApplication::translate("RunWords", "needs %1 ranks").arg(QString::fromStdString(*ranks));
    }
    if (run.state == runs::RunState::kRunning && run.step_ms > 0 && run.steps > run.step) {
        const double left = static_cast<double>(run.steps - run.step) * run.step_ms / 1000.0;
        return QCoreApplication::translate("RunWords", "%1 left").arg(duration(left));
    }
    if (run.state == runs::RunState::kFailed && run.result)
        return QCoreApplication::translate("RunWords", "exit %1").arg(run.result->exit_code);
    if (run.state == runs::RunState::kStopped && run.result && !run.result->error.empty() && run.result->exit_code == 128 + 15)
        return words(QT_TRANSLATE_NOOP("RunWords", "cancelled"));
    if (run.state == runs::RunState::kStopped) return words(QT_TRANSLATE_NOOP("RunWords", "stopped by you"));
    if (run.state == runs::RunState::kLost)
        return run.problem.empty() ? words(QT_TRANSLATE_NOOP("RunWords", "no process")) : QString();
    if (run.state == runs::RunState::kFinished && run.result) {
        const double began = run.supervisor ? run.supervisor->started_at : run.created_at;
        if (began > 0 && run.result->ended_at > began) return duration(run.result->ended_at - began);
    }
    return {};
}

qint64 checkpointStep(const runs::RunStatus& run) {
    const QString name = QString::fromStdString(run.checkpoint.filename().string());
    return name.startsWith(QStringLiteral("step-")) ? name.mid(5).toLongLong() : 0;
}

QString commandText(const runs::RunStatus& run) {
    const std::vector<std::string>* command = run.supervisor ? &run.supervisor->command
                                              : run.ticket   ? &run.ticket->command
                                                             : nullptr;
    if (command == nullptr) return {};
    QStringList words;
    for (const std::string& part : *command) {
        QString word = QString::fromStdString(part);
        static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./:=,@%+-]+$"));
        if (!plain.match(word).hasMatch()) word = u'\'' + word.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
        words << word;
    }
    return words.join(u' ');
}

QString lossText(const runs::RunStatus& run) { return run.has_loss ? number(run.loss, 3) : QStringLiteral("–"); }

}  // namespace switchyard::ui
