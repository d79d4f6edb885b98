// SPDX-License-Identifier: MIT
// The config reader. After a NUL byte the input goes on with `--set` options, one a line.
#include <vector>

#include "core/base/config/config.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

namespace {

/// The text and its overrides.
struct Input {
    std::string_view text;
    std::vector<config::Override> overrides;
};

Input split(std::string_view bytes) {
    Input input;
    const std::size_t nul = bytes.find('\0');
    input.text = bytes.substr(0, nul);
    if (nul == std::string_view::npos) return input;
    // A text that holds a NUL byte itself is read as well: two of them in a row stand for one.
    std::string_view rest = bytes.substr(nul + 1);
    if (!rest.empty() && rest.front() == '\0') {
        input.text = bytes;
        return input;
    }
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        try {
            input.overrides.push_back(config::parseOverride(std::string(rest.substr(0, end))));
        } catch (const Error& error) {
            require(error.code() == ExitCode::kUsage || error.code() == ExitCode::kBadConfig, error.what());
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const Input input = split(fuzz::asText(data, size));
    const config::LoadResult result = config::loadText(input.text, input.overrides);
    require(result.problems.size() <= 101, "at most 100 problems are told, and that there are more");
    for (const config::ValueRange& value : result.values) {
        require(value.begin <= value.end && value.end <= input.text.size(), "a value's range lies in the text");
    }
    for (const config::Problem& problem : result.problems) {
        require(!problem.message.empty() && !config::describe(problem, "f").empty(), "a problem has a message");
        require(problem.line >= 0 && problem.column >= 0, "a problem's place is countable");
    }
    if (!result.ok()) return 0;
    // What was understood, written out, is understood the same.
    const std::string written = config::toYaml(result.config);
    const config::LoadResult again = config::loadText(written);
    require(again.ok(), "a good configuration is good when it is written out");
    require(config::toYaml(again.config) == written, "a configuration is the same when it is written out and read");
    return 0;
}
