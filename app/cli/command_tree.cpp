// SPDX-License-Identifier: MIT
#include "app/cli/command_tree.h"

#include <algorithm>
#include <cctype>

namespace switchyard::cli {

std::vector<const CLI::App*> shownCommands(const CLI::App& app) {
    return app.get_subcommands([](const CLI::App* command) { return !command->get_group().empty(); });
}

const CLI::App* findCommand(const CLI::App& app, const std::string& name) {
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_name() == name) return command;
    }
    return nullptr;
}

std::vector<const CLI::Option*> shownOptions(const CLI::App& app) {
    return app.get_options(
        [](const CLI::Option* option) { return option->nonpositional() && !option->get_group().empty(); });
}

std::vector<const CLI::Option*> positionals(const CLI::App& app) {
    return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<std::string> namesOf(const CLI::Option& option) {
    std::vector<std::string> names;
    for (const std::string& name : option.get_snames()) names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
    return names;
}

bool takesValue(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

bool takesSeveral(const CLI::Option& option) {
    // A vector that asks for one value an option is given several times instead.
    return option.get_expected_max() > 1 && option.get_allow_extra_args();
}

std::vector<std::string> choicesOf(const CLI::Option& option) {
    // CLI11 keeps the members of CLI::IsMember as text behind the type's name: "TEXT:{fp32,bf16}".
    const std::string type = option.get_type_name();
    const std::size_t open = type.find('{'), close = type.find('}');
    std::vector<std::string> choices;
    if (open == std::string::npos || close == std::string::npos) return choices;
    for (std::string& choice : CLI::detail::split(type.substr(open + 1, close - open - 1), ','))
        choices.push_back(std::move(choice));
    return choices;
}

std::string placeholder(const CLI::Option& option) {
    if (const std::vector<std::string> choices = choicesOf(option); !choices.empty())
        return CLI::detail::join(choices, "|");
    std::string type = option.get_type_name();
    type = type.substr(0, type.find_first_of(":["));
    while (!type.empty() && type.back() == ' ') type.pop_back();
    if (type == "INT" || type == "UINT") return "N";
    if (type == "FLOAT") return "NUMBER";
    if (type != "TEXT" && !type.empty()) return type;
    std::string name = option.get_positional()       ? option.get_name(true)
                       : option.get_lnames().empty() ? "value"
                                                     : option.get_lnames().front();
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
    return name;
}

}  // namespace switchyard::cli
