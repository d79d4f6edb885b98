// SPDX-License-Identifier: MIT
// switchyard runs list|show|metrics|tail|pause|resume|checkpoint|stop|kill|note|delete|restore
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>

#include "app/cli/commands.h"
#include "app/cli/find_run.h"
#include "app/cli/output.h"
#include "core/base/health/monitor.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/run_queue.h"
#include "core/base/launch/supervisor.h"
#include "core/base/runs/record_changes.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_query.h"
#include "core/base/runs/run_status.h"
#include "core/base/runs/trash.h"
#include "core/base/util/clock.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string run, runs_dir, tag, text, search;
    int lines = 20;
    bool json = false;
};

runs::RunStatus find(const Options& options) { return findRun(options.run, options.runs_dir); }

json toJson(const runs::RunStatus& status) {
    json row = {{"name", status.name},
                {"dir", status.dir.string()},
                {"state", runs::runStateName(status.state)},
                {"step", status.step},
                {"steps", status.steps},
                {"loss", status.has_loss && std::isfinite(status.loss) ? json(status.loss) : json()},
                {"tags", status.tags},
                {"note", status.note},
                {"exit_code", status.result ? json(status.result->exit_code) : json()},
                {"error", status.result ? status.result->error : ""},
                {"problem", status.problem},
                {"checkpoint", status.checkpoint.string()},
                {"restarts", status.result ? status.result->restarts : 0},
                {"rewinds", status.result ? status.result->rewinds : 0},
                {"report", status.result ? status.result->report : ""},
                {"queue_place", status.queue_place},
                {"job", status.job ? runs::toJson(*status.job) : json()},
                {"elsewhere", status.elsewhere},
                {"created_at", status.created_at}};
    row["alarms"] = json::array();
    for (const health::Alarm& alarm : status.alarms) row["alarms"].push_back(health::toJson(alarm));
    row["first_cause"] = {{"rank", status.result ? status.result->first_cause_rank : -1},
                          {"message", status.result ? status.result->first_cause : ""}};
    return row;
}

/// "3rd in the queue", or steps and loss.
std::string progress(const runs::RunStatus& run) {
    if (run.state == runs::RunState::kQueued && run.job) return run.job->words();
    if (run.queue_place > 0) return "place " + std::to_string(run.queue_place) + " in the queue";
    std::ostringstream text;
    text << std::setw(8) << run.step << " / " << std::left << std::setw(8) << run.steps;
    if (run.has_loss && std::isfinite(run.loss)) text << "loss " << std::to_string(run.loss);
    return text.str();
}

void list(const Options& options) {
    const runs::RunQuery query(options.search);
    if (!query.problem().empty()) throw Error(ExitCode::kUsage, query.problem(), "--search", "See `switchyard runs list --help`");
    const fs::path dir = runsFolder(options.runs_dir);
    std::vector<runs::RunStatus> found;
    for (const fs::path& folder : runs::listRunFolders(dir)) found.push_back(runs::readStatus(folder));
    launch::placeQueued(dir, &found);
    std::erase_if(found, [&](const runs::RunStatus& run) { return !query.matches(run); });
    if (options.json) {
        json rows = json::array();
        for (const runs::RunStatus& run : found) rows.push_back(toJson(run));
        printJson(rows);
        return;
    }
    if (found.empty()) std::cerr << (query.empty() ? "no runs in " : "no run fits in ") << dir.string() << '\n';
    for (const runs::RunStatus& run : found) {
        std::cout << std::left << std::setw(28) << io::escapeForDisplay(run.name) << std::setw(10) << runs::runStateName(run.state)
                  << progress(run) << (run.problem.empty() ? "" : "  " + io::escapeForDisplay(run.problem)) << '\n';
    }
}

void printAlarms(const std::vector<health::Alarm>& alarms) {
    for (const health::Alarm& alarm : alarms) {
        const health::AlarmWords words = health::wordsOf(alarm);
        std::cout << "\nalarm         " << health::kindName(alarm.kind) << " at step " << alarm.raised_step << ", since step "
                  << alarm.first_step << (alarm.ended ? ", over since step " + std::to_string(alarm.last_step) : "") << '\n'
                  << "  " << io::escapeForDisplay(words.what) << '\n'
                  << "  likely cause: " << io::escapeForDisplay(words.cause) << '\n'
                  << "  what to do:   " << io::escapeForDisplay(words.advice) << '\n';
    }
}

