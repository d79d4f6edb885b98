// SPDX-License-Identifier: MIT
// switchyard config show|check|diff|schema|docs
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/config/config.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string file;
    std::string other;
    std::vector<std::string> sets;
    bool json = false;
};

std::vector<config::Override> overrides(const Options& options) {
    std::vector<config::Override> parsed;
    for (const std::string& set : options.sets) parsed.push_back(config::parseOverride(set));
    return parsed;
}

void addSets(CLI::App& command, Options& options) {
    // One value per --set, so that a list such as [a, b] or a following file name is not swallowed.
    addSetOption(command, options.sets);
}

json toJson(const ConfigValue& value) {
    return std::visit([](const auto& v) { return json(v); }, value);
}

json toJson(const config::Problem& problem) {
    return {{"key", problem.path},        {"line", problem.line}, {"column", problem.column},
            {"message", problem.message}, {"fix", problem.fix},   {"suggestions", problem.suggestions},
            {"warning", problem.warning}};
}

/// Every problem as a line; errors in red, warnings in yellow where there is a terminal.
void printProblems(const config::LoadResult& result, const std::string& file) {
    for (const config::Problem& problem : result.problems) {
        std::cerr << styled(config::describe(problem, file), problem.warning ? Style::kYellow : Style::kRed,
                            stderrIsTerminal())
                  << '\n';
    }
}

RunConfig loadShowingWarnings(const std::string& file, const std::vector<config::Override>& sets) {
    config::LoadResult result = config::loadFile(file, sets);
    printProblems(result, file);
    if (!result.ok()) exitWith(ExitCode::kBadConfig);
    return std::move(result.config);
}

void show(const Options& options) {
    const RunConfig config = loadShowingWarnings(options.file, overrides(options));
    if (!options.json) {
        std::cout << config::toYaml(config);
        return;
    }
    json keys = json::object();
    for (const KeySpec& key : schema()) keys[key.path] = toJson(key.get(config));
    printJson(keys);
}

void check(const Options& options) {
    const config::LoadResult result = config::loadFile(options.file, overrides(options));
    if (options.json) {
        json problems = json::array();
        for (const config::Problem& problem : result.problems) problems.push_back(toJson(problem));
        printJson({{"ok", result.ok()}, {"file", options.file}, {"problems", problems}});
    } else {
        printProblems(result, options.file);
        if (result.ok()) std::cout << options.file << ": good\n";
    }
    if (!result.ok()) exitWith(ExitCode::kBadConfig);
}

void showDifference(const Options& options) {
    const RunConfig a = loadShowingWarnings(options.file, {});
    const RunConfig b = loadShowingWarnings(options.other, {});
    json rows = json::array();
    for (const std::string& path : config::diff(a, b)) {
        const KeySpec& key = *findKey(path);
        if (options.json) {
            rows.push_back({{"key", path}, {"a", toJson(key.get(a))}, {"b", toJson(key.get(b))}});
        } else {
            std::cout << path << ": " << formatValue(key, key.get(a)) << " -> " << formatValue(key, key.get(b)) << '\n';
        }
    }
    if (options.json) printJson(rows);
}

}  // namespace

void addConfigCommands(CLI::App& app) {
    CLI::App* group = app.add_subcommand("config", "Look at configurations: show, check, diff, schema, docs");
    group->require_subcommand(1);
    group->footer("Example:\n  switchyard config check configs/demo.yaml");
    const auto options = std::make_shared<Options>();

    CLI::App* show_command =
        group->add_subcommand("show", "Print every key with its value after defaults and overrides");
    show_command->add_option("file", options->file, "YAML file")->required();
    addSets(*show_command, *options);
    addJsonFlag(*show_command, options->json);
    show_command->footer("Example:\n  switchyard config show configs/demo.yaml --set optim.lr=0.0005");
    show_command->callback([options] { show(*options); });

    CLI::App* check_command =
        group->add_subcommand("check", "Find every problem of a configuration (exit code 78 if any)");
    check_command->add_option("file", options->file, "YAML file")->required();
    addSets(*check_command, *options);
    addJsonFlag(*check_command, options->json);
    check_command->footer("Example:\n  switchyard config check configs/demo.yaml --set model.moe.experts=66");
    check_command->callback([options] { check(*options); });

    CLI::App* diff_command = group->add_subcommand("diff", "List the keys whose values differ");
    diff_command->add_option("a", options->file, "YAML file")->required();
    diff_command->add_option("b", options->other, "YAML file, or a run's config.resolved.yaml")->required();
    addJsonFlag(*diff_command, options->json);
    diff_command->footer("Example:\n  switchyard config diff configs/smoke.yaml configs/demo.yaml");
    diff_command->callback([options] { showDifference(*options); });

    CLI::App* schema_command = group->add_subcommand("schema", "Print the JSON schema of the file, for editors");
    schema_command->footer("Example:\n  switchyard config schema > switchyard.schema.json");
    schema_command->callback([] { std::cout << config::jsonSchema(); });

    CLI::App* docs_command = group->add_subcommand("docs", "Print the reference of all keys (Markdown)");
    docs_command->footer("Example:\n  switchyard config docs | less");
    docs_command->callback([] { std::cout << config::docsMarkdown(); });
}

}  // namespace switchyard::cli
