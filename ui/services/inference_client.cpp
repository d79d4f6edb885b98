// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/inference_client.h"

#include <QJsonDocument>
#include <QMap>
#include <QPointer>
#include <QProcess>
#include <QTimer>
#include <csignal>
#include <cstring>
#include <utility>

#include "core/base/launch/compute_request.h"
#include "core/base/util/error.h"
#include "ui/services/child_process.h"

namespace switchyard::ui {
namespace {

// 10,000 hits with long captions are about 5 MiB.
constexpr qsizetype kLongestLine = 16 << 20;
constexpr qsizetype kKeptErrorLines = 50;
constexpr qsizetype kLongestErrorLine = 2000;
constexpr int kGraceMs = 300;
constexpr int kRetireMs = 5000;

QString signalName(int number) {
    const char* name = sigabbrev_np(number);
    return name != nullptr ? QStringLiteral("%1 (SIG%2)").arg(number).arg(QLatin1String(name))
                           : QString::number(number);
}

struct Request {
    int worker = 0;  ///< number of the worker it went to
    QPointer<QObject> context;
    QMetaObject::Connection context_died;
    InferenceClient::OnResult on_result;
    InferenceClient::OnError on_error;
    InferenceClient::OnProgress on_progress;
};

}  // namespace

struct InferenceClient::Impl {
    explicit Impl(InferenceClient* client) : owner(client) {
        idle.setSingleShot(true);
        idle.setInterval(std::chrono::minutes(10));
        connect(&idle, &QTimer::timeout, owner, [this] { retire(); });
    }

    void start() {
        drop();
        ++worker;
        QString program;
        try {
            program = QString::fromStdString(launch::workerExecutable());
        } catch (const Error& error) {
            return failLater(Failure::of(error));
        }
        out.clear();
        error_line.clear();
        error_lines.clear();
        process = new QProcess(owner);
        process->setProgram(program);
        process->setArguments({QStringLiteral("--channel")});
        tieToThisProcess(*process);
        connect(process, &QProcess::readyReadStandardOutput, owner, [this] { readAnswers(); });
        connect(process, &QProcess::readyReadStandardError, owner, [this] { readErrors(); });
        connect(process, &QProcess::finished, owner,
                [this](int code, QProcess::ExitStatus status) { ended(code, status); });
        connect(process, &QProcess::errorOccurred, owner, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart) notStarted();
        });
        process->start();
    }

    void readAnswers() {
        out += process->readAllStandardOutput();
        qsizetype begin = 0;
        for (qsizetype end = out.indexOf('\n'); end >= 0; end = out.indexOf('\n', begin)) {
            if (end - begin > kLongestLine) return refuse();
            const QByteArray line = out.mid(begin, end - begin);
            begin = end + 1;
            const QProcess* answering = process;
            answer(line);
            if (process != answering) return;  // a callback ended it; what it had said is void
        }
        out.remove(0, begin);
        if (out.size() > kLongestLine) refuse();
    }

    void answer(const QByteArray& line) {
        const QJsonObject message = QJsonDocument::fromJson(line).object();
        if (message.isEmpty()) return keepErrorLine(line);  // a library that prints to stdout
        const qint64 id = message.value(QStringLiteral("id")).toInteger(-1);
        const auto found = requests.constFind(id);
        if (found == requests.constEnd()) return;  // cancelled
        if (const QJsonValue progress = message.value(QStringLiteral("progress")); progress.isObject()) {
            const OnProgress on_progress = found->on_progress;
            if (on_progress && found->context != nullptr) {
                on_progress(progress[QStringLiteral("done")].toInteger(), progress[QStringLiteral("total")].toInteger(),
                            progress[QStringLiteral("what")].toString());
            }
            return;
        }
        const Request request = take(id);
        if (request.context == nullptr) return;
        if (message.contains(QStringLiteral("result"))) {
            if (request.on_result) request.on_result(message.value(QStringLiteral("result")).toObject());
        } else if (request.on_error) {
            const QJsonObject error = message.value(QStringLiteral("error")).toObject();
            request.on_error(
                {error.value(QStringLiteral("code")).toInt(static_cast<int>(ExitCode::kRunFailed)),
                 error.value(QStringLiteral("message")).toString(tr("The inference worker gave no reason")),
                 error.value(QStringLiteral("where")).toString(), error.value(QStringLiteral("fix")).toString()});
        }
    }

    void readErrors() {
        error_line += process->readAllStandardError();
        qsizetype begin = 0;
        for (qsizetype end = error_line.indexOf('\n'); end >= 0; end = error_line.indexOf('\n', begin)) {
            keepErrorLine(error_line.mid(begin, end - begin));
            begin = end + 1;
        }
        error_line.remove(0, begin);
        error_line.truncate(kLongestErrorLine);
    }

    void keepErrorLine(const QByteArray& line) {
        const QString text = QString::fromUtf8(line.left(kLongestErrorLine)).trimmed();
        if (text.isEmpty()) return;
        error_lines.append(text);
        if (error_lines.size() > kKeptErrorLines) error_lines.removeFirst();
    }

    void ended(int code, QProcess::ExitStatus status) {
        const int ended_worker = worker;
        readErrors();
        keepErrorLine(std::exchange(error_line, {}));
        Failure failure;
        failure.where = error_lines.isEmpty() ? QString() : tr("its last line: %1").arg(error_lines.last());
        if (status == QProcess::CrashExit) {
            failure.code = 128 + code;
            failure.message =
                tr("The inference worker was ended by signal %1 before it answered").arg(signalName(code));
            if (code == SIGKILL) failure.fix = tr("Likely the system ran out of memory, or someone ended the process");
        } else {
            failure.code = code != 0 ? code : static_cast<int>(ExitCode::kRunFailed);
            failure.message = tr("The inference worker exited with code %1 before it answered").arg(code);
        }
        if (failure.fix.isEmpty()) failure.fix = tr("The next request starts a new worker");
        readAnswers();
        if (worker == ended_worker) drop();
        failAll(ended_worker, failure);
    }

    void notStarted() {
        const QString reason = process->errorString(), program = process->program();
        drop();
        failLater({static_cast<int>(ExitCode::kIo), tr("The inference worker could not be started: %1").arg(reason),
                   program, tr("Check that the file is a program of this system")});
    }

    void refuse() {
        process->kill();
        drop();
        failAll(worker, {static_cast<int>(ExitCode::kRunFailed),
                         tr("The inference worker's answer is longer than %1 MiB").arg(kLongestLine >> 20),
                         QStringLiteral("switchyard-worker"), tr("Ask for fewer results")});
    }

    /// The worker is no longer ours to hear of; it is ended already or ending.
    void drop() {
        QProcess* dropped = std::exchange(process, nullptr);
        if (dropped == nullptr) return;
        dropped->disconnect(owner);
        if (dropped->state() == QProcess::NotRunning) {
            dropped->deleteLater();
        } else {
            connect(dropped, &QProcess::finished, dropped, &QObject::deleteLater);
            QTimer::singleShot(kRetireMs, dropped, &QProcess::kill);
        }
        out.clear();
        idle.stop();
    }

    void retire() {
        if (process == nullptr || !requests.isEmpty()) return;
        process->closeWriteChannel();
        drop();
    }

    void failAll(int failed_worker, const Failure& failure) {
        const QList<qint64> ids = requests.keys();
        for (const qint64 id : ids) {
            const auto found = requests.constFind(id);
            if (found == requests.constEnd() || found->worker != failed_worker) continue;
            const Request request = take(id);
            if (request.context != nullptr && request.on_error) request.on_error(failure);
        }
    }

    /// Callbacks never run before request() returns.
    void failLater(const Failure& failure) {
        QMetaObject::invokeMethod(
            owner, [this, failure, number = worker] { failAll(number, failure); }, Qt::QueuedConnection);
    }

    Request take(qint64 id) {
        Request request = requests.take(id);
        disconnect(request.context_died);
        if (requests.isEmpty() && process != nullptr) idle.start();
        return request;
    }

    void send(const QJsonObject& message) {
        if (process != nullptr) process->write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    }

    InferenceClient* owner;
    QProcess* process = nullptr;  // child of owner
    int worker = 0;               // number of the process, from 1
    QTimer idle;
    qint64 last_id = 0;
    QMap<qint64, Request> requests;  // by age
    QByteArray out, error_line;
    QStringList error_lines;
};

