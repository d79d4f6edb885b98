// SPDX-License-Identifier: MIT
// switchyard queue list|move|remove|start|at-once|hold|go, and the hidden `run` that works a queue off.
#include <unistd.h>

#include <iomanip>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/find_run.h"
#include "app/cli/output.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/queue_runner.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string run, runs_dir, dir;
    int number = 1;
    bool json = false, detach = false;
};

void told(const Options& options, const std::string& name, const char* done) {
    if (options.json)
        printJson({{"ok", true}, {"name", name}});
    else
        std::cerr << io::escapeForDisplay(name) << ' ' << done << '\n';
}

void list(const Options& options) {
    const fs::path dir = runsFolder(options.runs_dir);
    const launch::QueueSettings settings = launch::queueSettings(dir);
    json rows = json::array();
    for (const fs::path& folder : launch::queuedRuns(dir))
        rows.push_back({{"name", folder.filename().string()}, {"dir", folder.string()}});
    if (options.json) {
        printJson({{"at_once", settings.at_once}, {"held", settings.held}, {"runs", rows}});
        return;
    }
    std::cerr << (settings.held ? "held: nothing is started until `switchyard queue go`" : "running") << ", "
              << settings.at_once << " at once\n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::cout << std::right << std::setw(4) << i + 1 << "  "
                  << io::escapeForDisplay(rows[i]["name"].get<std::string>()) << '\n';
    }
}

void move(const Options& options) {
    const runs::RunStatus run = findRun(options.run, options.runs_dir);
    launch::moveInQueue(run.dir, options.number);
    told(options, run.name, "is moved");
}

void remove(const Options& options) {
    const runs::RunStatus run = findRun(options.run, options.runs_dir);
    const fs::path now = launch::removeFromQueue(run.dir);
    if (options.json)
        printJson({{"ok", true}, {"name", run.name}, {"dir", now.string()}});
    else
        std::cerr << io::escapeForDisplay(run.name) << " is out of the queue; its folder is " << now.string() << '\n';
}

void start(const Options& options) {
    const runs::RunStatus run = findRun(options.run, options.runs_dir);
    launch::startQueued(run.dir);
    told(options, run.name, "is started");
}

void change(const Options& options, void (*edit)(launch::QueueSettings&, int)) {
    const fs::path dir = runsFolder(options.runs_dir);
    launch::QueueSettings settings = launch::queueSettings(dir);
    edit(settings, options.number);
    launch::setQueueSettings(dir, settings);
    launch::startQueueRunner(dir);
    if (options.json) printJson({{"ok", true}, {"at_once", settings.at_once}, {"held", settings.held}});
}

void run(const Options& options) {
    if (options.detach) detachFromCaller();
    launch::runQueue(options.dir);
}

}  // namespace

void detachFromCaller() {
    const pid_t pid = fork();
    if (pid < 0) throw Error(ExitCode::kIo, "no new process");
    if (pid > 0) _exit(0);
    setsid();
}

void addQueueCommands(CLI::App& app) {
    CLI::App* group = app.add_subcommand("queue", "Runs that wait for their turn (switchyard train --queue)");
    group->require_subcommand(1);
    group->footer(
        "A queued run starts, with the configuration it was queued with, while fewer runs of its folder than `at-once` "
        "says\n"
        "are live, however those were started. No window or terminal has to stay open.\n\n"
        "Examples:\n  switchyard train --config configs/demo.yaml --queue\n  switchyard queue list\n  switchyard queue "
        "move demo-2 1");
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* text, bool takes_run, const char* example,
                         std::function<void(const Options&)> action) {
        CLI::App* command = group->add_subcommand(name, text);
        if (takes_run) command->add_option("run", options->run, "Run folder or name")->required();
        command->add_option("--runs-dir", options->runs_dir, "Folder of run folders");
        addJsonFlag(*command, options->json);
        command->footer(std::string("Example:\n  switchyard queue ") + example);
        command->callback([options, action = std::move(action)] { action(*options); });
        return command;
    };
    add("list", "Queued runs, next first", false, "list --json", list);
    add("move", "Move a run to another place", true, "move demo-2 1", move)
        ->add_option("place", options->number, "1 = next")
        ->required()
        ->check(CLI::Range(1, 1'000'000));
    add("remove", "Take a run out; one that was never started goes to the trash", true, "remove demo-2", remove);
    add("start", "Start a queued run now, whatever else is live", true, "start demo-2", start);
    add("at-once", "How many runs may be live before queued ones wait", false, "at-once 2",
        [](const Options& o) {
            change(o, [](launch::QueueSettings& settings, int number) { settings.at_once = number; });
        })
        ->add_option("number", options->number, "1 or more")
        ->required()
        ->check(CLI::Range(1, launch::kMostAtOnce));
    add("hold", "Start nothing until `go`", false, "hold",
        [](const Options& o) { change(o, [](launch::QueueSettings& settings, int) { settings.held = true; }); });
    add("go", "Go on after `hold`, or after a reboot", false, "go",
        [](const Options& o) { change(o, [](launch::QueueSettings& settings, int) { settings.held = false; }); });
    CLI::App* worker = group->add_subcommand("run", "Work a queue off")->group("");
    worker->add_option("dir", options->dir)->required();
    worker->add_flag("--detach", options->detach);
    worker->callback([options] { run(*options); });
}

}  // namespace switchyard::cli
