// SPDX-License-Identifier: MIT
// Joins the parts of an import folder and trains their tokenizer.
#include "core/base/dataset/dataset.h"
#include "core/base/dataset/import_tools.h"
#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kMaxPartBytes = 64U << 20;

/// The parts of one split in the order of importSources(); "" when there are none.
std::string joinParts(const fs::path& out, const std::string& split) {
    std::string text;
    for (const std::string& source : importSources()) {
        const fs::path part = out / (source + "-" + split + ".jsonl");
        std::error_code ignored;
        const bool whole = fs::exists(out / (source + ".import.json"), ignored);
        if (whole && fs::exists(part, ignored)) text += io::readText(part, kMaxPartBytes);
    }
    return text;
}

bool holds(const fs::path& file, const std::string& text) {
    std::error_code ignored;
    return fs::is_regular_file(file, ignored) && fs::file_size(file, ignored) == text.size() &&
           io::readText(file, text.size()) == text;
}

}  // namespace

void finishImport(const fs::path& out, std::int64_t vocab_size) {
    const std::string train = joinParts(out, "train");
    const std::string dev = joinParts(out, "dev");
    if (train.empty()) {
        throw Error(ExitCode::kBadData, "Nothing has been imported into the folder", out.string(),
                    "Run `switchyard data import emoji tuxpaint`");
    }
    // Unchanged files keep their times and a tokenizer that runs were trained with keeps its bytes.
    const fs::path tokenizer = out / "tokenizer.model";
    const fs::path size_file = out / "tokenizer.json";
    const std::string size_text = "{\"vocab_size\": " + std::to_string(vocab_size) + "}\n";
    std::error_code ignored;
    const bool same =
        holds(out / "train.jsonl", train) && holds(size_file, size_text) && fs::exists(tokenizer, ignored);
    if (dev.empty()) {
        fs::remove(out / "dev.jsonl", ignored);
    } else if (!holds(out / "dev.jsonl", dev)) {
        io::writeAtomically(out / "dev.jsonl", dev);
    }
    if (same) return;
    fs::remove(size_file, ignored);
    io::writeAtomically(out / "train.jsonl", train);
    const auto dataset = openJsonl(out / "train.jsonl", out, true);
    text::trainTokenizer(trainingTexts(*dataset), vocab_size, tokenizer);
    io::writeAtomically(size_file, size_text);
}

}  // namespace switchyard::dataset
