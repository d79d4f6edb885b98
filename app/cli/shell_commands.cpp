// SPDX-License-Identifier: MIT
// switchyard completion; and, for packages alone, switchyard man
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/complete.h"
#include "app/cli/man_page.h"

namespace switchyard::cli {

void printCompletion(const CLI::App& app, const std::vector<std::string>& words) {
    const Completion found = complete(app, words);
    if (found.files) std::cout << ":files\n";
    for (const Candidate& candidate : found.candidates) {
        std::cout << candidate.word << (candidate.text.empty() ? "" : "\t") << candidate.text << '\n';
    }
}

void addShellCommands(CLI::App& app) {
    const auto shell = std::make_shared<std::string>();
    CLI::App* scripts =
        app.add_subcommand("completion", "Print what makes a shell complete commands, keys and run names");
    scripts->add_option("shell", *shell, "Shell")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    scripts->footer(
        "The Debian package brings these files along.\n\n"
        "Examples:\n  source <(switchyard completion bash)\n"
        "  switchyard completion fish > ~/.config/fish/completions/switchyard.fish");
    scripts->callback([shell] { std::cout << completionScript(*shell); });

    const auto page = std::make_shared<std::string>();
    CLI::App* manual =
        app.add_subcommand("man", "Print a page of man: of the command line, or of the configuration")->group("");
    manual->add_option("page", *page, "Page")->check(CLI::IsMember({"config"}));
    manual->callback([&app, page] { std::cout << (page->empty() ? commandPage(app) : configPage()); });
}

}  // namespace switchyard::cli
