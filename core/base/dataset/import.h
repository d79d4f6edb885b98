// SPDX-License-Identifier: MIT
// Pictures with words from Debian packages: fonts-noto-color-emoji with unicode-cldr-core, and
// tuxpaint-stamps-default.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace switchyard::dataset {

struct ImportReport {
    std::int64_t train = 0, dev = 0, skipped = 0;
    std::filesystem::path train_file, dev_file;
    std::string note;  ///< what the user should know, "" = nothing
};
/// done of total; returns false to stop (Error(kInterrupted) is then thrown and nothing half-written stays).
using ImportProgress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Draws every emoji of NotoColorEmoji.ttf that CLDR names (no skin tones, no drawing equal to another),
/// 128 x 128 on white: OUT/emoji/*.png, OUT/emoji-train.jsonl (all of them; names are too particular to hold
/// out) with "keywords". Throws: Error(kBadData) naming the package to install.
ImportReport importEmoji(const std::filesystem::path& out, const ImportProgress& progress);

/// Stamps with English captions (PNG, else SVG by rsvg-convert), on white, shrunk to fit 224 x 224:
/// OUT/tuxpaint/*.jpg, OUT/tuxpaint-train.jsonl and OUT/tuxpaint-dev.jsonl (10 % of the captions by hash, so no
/// caption stands in both). Throws: Error(kBadData) naming the package to install.
ImportReport importTuxpaint(const std::filesystem::path& out, const ImportProgress& progress);

/// The earlier import of "emoji" or "tuxpaint" into OUT when it is whole and the packages are still the same.
/// Throws: Error(kBadData) naming the package to install.
std::optional<ImportReport> completedImport(const std::filesystem::path& out, const std::string& source);

/// OUT/train.jsonl and OUT/dev.jsonl from all parts imported into OUT, and OUT/tokenizer.model trained on them.
void finishImport(const std::filesystem::path& out, std::int64_t vocab_size);

}  // namespace switchyard::dataset