void show(const Options& options) {
    runs::RunStatus status = find(options);
    // From the records, so that a run of an earlier version or one that another rank 0 wrote is watched by today's rules.
    status.alarms = health::alarmsOf(status.dir.string());
    json row = toJson(status);
    if (options.json) {
        printJson(row);
        return;
    }
    row.erase("alarms");
    for (const auto& [key, value] : row.items()) {
        if (value.is_null() || value == "" || (value.is_array() && value.empty())) continue;
        std::cout << std::left << std::setw(14) << key << io::escapeForDisplay(value.is_string() ? value.get<std::string>() : value.dump()) << '\n';
    }
    printAlarms(status.alarms);
}

void metrics(const Options& options) {
    const runs::RunStatus status = find(options);
    runs::RunDbReader db(runs::RunPaths(status.dir).database());
    if (options.tag.empty()) {
        if (options.json) printJson(db.tags());
        else for (const std::string& tag : db.tags()) std::cout << tag << '\n';
        return;
    }
    std::int64_t cursor = 0;
    json rows = json::array();
    for (const runs::Metric& metric : db.metrics(options.tag, &cursor)) {
        // JSON has no NaN: words, as in the database.
        const json value = std::isfinite(metric.value) ? json(metric.value)
                           : std::isnan(metric.value)  ? json("nan")
                                                       : json(metric.value > 0 ? "inf" : "-inf");
        if (options.json) rows.push_back({{"step", metric.step}, {"value", value}, {"wall_time", metric.wall_time}});
        else std::cout << metric.step << '\t' << std::setprecision(17) << metric.value << '\n';
    }
    if (options.json) printJson(rows);
}

void tail(const Options& options) {
    const runs::RunStatus status = find(options);
    runs::RunDbReader db(runs::RunPaths(status.dir).database());
    std::int64_t cursor = 0;
    const std::vector<runs::Event> events = db.events(&cursor);
    const std::size_t first = events.size() > static_cast<std::size_t>(options.lines) ? events.size() - static_cast<std::size_t>(options.lines) : 0;
    json rows = json::array();
    for (std::size_t i = first; i < events.size(); ++i) {
        const runs::Event& event = events[i];
        if (options.json) {
            rows.push_back({{"wall_time", event.wall_time}, {"step", event.step}, {"level", static_cast<int>(event.level)},
                            {"source", event.source}, {"message", event.message}});
            continue;
        }
        const auto seconds = static_cast<std::time_t>(event.wall_time);
        std::tm local{};
        localtime_r(&seconds, &local);
        std::cout << std::put_time(&local, "%H:%M:%S") << "  " << std::left << std::setw(12) << event.source << event.message << '\n';
    }
    if (options.json) printJson(rows);
}

/// What was asked for is under way: a line for a person, or the run's state.
void told(const Options& options, const runs::RunStatus& status, const char* doing) {
    if (options.json) printJson({{"ok", true}, {"name", status.name}, {"dir", status.dir.string()}, {"asked", doing}});
    else std::cerr << doing << ' ' << io::escapeForDisplay(status.name) << '\n';
}

void stop(const Options& options, bool at_once) {
    const runs::RunStatus status = find(options);
    const bool asked = at_once ? launch::requestKill(status) : launch::requestStop(status);
    if (!asked) {
        throw Error(ExitCode::kUsage, std::string("the run is not live, its state is ") + runs::runStateName(status.state), status.name);
    }
    told(options, status, at_once ? "killing" : "stopping after a checkpoint:");
}

void ask(const Options& options, const char* command, const char* doing) {
    const runs::RunStatus status = find(options);
    const json answer = launch::request(status, command);
    if (!answer.value("ok", false)) throw Error(ExitCode::kUsage, answer.value("error", "refused"), status.name);
    told(options, status, doing);
}

void follow(const Options& options) {
    const runs::RunStatus status = find(options);
    launch::followDetached(status.dir);
    told(options, status, "following");
}

/// For a copy of the run on another machine (core/base/launch/profiles/ssh_mirror.h): bytes on stdout.
void changes(const Options& options) {
    const fs::path out = runtimeDir() / ("changes-" + std::to_string(getpid()));
    std::error_code ignored;
    fs::remove(out, ignored);
    runs::writeRecordChanges(runs::RunPaths(options.run).database(), options.text, out);
    std::ifstream file(out, std::ios::binary);
    fs::remove(out, ignored);
    std::cout << file.rdbuf();
}

