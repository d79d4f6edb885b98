// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/run_launcher.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/io/safe_file.h"
#include "core/base/launch/queue_runner.h"
#include "core/base/runs/run_status.h"
#include "core/base/util/error.h"

namespace switchyard::ui {
namespace {

constexpr std::uint64_t kLargestConfig = 1 << 20;

QString launch(const launch::TrainRequest& request) {
    const launch::PreparedRun run = launch::prepare(request);
    launch::superviseDetached(run);
    return QString::fromStdString(run.paths.dir.string());
}

QString enqueue(const launch::TrainRequest& request) {
    const launch::PreparedRun run = launch::prepare(request);
    launch::enqueue(run);
    launch::startQueueRunner(run.paths.dir.parent_path());
    return QString::fromStdString(run.paths.dir.string());
}

void end(const QString& run_dir, bool (*request)(const runs::RunStatus&)) {
    const runs::RunStatus status = runs::readStatus(run_dir.toStdString());
    if (request(status)) return;
    throw Error(ExitCode::kUsage, std::string("the run is not live, its state is ") + runs::runStateName(status.state), status.name);
}

}  // namespace

launch::TrainRequest resumeRequest(const QString& run_dir, const QString& checkpoint) {
    const runs::RunPaths paths(run_dir.toStdString());
    launch::TrainRequest request;
    request.config_text = io::readText(paths.config().string(), kLargestConfig);
    request.config_file = paths.config().string();
    request.run_dir = paths.dir.string();
    request.resume = checkpoint.isEmpty() ? "auto" : checkpoint.toStdString();
    const runs::RunStatus status = runs::readStatus(paths.dir);
    if (!status.supervisor) return request;
    const std::vector<std::string>& command = status.supervisor->command;
    for (std::size_t i = 0; i + 1 < command.size(); ++i) {
        if (command[i] == "--set") request.overrides.push_back(config::parseOverride(command[++i]));
        else if (command[i] == "--on") request.profile = command[++i];
        else if (command[i] == "--ranks") request.ranks = std::atoi(command[++i].c_str());
    }
    return request;
}

RunLauncher::RunLauncher(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(2); }
RunLauncher::~RunLauncher() { pool_.waitForDone(); }

void RunLauncher::run(QObject* context, std::function<QString()> work, OnDone on_done, OnError on_error) {
    Q_EMIT pendingChanged(++pending_);
    pool_.start([this, context = QPointer<QObject>(context), work = std::move(work), on_done = std::move(on_done),
                 on_error = std::move(on_error)] {
        QString run_dir;
        Failure failure;
        bool good = false;
        try {
            run_dir = work();
            good = true;
        } catch (const Error& error) {
            failure = Failure::of(error);
        } catch (const std::exception& error) {
            failure = {static_cast<int>(ExitCode::kRunFailed), QString::fromUtf8(error.what()), {}, {}};
        }
        QMetaObject::invokeMethod(this, [this, context, run_dir, failure, good, on_done, on_error] {
            Q_EMIT pendingChanged(--pending_);
            if (good) Q_EMIT acted(run_dir);
            if (context == nullptr) return;
            if (good && on_done) on_done(run_dir);
            if (!good && on_error) on_error(failure);
        });
    });
}

void RunLauncher::start(QObject* context, const launch::TrainRequest& request, OnDone on_done, OnError on_error) {
    run(context, [request] { return launch(request); }, std::move(on_done), std::move(on_error));
}

void RunLauncher::queue(QObject* context, const launch::TrainRequest& request, OnDone on_done, OnError on_error) {
    run(context, [request] { return enqueue(request); }, std::move(on_done), std::move(on_error));
}

void RunLauncher::resume(QObject* context, const QString& run_dir, OnDone on_done, OnError on_error, const QString& checkpoint) {
    run(context, [run_dir, checkpoint] { return launch(resumeRequest(run_dir, checkpoint)); }, std::move(on_done), std::move(on_error));
}

void RunLauncher::stop(QObject* context, const QString& run_dir, OnError on_error) {
    run(context, [run_dir] { return end(run_dir, launch::requestStop), run_dir; }, {}, std::move(on_error));
}

void RunLauncher::ask(QObject* context, const QString& run_dir, const QString& command, OnDone on_done, OnError on_error) {
    run(context,
        [run_dir, command] {
            const runs::RunStatus status = runs::readStatus(run_dir.toStdString());
            const nlohmann::json answer = launch::request(status, command.toStdString());
            if (!answer.value("ok", false)) throw Error(ExitCode::kRunFailed, answer.value("error", "the run did not do it"), status.name);
            return run_dir;
        },
        std::move(on_done), std::move(on_error));
}

void RunLauncher::kill(QObject* context, const QString& run_dir, OnError on_error) {
    run(context, [run_dir] { return end(run_dir, launch::requestKill), run_dir; }, {}, std::move(on_error));
}

}  // namespace switchyard::ui
