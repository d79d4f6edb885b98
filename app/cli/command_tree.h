// SPDX-License-Identifier: MIT
// What the one definition of the command line says, for those who write it out again: completions and pages of man.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace switchyard::cli {

/// Commands below `app` that --help lists, in its order.
std::vector<const CLI::App*> shownCommands(const CLI::App& app);
/// The command of that name, listed or not; nullptr when there is none.
const CLI::App* findCommand(const CLI::App& app, const std::string& name);

/// Options and flags that --help lists (with --help itself), and the words without a dash, in order.
std::vector<const CLI::Option*> shownOptions(const CLI::App& app);
std::vector<const CLI::Option*> positionals(const CLI::App& app);

/// "--text-b" and "--pair", "-h" and "--help": every name with its dashes.
std::vector<std::string> namesOf(const CLI::Option& option);
/// Whether a value follows; how many may.
bool takesValue(const CLI::Option& option);
bool takesSeveral(const CLI::Option& option);
/// The only values that it takes; empty when there are others.
std::vector<std::string> choicesOf(const CLI::Option& option);
/// "FILE", "N", "KEY=VALUE", "hf|peft": what to write for its value.
std::string placeholder(const CLI::Option& option);

}  // namespace switchyard::cli