void note(const Options& options) { runs::setNote(find(options).dir, options.text); }

void remove(const Options& options) {
    const fs::path trashed = runs::moveToTrash(find(options).dir);
    if (options.json) printJson({{"ok", true}, {"trashed", trashed.string()}});
    else std::cerr << "moved to " << trashed.string() << "\nBring it back with: switchyard runs restore " << trashed.string() << '\n';
}

void restore(const Options& options) {
    const fs::path runs_dir = runsFolder(options.runs_dir);
    for (const fs::path& trashed : {fs::absolute(expandPath(options.run)).lexically_normal(), runs::trashFolder(runs_dir) / options.run}) {
        if (!fs::is_directory(trashed) || trashed.parent_path().filename() != ".trash") continue;
        const fs::path dir = runs::restoreFromTrash(trashed, trashed.parent_path().parent_path() / trashed.filename());
        if (options.json) printJson({{"ok", true}, {"dir", dir.string()}});
        else std::cerr << "brought back as " << dir.string() << '\n';
        return;
    }
    throw Error(ExitCode::kUsage, "there is no run of that name in the trash", options.run, "Look into " + runs::trashFolder(runs_dir).string());
}

}  // namespace

void addRunsCommands(CLI::App& app) {
    CLI::App* group = app.add_subcommand("runs", "List runs, look at them, pause and stop them");
    group->require_subcommand(1);
    group->footer("RUN is a run folder or a name under the runs folder.\n\nExample:\n  switchyard runs metrics demo --tag loss/total");
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* text, bool takes_run, void (*action)(const Options&)) {
        CLI::App* command = group->add_subcommand(name, text);
        if (takes_run) command->add_option("run", options->run, "Run folder or name")->required();
        command->add_option("--runs-dir", options->runs_dir, "Folder of run folders");
        addJsonFlag(*command, options->json);
        command->footer(std::string("Example:\n  switchyard runs ") + name + (takes_run ? " demo" : " --json"));
        command->callback([options, action] { action(*options); });
        return command;
    };
    CLI::App* list_command = add("list", "All runs, newest first", false, list);
    list_command->add_option("--search", options->search, "Only runs that fit: words, tag:NAME, state:failed, experts=64, lr<1e-3");
    list_command->footer(
        "Search words stand in the name, a tag, the note or the state; -word leaves out. KEY=VALUE compares a value of the\n"
        "resolved config (the key's last parts are enough; also != < <= > >=, and * for anything), and step and loss.\n\n"
        "Examples:\n  switchyard runs list --json\n  switchyard runs list --search 'tag:glue experts=64 lr<1e-3 -state:failed'");
    add("show", "One run: state, step, first cause of a failure, alarms of its health", true, show);
    add("metrics", "Values of a tag, or all tags", true, metrics)->add_option("--tag", options->tag, "For example loss/total");
    add("tail", "The run's last events", true, tail)->add_option("--lines", options->lines, "How many")->capture_default_str();
    add("pause", "Hold a run after the step in work", true, [](const Options& o) { ask(o, "pause", "pausing"); });
    add("resume", "Let a paused run go on", true, [](const Options& o) { ask(o, "resume", "going on:"); });
    add("checkpoint", "Save a checkpoint after the step in work and go on", true,
        [](const Options& o) { ask(o, "checkpoint", "saving a checkpoint of"); });
    add("stop", "Save a checkpoint and stop", true, [](const Options& o) { stop(o, false); });
    add("kill", "End a run at once", true, [](const Options& o) { stop(o, true); });
    add("follow", "Follow the job of a run again whose follower is gone (after a reboot)", true, follow);
    CLI::App* changed = group->add_subcommand("changes", "What is new in a run's records")->group("");
    changed->add_option("run", options->run)->required();
    changed->add_option("--after", options->text);
    changed->callback([options] { changes(*options); });
    CLI::App* note_command = add("note", "Attach a note to a run", true, note);
    note_command->add_option("text", options->text, "The note")->required();
    note_command->footer("Example:\n  switchyard runs note demo \"twice the learning rate\"");
    add("delete", "Move a run that has ended to the trash folder beside it", true, remove);
    add("restore", "Bring a run back from the trash folder", true, restore);
}

}  // namespace switchyard::cli