InferenceClient::InferenceClient(QObject* parent) : QObject(parent), impl_(std::make_unique<Impl>(this)) {}

InferenceClient::~InferenceClient() {
    QProcess* worker = std::exchange(impl_->process, nullptr);
    for (const Request& request : std::as_const(impl_->requests)) disconnect(request.context_died);
    if (worker == nullptr) return;
    worker->disconnect(this);
    worker->closeWriteChannel();
    if (worker->waitForFinished(kGraceMs)) return;
    worker->kill();
    worker->waitForFinished(kGraceMs);
}

qint64 InferenceClient::request(QObject* context, const QJsonObject& request, OnResult on_result, OnError on_error,
                                OnProgress on_progress) {
    const qint64 id = ++impl_->last_id;
    if (impl_->process == nullptr || impl_->process->state() == QProcess::NotRunning) impl_->start();
    impl_->idle.stop();
    const auto died = connect(context, &QObject::destroyed, this, [this, id] { cancel(id); });
    impl_->requests.insert(
        id, {impl_->worker, context, died, std::move(on_result), std::move(on_error), std::move(on_progress)});
    QJsonObject message = request;
    message.insert(QStringLiteral("id"), id);
    impl_->send(message);
    return id;
}

void InferenceClient::cancel(qint64 id) {
    if (!impl_->requests.contains(id)) return;
    impl_->take(id);
    impl_->send({{QStringLiteral("id"), id}, {QStringLiteral("cancel"), id}});
}

void InferenceClient::setIdleTimeout(std::chrono::milliseconds timeout) {
    impl_->idle.setInterval(timeout);
}
qint64 InferenceClient::workerPid() const {
    return impl_->process != nullptr ? impl_->process->processId() : 0;
}

}  // namespace switchyard::ui
