// SPDX-License-Identifier: MIT
// JSON Lines: one object a line, each line at most 1 MiB, UTF-8.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace switchyard::io {

/// {"id", "image", "text", "answer"?, "question"?, "keywords"?: [..]}; unknown fields are ignored.
struct Record {
    std::string id;
    std::string image;  ///< path below the data root
    std::string text;
    std::string question, answer;
    std::vector<std::string> answers;  ///< of everyone who was asked, `answer` among them; empty = not told
    std::vector<std::string> keywords;
    std::int64_t line = 0;  ///< from 1
};

struct BadRow {
    std::string file;
    std::int64_t line = 0;
    std::string message;
};

/// Reads every row; bad ones (not JSON, not UTF-8, lone surrogate, too long, wrong types, no "image" and no
/// "text") go to `bad` when it is given, else the first throws.
/// Throws: Error(kBadData) for an empty file or a bad row, Error(kBadData) for a missing file.
std::vector<Record> readJsonl(const std::filesystem::path& file, std::vector<BadRow>* bad = nullptr);

/// Control characters and broken UTF-8 made visible (\x1b, \ufffd), for terminals, logs and the window.
std::string escapeForDisplay(const std::string& text);

bool isUtf8(std::string_view text);

}  // namespace switchyard::io
