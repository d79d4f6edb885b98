// SPDX-License-Identifier: MIT
// Reading a configuration: YAML text and --set overrides in, a validated RunConfig or every problem out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/run_config.h"
#include "core/base/config/schema.h"

namespace switchyard::config {

/// One problem of a configuration. line/column count from 1; 0 = the problem stands in no line
/// (a --set option, or a rule over several keys without a place).
struct Problem {
    std::string path;  ///< dotted key, "" when the file as a whole is meant
    int line = 0;
    int column = 0;
    std::string message;                   ///< full sentence without a final stop
    std::string fix;                       ///< what to do, or ""
    std::vector<std::string> suggestions;  ///< values or keys that would be right, for "Use 64" buttons
    bool warning = false;
};

/// Where a key's value stands in the text.
struct ValueRange {
    std::string path;
    std::size_t begin = 0;  ///< byte offset of the value's first byte
    std::size_t end = 0;    ///< one past its last
    int line = 0;           ///< of the value, from 1
};

struct LoadResult {
    RunConfig config;                ///< meaningful only when ok()
    std::vector<Problem> problems;   ///< all of them, in line order
    std::vector<ValueRange> values;  ///< every schema key that the text sets
    bool ok() const;
};

/// "file:line: message. fix", as printed by `config check`; warnings say so.
std::string describe(const Problem& problem, const std::string& file);

/// `--set a.b=c`, split at the first '='.
struct Override {
    std::string path;
    std::string value;
};

/// Parses "a.b=c". Throws: Error(kUsage) when there is no '='.
Override parseOverride(std::string_view text);

/// Reads and validates YAML text (at most 1 MiB, depth 32, no anchors, aliases, tags, duplicate or unknown
/// keys; `${a.b}` references to scalar keys). Never throws on bad input: problems come back.
LoadResult loadText(std::string_view text, const std::vector<Override>& overrides = {});

/// The same from a file. Throws: Error(kBadConfig) when the file can not be read.
LoadResult loadFile(const std::string& file, const std::vector<Override>& overrides = {});

/// loadFile, or Error(kBadConfig) whose message holds every problem, one a line, "file:line: message. fix".
RunConfig loadOrThrow(const std::string& file, const std::vector<Override>& overrides = {});

/// Rules over several keys (divisibility, ranges that depend on others); part of loadText.
std::vector<Problem> checkRules(const RunConfig& config);

/// Every key with its value, as block YAML in schema order: config.resolved.yaml. loadText of it gives the
/// same RunConfig.
std::string toYaml(const RunConfig& config);

/// Paths whose values differ, in schema order.
std::vector<std::string> diff(const RunConfig& a, const RunConfig& b);

/// Markdown reference of all keys, and a JSON schema (draft 2020-12) of the file.
std::string docsMarkdown();
std::string jsonSchema();

}  // namespace switchyard::config
