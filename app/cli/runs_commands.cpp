// SPDX-License-Identifier: MIT
// switchyard runs list|show|metrics|tail|pause|resume|checkpoint|stop|kill|note|delete
#include <cmath>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/health/monitor.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/supervisor.h"
#include "core/base/runs/run_db.h"
#include "core/base/runs/run_folder.h"
#include "core/base/util/clock.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string run, runs_dir, tag, text;
    int lines = 20;
    bool json = false;
};

fs::path runsDir(const Options& options) {
    return options.runs_dir.empty() ? dataHome() / "runs" : expandPath(options.runs_dir);
}

/// A run by its folder, or by its name below the runs folder.
runs::RunStatus find(const Options& options) {
    for (const fs::path& folder : {expandPath(options.run), runsDir(options) / options.run}) {
        const runs::RunPaths paths(folder);
        if (fs::exists(paths.config()) || fs::exists(paths.database())) {
            return runs::readStatus(fs::absolute(folder).lexically_normal());
        }
    }
    throw Error(ExitCode::kUsage, "there is no run of that name", options.run, "See `switchyard runs list`");
}

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
                {"created_at", status.created_at}};
    row["alarms"] = json::array();
    for (const health::Alarm& alarm : status.alarms) row["alarms"].push_back(health::toJson(alarm));
    row["first_cause"] = {{"rank", status.result ? status.result->first_cause_rank : -1},
                          {"message", status.result ? status.result->first_cause : ""}};
    return row;
}

void list(const Options& options) {
    json rows = json::array();
    for (const fs::path& folder : runs::listRunFolders(runsDir(options))) rows.push_back(toJson(runs::readStatus(folder)));
    if (options.json) {
        printJson(rows);
        return;
    }
    if (rows.empty()) std::cerr << "no runs in " << runsDir(options).string() << '\n';
    for (const json& row : rows) {
        std::cout << std::left << std::setw(28) << io::escapeForDisplay(row["name"]) << std::setw(10) << row["state"].get<std::string>()
                  << std::right << std::setw(8) << row["step"].get<std::int64_t>() << " / " << std::left << std::setw(8)
                  << row["steps"].get<std::int64_t>() << (row["loss"].is_null() ? "" : "loss " + std::to_string(row["loss"].get<double>()))
                  << '\n';
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

void note(const Options& options) {
    const runs::RunStatus status = find(options);
    runs::RunDbWriter db(runs::RunPaths(status.dir).database());
    db.setMeta("note", options.text);
    db.flush();
    if (db.failing()) throw Error(ExitCode::kIo, "the note could not be saved: " + db.failure(), status.name);
}

void remove(const Options& options) {
    const runs::RunStatus status = find(options);
    if (runs::isLive(status.state)) throw Error(ExitCode::kUsage, "the run is live", status.name, "Stop it first: switchyard runs stop " + status.name);
    const fs::path trash = status.dir.parent_path() / ".trash";
    fs::create_directories(trash);
    fs::path target = trash / status.dir.filename();
    for (int number = 2; fs::exists(target); ++number) target = trash / (status.dir.filename().string() + "-" + std::to_string(number));
    std::error_code error;
    fs::rename(status.dir, target, error);
    if (error) throw Error(ExitCode::kIo, "can not move the run to the trash: " + error.message(), status.dir.string());
    std::cerr << "moved to " << target.string() << '\n';
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
    add("list", "All runs, newest first", false, list);
    add("show", "One run: state, step, first cause of a failure, alarms of its health", true, show);
    add("metrics", "Values of a tag, or all tags", true, metrics)->add_option("--tag", options->tag, "For example loss/total");
    add("tail", "The run's last events", true, tail)->add_option("--lines", options->lines, "How many")->capture_default_str();
    add("pause", "Hold a run after the step in work", true, [](const Options& o) { ask(o, "pause", "pausing"); });
    add("resume", "Let a paused run go on", true, [](const Options& o) { ask(o, "resume", "going on:"); });
    add("checkpoint", "Save a checkpoint after the step in work and go on", true,
        [](const Options& o) { ask(o, "checkpoint", "saving a checkpoint of"); });
    add("stop", "Save a checkpoint and stop", true, [](const Options& o) { stop(o, false); });
    add("kill", "End a run at once", true, [](const Options& o) { stop(o, true); });
    add("note", "Attach a note to a run", true, note)->add_option("text", options->text, "The note")->required();
    add("delete", "Move a run that has ended to the trash folder beside it", true, remove);
}

}  // namespace switchyard::cli
