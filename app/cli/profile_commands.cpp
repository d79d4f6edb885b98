// SPDX-License-Identifier: MIT
// switchyard profiles list|show|check|path
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/io/jsonl.h"
#include "core/base/launch/profiles/engine.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string name;
    bool json = false;
};

json toJson(const launch::Profile& profile) {
    return {{"name", profile.name},
            {"kind", launch::profileKindName(profile.kind)},
            {"ranks", profile.ranks() > 0 ? json(profile.ranks()) : json()},
            {"summary", profile.summary()},
            {"line", profile.line}};
}

void list(const Options& options) {
    json rows = json::array();
    for (const launch::Profile& profile : launch::loadProfiles()) {
        rows.push_back(toJson(profile));
        if (options.json) continue;
        std::cout << std::left << std::setw(20) << io::escapeForDisplay(profile.name)
                  << io::escapeForDisplay(profile.summary()) << '\n';
    }
    if (options.json)
        printJson(rows);
    else
        std::cerr << "from " << launch::profilesFile().string() << '\n';
}

void show(const Options& options) {
    const launch::Profile profile = launch::findProfile(options.name);
    if (options.json) {
        json row = toJson(profile);
        row["text"] = profile.text;
        printJson(row);
    } else {
        std::cout << (profile.text.empty() ? "# " + profile.summary() + "\n" : profile.text);
    }
}

void check(const Options& options) {
    const launch::Profile profile = launch::findProfile(options.name);
    const bool asks = profile.kind == launch::ProfileKind::kSlurm || profile.kind == launch::ProfileKind::kSsh;
    const std::vector<launch::CheckLine> lines =
        asks ? launch::makeEngine(profile)->check() : std::vector<launch::CheckLine>{};
    const bool good = std::all_of(lines.begin(), lines.end(), [](const launch::CheckLine& line) { return line.good; });
    json rows = json::array();
    for (const launch::CheckLine& line : lines) {
        rows.push_back({{"what", line.what}, {"good", line.good}, {"detail", line.detail}});
        if (options.json) continue;
        std::cout << (line.good ? "good  " : "BAD   ") << std::left << std::setw(24) << io::escapeForDisplay(line.what)
                  << io::escapeForDisplay(line.detail) << '\n';
    }
    if (options.json)
        printJson({{"name", profile.name}, {"good", good}, {"checks", rows}});
    else if (lines.empty())
        std::cout << "good  " << profile.summary() << '\n';
    if (!good) exitWith(ExitCode::kRunFailed);
}

void path(const Options& options) {
    const std::string file = launch::profilesFile().string();
    if (options.json)
        printJson({{"file", file}});
    else
        std::cout << file << '\n';
}

}  // namespace

void addProfileCommands(CLI::App& app) {
    CLI::App* group =
        app.add_subcommand("profiles", "Where runs are started: this machine, Slurm, hosts by ssh, Kubernetes");
    group->require_subcommand(1);
    group->footer(
        std::string("A profile is a name in the profiles file (`switchyard profiles path`), for example:\n\n") +
        launch::exampleProfiles() + "\nExample:\n  switchyard train --config configs/demo.yaml --on cluster");
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* text, bool takes_name, const char* example,
                         void (*action)(const Options&)) {
        CLI::App* command = group->add_subcommand(name, text);
        if (takes_name) command->add_option("name", options->name, "Profile")->required();
        addJsonFlag(*command, options->json);
        command->footer(std::string("Example:\n  switchyard profiles ") + example);
        command->callback([options, action] { action(*options); });
    };
    add("list", "All profiles", false, "list --json", list);
    add("show", "A profile's lines of the file", true, "show cluster", show);
    add("check", "Whether a profile can work: programs, hosts, what Slurm says of its job; nothing is started", true,
        "check cluster", check);
    add("path", "Where the profiles file is", false, "path", path);
}

}  // namespace switchyard::cli
