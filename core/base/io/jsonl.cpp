// SPDX-License-Identifier: MIT
#include "core/base/io/jsonl.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/io/line_reader.h"
#include "core/base/util/error.h"

namespace switchyard::io {
namespace {

using nlohmann::json;

constexpr std::uint32_t kReplacement = 0xfffd;

/// Length in bytes of the well-formed UTF-8 sequence at `position` (Unicode table 3-7), 0 when there is none.
std::size_t sequenceLength(std::string_view text, std::size_t position, std::uint32_t* code_point) {
    const auto byte = [&](std::size_t i) -> std::uint32_t {
        return position + i < text.size() ? static_cast<unsigned char>(text[position + i]) : 0U;
    };
    const std::uint32_t lead = byte(0);
    std::size_t length = 0;
    if (lead < 0x80) {
        *code_point = lead;
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
        *code_point = lead & 0x1f;
    } else if (lead >= 0xe0 && lead <= 0xef) {
        length = 3;
        *code_point = lead & 0x0f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        *code_point = lead & 0x07;
    } else {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        *code_point = (*code_point << 6) | (byte(i) & 0x3f);
    }
    const bool overlong = (length == 3 && *code_point < 0x800) || (length == 4 && *code_point < 0x10000);
    const bool surrogate = *code_point >= 0xd800 && *code_point <= 0xdfff;
    return overlong || surrogate || *code_point > 0x10ffff ? 0 : length;
}

/// The string of `row[key]`, "" when absent. False when it is something else.
bool takeString(const json& row, const char* key, std::string* value) {
    const auto found = row.find(key);
    if (found == row.end() || found->is_null()) return true;
    if (!found->is_string()) return false;
    *value = found->get<std::string>();
    return true;
}

std::string jsonProblem(const json::parse_error& error) {
    const std::string message = error.what();
    if (message.find("surrogate") != std::string::npos) {
        return "A \\u escape is half of a surrogate pair (column " + std::to_string(error.byte) + ")";
    }
    return "Not valid JSON (column " + std::to_string(error.byte) + ")";
}

/// Fills `record` from one line; what is wrong with it, or nothing.
std::optional<std::string> parseRow(const std::string& line, Record* record) {
    if (!isUtf8(line)) return "Not UTF-8";
    // To the parser a zero byte is the end, whatever comes after it.
    if (line.find('\0') != std::string::npos) return "Not valid JSON (a zero byte)";
    json row;
    try {
        row = json::parse(line);
    } catch (const json::parse_error& error) {
        return jsonProblem(error);
    } catch (const json::out_of_range&) {
        return "A number is beyond what a 64-bit one can hold";
    }
    if (!row.is_object()) return "Not a JSON object";
    for (const auto& [key, target] : {std::pair{"image", &record->image}, std::pair{"text", &record->text},
                                      std::pair{"question", &record->question}}) {
        if (!takeString(row, key, target)) return std::string("\"") + key + "\" is not a string";
    }
    for (const auto& [key, target] : {std::pair{"id", &record->id}, std::pair{"answer", &record->answer}}) {
        const auto found = row.find(key);
        if (found != row.end() && found->is_number_integer()) {
            *target = found->dump();
        } else if (!takeString(row, key, target)) {
            return std::string("\"") + key + "\" is neither a string nor a whole number";
        }
    }
    for (const auto& [key, target] : {std::pair{"keywords", &record->keywords}, std::pair{"answers", &record->answers}}) {
        const auto found = row.find(key);
        if (found == row.end() || found->is_null()) continue;
        const bool strings = found->is_array() && std::all_of(found->begin(), found->end(), [](const json& word) { return word.is_string(); });
        if (!strings) return std::string("\"") + key + "\" is not a list of strings";
        for (const json& word : *found) target->push_back(word.get<std::string>());
    }
    if (record->image.empty() && record->text.empty()) return "Neither \"image\" nor \"text\"";
    return std::nullopt;
}

}  // namespace

std::vector<Record> readJsonl(const std::filesystem::path& file, std::vector<BadRow>* bad) {
    LineReader reader(file);
    std::vector<Record> records;
    std::string text;
    bool too_long = false;
    bool any = false;
    for (std::int64_t line = 1; reader.next(&text, &too_long); ++line) {
        if (!too_long && text.find_first_not_of(" \t\r") == std::string::npos) continue;
        any = true;
        Record record;
        record.line = line;
        const std::optional<std::string> problem = too_long ? "The line is longer than 1 MiB" : parseRow(text, &record);
        if (!problem) {
            if (record.id.empty()) record.id = file.stem().string() + ":" + std::to_string(line);
            records.push_back(std::move(record));
            continue;
        }
        if (bad == nullptr) {
            throw Error(ExitCode::kBadData, *problem, file.string() + ":" + std::to_string(line),
                        "`switchyard data check` lists every bad row");
        }
        bad->push_back({file.string(), line, *problem});
    }
    if (!any) {
        throw Error(ExitCode::kBadData, "The file has no rows", file.string(),
                    "It needs one JSON object a line with \"image\" and \"text\"");
    }
    return records;
}

std::string escapeForDisplay(const std::string& text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string shown;
    shown.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        std::uint32_t code_point = 0;
        const std::size_t length = sequenceLength(text, i, &code_point);
        // Besides the control characters: those that turn or hide text on a terminal.
        const bool turns =
            length > 0 &&
            ((code_point >= 0x200e && code_point <= 0x200f) || (code_point >= 0x202a && code_point <= 0x202e) ||
             (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0x2028 || code_point == 0x2029);
        if (length == 0) code_point = kReplacement;
        if (length == 0 || turns) {
            shown += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) shown += kHex[(code_point >> shift) & 15];
        } else if (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
            shown += "\\x";
            shown += kHex[code_point >> 4];
            shown += kHex[code_point & 15];
        } else {
            shown.append(text, i, length);
        }
        i += length == 0 ? 1 : length;
    }
    return shown;
}

bool isUtf8(std::string_view text) {
    std::uint32_t code_point = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t length = sequenceLength(text, i, &code_point);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

}  // namespace switchyard::io
