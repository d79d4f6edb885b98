// SPDX-License-Identifier: MIT
// `switchyard`: the command line. Parsing, and one place that turns every failure into a line and an exit code.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/config/edit_distance.h"
#include "core/base/util/error.h"

namespace {

using switchyard::Error;
using switchyard::ExitCode;

constexpr const char* kFooter = R"(Exit codes:
  0 done   1 run failed   2 usage   65 bad data   74 input/output or disk full   78 bad configuration
  80 a peer rank was lost   81 hang   82 non-finite loss or weights   83 corrupt checkpoint
  84 out of memory   130 Ctrl-C (after its checkpoint)

Example:
  switchyard train --config configs/smoke.yaml)";

/// One line on stderr; with --json also the error object on stdout, where the result would have stood.
int report(const Error& error, bool json) {
    std::cerr << "switchyard: " << error.what() << '\n';
    if (json) std::cout << error.toJson() << '\n';
    return static_cast<int>(error.code());
}

/// The first word that should be a command but is none, told with the nearest one; CLI11 would only say that a
/// command is missing.
void refuseUnknownCommand(const CLI::App& app, int argc, char** argv) {
    const CLI::App* level = &app;
    for (int i = 1; i < argc && *argv[i] != '-'; ++i) {
        const std::vector<const CLI::App*> commands = level->get_subcommands([](const CLI::App*) { return true; });
        if (commands.empty()) return;
        std::vector<std::string> names;
        for (const CLI::App* command : commands) names.push_back(command->get_name());
        const auto found = std::find(names.begin(), names.end(), argv[i]);
        if (found == names.end()) {
            const std::string near = switchyard::config::nearest(argv[i], names);
            const std::string parent = level == &app ? "switchyard" : "switchyard " + level->get_name();
            throw Error(ExitCode::kUsage, parent + " has no command " + argv[i], {},
                        near.empty() ? "See `" + parent + " --help`" : "Did you mean " + near + "?");
        }
        level = commands[static_cast<std::size_t>(found - names.begin())];
    }
}

int run(CLI::App& app, int argc, char** argv, bool json) {
    try {
        refuseUnknownCommand(app, argc, argv);
        app.parse(argc, argv);
        return 0;
    } catch (const CLI::Success& wanted) {  // --help, --version
        return app.exit(wanted);
    } catch (const CLI::RuntimeError& status) {  // exitWith
        return status.get_exit_code();
    } catch (const CLI::ParseError& wrong) {
        return report(Error(ExitCode::kUsage, wrong.what(), {}, "See `switchyard --help`"), json);
    } catch (const Error& error) {
        return report(error, json);
    } catch (const std::bad_alloc&) {
        return report(Error(ExitCode::kOutOfMemory, "Out of memory", {}, "Close other programs or use smaller data"),
                      json);
    } catch (const std::exception& unexpected) {
        return report(Error(ExitCode::kRunFailed, unexpected.what()), json);
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is an error of the write, as a full disk is
    CLI::App app("Train, watch and query sparse mixture-of-experts models of text and images.", "switchyard");
    app.set_version_flag("--version", "switchyard " SWITCHYARD_VERSION);
    app.require_subcommand(1);
    app.footer(kFooter);

    switchyard::cli::addTrainCommands(app);
    switchyard::cli::addPlanCommand(app);
    switchyard::cli::addSimulateCommand(app);
    switchyard::cli::addCompareCommand(app);
    switchyard::cli::addRunsCommands(app);
    switchyard::cli::addQueueCommands(app);
    switchyard::cli::addProfileCommands(app);
    switchyard::cli::addModelCommands(app);
    switchyard::cli::addAskCommand(app);
    switchyard::cli::addReplayCommand(app);
    switchyard::cli::addServeCommand(app);
    switchyard::cli::addCheckpointCommands(app);
    switchyard::cli::addBenchCommands(app);
    switchyard::cli::addDataCommands(app);
    switchyard::cli::addConfigCommands(app);
    switchyard::cli::addDoctorCommand(app);
    switchyard::cli::addShellCommands(app);

    if (argc > 1 && std::string_view(argv[1]) == "complete") {
        switchyard::cli::printCompletion(app, {argv + 2, argv + argc});
        return 0;
    }

    // The test of the documentation asks whether a line still parses; what it would do is left out.
    if (std::getenv("SWITCHYARD_PARSE_ONLY") != nullptr) app.parse_complete_callback([] { throw CLI::Success(); });

    // Looked for by hand, as a command line that does not parse must be reported in the asked form too.
    const bool json =
        std::any_of(argv, argv + argc, [](const char* word) { return std::string_view(word) == "--json"; });
    const int code = run(app, argc, argv, json);
    std::cout.flush();
    if (code == 0 && !std::cout) {
        return report(Error(ExitCode::kIo, "Could not write to stdout", {}, "Free space or choose another target"),
                      false);
    }
    return code;
}
