// SPDX-License-Identifier: MIT
#include "core/base/text/reference_check.h"

#include <algorithm>

#include "core/base/io/safe_file.h"
#include "core/base/io/strict_json.h"
#include "core/base/text/json_fields.h"
#include "core/base/util/error.h"

namespace switchyard::text {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 30;
constexpr std::size_t kShown = 10;

/// A row of the reference as a difference that may turn out to be none.
TokenDifference parseRow(std::string_view line) {
    json value;
    std::string problem;
    if (!io::parseStrictJson(line, 4, &value, &problem)) throw FileProblem{problem};
    JsonFields fields(value, "the row");
    TokenDifference row;
    row.text = fields.text("text");
    row.has_pair = fields.has("pair");
    row.pair = fields.text("pair", "");
    const json& ids = fields.need("ids");
    if (!ids.is_array()) fields.refuse("\"ids\" is no list");
    for (const json& id : ids) {
        if (!id.is_number_integer() || id < 0 || id > 0x7fffffff) fields.refuse("an id is no whole number from 0");
        row.expected.push_back(id.get<std::int32_t>());
    }
    return row;
}

/// @return whether it agrees
bool compare(const Tokenizer& tokenizer, TokenDifference* row) {
    const std::string* pair = row->has_pair ? &row->pair : nullptr;
    row->found = tokenizer.tokens(row->text, pair);
    if (row->found == row->expected) return true;
    std::vector<std::int32_t> as_in_file = tokenizer.tokensAsInFile(row->text, pair);
    if (as_in_file == row->expected) return true;
    // Shown is the one that the reference was meant to be, as its length tells.
    if (as_in_file.size() == row->expected.size()) row->found = std::move(as_in_file);
    const std::size_t both = std::min(row->found.size(), row->expected.size());
    while (row->at < both && row->found[row->at] == row->expected[row->at]) ++row->at;
    return false;
}

std::string readAll(const std::filesystem::path& file) {
    try {
        return io::readText(file, kMaxBytes);
    } catch (const Error& error) {
        throw Error(ExitCode::kBadData, "The reference could not be read: " + error.message(), file.string(),
                    "Give a JSON Lines file with \"text\" and \"ids\"");
    }
}

}  // namespace

ReferenceReport checkReference(const Tokenizer& tokenizer, const std::filesystem::path& file,
                               const ReferenceProgress& progress) {
    const std::string bytes = readAll(file);
    ReferenceReport report;
    std::int64_t line = 0;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        const std::string_view text = std::string_view(bytes).substr(at, end - at);
        at = end + 1;
        ++line;
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        try {
            TokenDifference row = parseRow(text);
            row.line = line;
            ++report.rows;
            if (compare(tokenizer, &row)) {
                ++report.agree;
            } else if (report.first.size() < kShown) {
                report.first.push_back(std::move(row));
            }
        } catch (const FileProblem& problem) {
            throw Error(ExitCode::kBadData, "Not a row of a reference: " + problem.text,
                        file.string() + ":" + std::to_string(line), "A row is {\"text\": ..., \"ids\": [...]}");
        }
        if (progress && line % 256 == 0) progress(at, bytes.size());
    }
    if (report.rows == 0) throw Error(ExitCode::kBadData, "The reference has no rows", file.string());
    return report;
}

}  // namespace switchyard::text
