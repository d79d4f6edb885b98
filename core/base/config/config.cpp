// SPDX-License-Identifier: MIT
#include "core/base/config/config.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "core/base/config/loader.h"
#include "core/base/config/rules.h"
#include "core/base/config/yaml_tree.h"
#include "core/base/util/error.h"

namespace switchyard::config {

bool LoadResult::ok() const {
    return std::all_of(problems.begin(), problems.end(), [](const Problem& problem) { return problem.warning; });
}

Override parseOverride(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        throw Error(ExitCode::kUsage, "--set wants key=value, not \"" + std::string(text) + "\"", {},
                    "Write it as in --set optim.lr=0.001");
    }
    return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

LoadResult loadText(std::string_view text, const std::vector<Override>& overrides) {
    Tree tree = parseTree(text);
    if (!tree.well_formed) {
        LoadResult result;
        result.config = defaultConfig();
        result.problems = std::move(tree.problems);
        limitProblems(&result.problems);
        return result;
    }
    Loader loader(text);
    loader.addText(tree);
    for (const Override& override : overrides) loader.addOverride(override);
    return loader.finish();
}

LoadResult loadFile(const std::string& file, const std::vector<Override>& overrides) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        throw Error(ExitCode::kBadConfig, "This is a folder, not a configuration", file, "Name a YAML file");
    }
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw Error(ExitCode::kBadConfig, std::string("Could not read the configuration: ") + std::strerror(errno),
                    file, "Check the path");
    }
    // One byte beyond the limit is enough for loadText to refuse it, and /dev/zero ends too.
    std::string text(kMaxTextBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) throw Error(ExitCode::kBadConfig, "Could not read the configuration", file, "Check the disk");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return loadText(text, overrides);
}

RunConfig loadOrThrow(const std::string& file, const std::vector<Override>& overrides) {
    LoadResult result = loadFile(file, overrides);
    if (result.ok()) return std::move(result.config);
    std::string lines;
    for (const Problem& problem : result.problems) {
        if (problem.warning) continue;
        if (!lines.empty()) lines += '\n';
        lines += describe(problem, file);
    }
    throw Error(ExitCode::kBadConfig, lines);
}

std::string describe(const Problem& problem, const std::string& file) {
    std::string line = file;
    if (problem.line > 0) line += ":" + std::to_string(problem.line);
    line += problem.warning ? ": warning: " : ": ";
    line += problem.message;
    if (!problem.fix.empty()) line += ". " + problem.fix;
    return line;
}

std::vector<Problem> checkRules(const RunConfig& config) {
    std::vector<Problem> problems;
    for (RuleProblem& rule : checkRulesWithPlaces(config, [](const std::string& path) { return path; })) {
        problems.push_back(std::move(rule.problem));
    }
    return problems;
}

}  // namespace switchyard::config
