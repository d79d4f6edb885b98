// SPDX-License-Identifier: MIT
// `switchyard data tokenizer-check` and `switchyard bench tokenizer`.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <limits>
#include <memory>
#include <sstream>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/io/jsonl.h"
#include "core/base/io/safe_file.h"
#include "core/base/text/reference_check.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

using nlohmann::json;

struct CheckOptions {
    std::string tokenizer, reference;
    bool json = false;
};

/// "[101] [CLS]  [7592] hello" around the place where two differ.
std::string around(const text::Tokenizer& tokenizer, const std::vector<std::int32_t>& ids, std::size_t at) {
    std::string line;
    for (std::size_t i = at < 2 ? 0 : at - 2; i < ids.size() && i < at + 4; ++i) {
        line += " [" + std::to_string(ids[i]) + "] " + io::escapeForDisplay(tokenizer.piece(ids[i])) + " ";
    }
    return line.empty() ? " (nothing)" : line;
}

std::string shortened(const std::string& text) {
    std::string shown = io::escapeForDisplay(text);
    std::size_t end = 200;
    if (shown.size() <= end) return shown;
    while ((static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end;
    return shown.substr(0, end) + "...";
}

void printDifference(const text::Tokenizer& tokenizer, const text::TokenDifference& difference) {
    std::cout << "line " << difference.line << ", token " << difference.at + 1 << " of " << difference.expected.size()
              << '\n'
              << "  text      " << shortened(difference.text) << '\n';
    if (difference.has_pair) std::cout << "  pair      " << shortened(difference.pair) << '\n';
    std::cout << "  reference" << around(tokenizer, difference.expected, difference.at) << '\n'
              << "  found    " << around(tokenizer, difference.found, difference.at) << '\n';
}

json toJson(const text::TokenDifference& difference) {
    json row = {{"line", difference.line},
                {"text", difference.text},
                {"at", difference.at},
                {"expected", difference.expected},
                {"found", difference.found}};
    if (difference.has_pair) row["pair"] = difference.pair;
    return row;
}

void runCheck(const CheckOptions& options) {
    const text::Tokenizer tokenizer(expandPath(options.tokenizer));
    text::ReferenceReport report;
    {
        ProgressBar bar("checking", 0);
        report = text::checkReference(tokenizer, expandPath(options.reference),
                                      [&bar](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
    }
    const std::int64_t differ = report.rows - report.agree;
    if (options.json) {
        json differences = json::array();
        for (const text::TokenDifference& difference : report.first) differences.push_back(toJson(difference));
        printJson({{"ok", differ == 0},
                   {"rows", report.rows},
                   {"agree", report.agree},
                   {"differ", differ},
                   {"vocab_size", tokenizer.vocabSize()},
                   {"differences", differences}});
    } else {
        for (const text::TokenDifference& difference : report.first) printDifference(tokenizer, difference);
        std::cout << report.agree << " of " << report.rows << " rows agree";
        if (differ > 0) std::cout << ", " << differ << (differ == 1 ? " differs" : " differ");
        std::cout << '\n';
    }
    if (differ > 0) exitWith(ExitCode::kBadData);
}

struct SpeedOptions {
    std::string tokenizer, data;
    int repeats = 5;
    bool json = false;
};

/// The texts of a JSON Lines file, or the lines of any other.
std::vector<std::string> textsOf(const std::filesystem::path& file) {
    std::vector<std::string> texts;
    if (file.extension() == ".jsonl") {
        for (const io::Record& row : io::readJsonl(file)) {
            for (const std::string* text : {&row.text, &row.question, &row.answer}) {
                if (!text->empty()) texts.push_back(*text);
            }
        }
        return texts;
    }
    std::istringstream lines(io::readText(file, std::uint64_t{1} << 30));
    for (std::string line; std::getline(lines, line);) texts.push_back(line);
    return texts;
}

/// Of this thread, so that other programs do not count.
double processorSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void runSpeed(const SpeedOptions& options) {
    const text::Tokenizer tokenizer(expandPath(options.tokenizer));
    const std::vector<std::string> texts = textsOf(expandPath(options.data));
    std::size_t bytes = 0, tokens = 0;
    for (const std::string& text : texts) bytes += text.size();
    if (bytes == 0) throw Error(ExitCode::kBadData, "There is no text", options.data);
    double seconds = std::numeric_limits<double>::max(), processor = seconds;
    ProgressBar bar("measuring", static_cast<std::uint64_t>(options.repeats));
    for (int i = 0; i < options.repeats; ++i) {
        tokens = 0;
        const auto begin = std::chrono::steady_clock::now();
        const double processor_begin = processorSeconds();
        for (const std::string& text : texts) {
            tokens += tokenizer.encode(text, std::numeric_limits<std::int64_t>::max()).size();
        }
        processor = std::min(processor, processorSeconds() - processor_begin);
        seconds = std::min(seconds, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
        bar.update(static_cast<std::uint64_t>(i + 1));
    }
    bar.clear();
    const double megabytes = static_cast<double>(bytes) / 1e6;
    if (options.json) {
        printJson({{"bytes", bytes},
                   {"texts", texts.size()},
                   {"tokens", tokens},
                   {"seconds", seconds},
                   {"processor_seconds", processor},
                   {"mb_per_s", megabytes / seconds},
                   {"mb_per_processor_s", megabytes / processor},
                   {"tokens_per_s", static_cast<double>(tokens) / seconds}});
        return;
    }
    std::cout << std::fixed << std::setprecision(1) << texts.size() << " texts, " << formatBytes(bytes) << ", "
              << tokens << " tokens, one thread\n"
              << megabytes / seconds << " MB/s, " << static_cast<double>(tokens) / seconds / 1e6
              << " million tokens/s; " << megabytes / processor << " MB per second of the processor\n";
}

}  // namespace

void addTokenizerCheck(CLI::App& data) {
    const auto options = std::make_shared<CheckOptions>();
    CLI::App* check = data.add_subcommand(
        "tokenizer-check", "Hold a tokenizer against ids that another program gave (exit 65 where any differ)");
    check->footer("Example:\n  switchyard data tokenizer-check tokenizer.json reference.jsonl");
    check->add_option("tokenizer", options->tokenizer, "Tokenizer file or folder")->required();
    check
        ->add_option("reference", options->reference,
                     "JSON Lines file: {\"text\": ..., \"pair\": ... (or none), \"ids\": [...]}")
        ->required();
    addJsonFlag(*check, options->json);
    check->callback([options] { runCheck(*options); });
}

void addTokenizerBench(CLI::App& bench) {
    const auto options = std::make_shared<SpeedOptions>();
    CLI::App* tokenizer = bench.add_subcommand("tokenizer", "Text to ids, text by text, in one thread");
    tokenizer->footer("Example:\n  switchyard bench tokenizer --tokenizer tokenizer.json --data lines.txt");
    tokenizer->add_option("--tokenizer", options->tokenizer, "Tokenizer file or folder")->required();
    tokenizer->add_option("--data", options->data, "Texts: the lines of a file, or those of the rows of a .jsonl")
        ->required();
    tokenizer->add_option("--repeats", options->repeats, "Times that all is encoded; the fastest counts")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    addJsonFlag(*tokenizer, options->json);
    tokenizer->callback([options] { runSpeed(*options); });
}

}  // namespace switchyard::cli
