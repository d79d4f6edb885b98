// SPDX-License-Identifier: MIT
// `switchyard data`: bring pictures in, look data through, train tokenizers.
#include <csignal>
#include <iomanip>
#include <iostream>
#include <memory>
#include <sstream>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "core/base/dataset/dataset.h"
#include "core/base/dataset/import.h"
#include "core/base/dataset/inspect.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/paths.h"

namespace switchyard::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// While it lives, Ctrl-C and SIGTERM only raise `interrupted`, so that an import can clear up.
class SignalGuard {
public:
    SignalGuard() : old_int_(std::signal(SIGINT, note)), old_term_(std::signal(SIGTERM, note)) {}
    ~SignalGuard() {
        std::signal(SIGINT, old_int_);
        std::signal(SIGTERM, old_term_);
    }
    SignalGuard(const SignalGuard&) = delete;
    SignalGuard& operator=(const SignalGuard&) = delete;

private:
    static void note(int) { interrupted = 1; }
    void (*old_int_)(int);
    void (*old_term_)(int);
};

struct Options {
    std::string file, root, out;
    std::vector<std::string> sources, files;
    std::string format = "auto";
    std::int64_t vocab = 2000;
    bool force = false, json = false;
};

std::string oneDecimal(double value) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(1) << value;
    return text.str();
}

dataset::InspectProgress barProgress(ProgressBar* bar) {
    return [bar](std::int64_t done, std::int64_t total) {
        bar->update(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total));
    };
}

dataset::ImportReport importOne(const std::string& source, const fs::path& out) {
    ProgressBar bar("importing " + source, 0);
    const dataset::ImportProgress progress = [&bar](std::int64_t done, std::int64_t total) {
        bar.update(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(total));
        return interrupted == 0;
    };
    return source == "emoji" ? dataset::importEmoji(out, progress) : dataset::importTuxpaint(out, progress);
}

void runImport(const Options& options) {
    const fs::path out = options.out.empty() ? dataHome() / "data" / "demo" : expandPath(options.out);
    const SignalGuard guard;
    nlohmann::json sources = nlohmann::json::object();
    for (const std::string& source : options.sources) {
        const auto earlier = options.force ? std::nullopt : dataset::completedImport(out, source);
        const dataset::ImportReport report = earlier ? *earlier : importOne(source, out);
        sources[source] = {{"train", report.train},
                           {"dev", report.dev},
                           {"skipped", report.skipped},
                           {"unchanged", earlier.has_value()}};
        if (!report.note.empty()) std::cerr << report.note << '\n';
        if (options.json) continue;
        std::cout << source << ": " << report.train << " pictures to train on, " << report.dev << " held out, "
                  << report.skipped << " left out" << (earlier ? " (already there)" : "") << '\n';
    }
    dataset::finishImport(out, options.vocab);
    const std::int64_t pieces = text::Tokenizer(out / "tokenizer.model").vocabSize();
    if (options.json) {
        printJson({{"out", out.string()}, {"sources", sources}, {"tokenizer_pieces", pieces}});
    } else {
        std::cout << "in " << out.string() << ", tokenizer of " << pieces << " pieces\n";
    }
}

void runCheck(const Options& options) {
    dataset::CheckReport report;
    {
        ProgressBar bar("checking", 0);
        std::vector<fs::path> files;
        for (const std::string& file : options.files) files.push_back(expandPath(file));
        report = dataset::checkFiles(files, dataset::fileFormat(options.format, files.front()), expandPath(options.root),
                                     barProgress(&bar));
    }
    const bool good = report.problems.empty();
    if (options.json) {
        const auto list = [](const std::vector<io::BadRow>& rows) {
            nlohmann::json all = nlohmann::json::array();
            for (const io::BadRow& row : rows) all.push_back({{"file", row.file}, {"line", row.line}, {"message", row.message}});
            return all;
        };
        printJson({{"ok", good},
                   {"rows", report.rows},
                   {"pictures", report.pictures},
                   {"problems", list(report.problems)},
                   {"notes", list(report.notes)}});
    } else {
        for (const io::BadRow& bad : report.problems) {
            std::cout << bad.file << ':' << bad.line << ": " << bad.message << '\n';
        }
        for (const io::BadRow& note : report.notes) {
            std::cout << note.file << ':' << note.line << ": note: " << note.message << '\n';
        }
        std::cout << report.rows << " rows, " << report.pictures << " pictures read, " << report.problems.size()
                  << (report.problems.size() == 1 ? " problem\n" : " problems\n");
    }
    if (!good) exitWith(ExitCode::kBadData);
}

nlohmann::json toJson(const dataset::Spread& spread) {
    return {{"min", spread.min}, {"mean", spread.mean}, {"max", spread.max}};
}

std::string toText(const dataset::Spread& spread) {
    return std::to_string(spread.min) + " to " + std::to_string(spread.max) + ", mean " + oneDecimal(spread.mean);
}

void runStats(const Options& options) {
    dataset::DatasetStats stats;
    {
        ProgressBar bar("reading", 0);
        stats = dataset::statsOfJsonl(expandPath(options.file), expandPath(options.root), barProgress(&bar));
    }
    if (options.json) {
        printJson({{"rows", stats.rows},
                   {"pictures", stats.pictures},
                   {"missing_pictures", stats.missing_pictures},
                   {"captions", stats.captions},
                   {"distinct_captions", stats.distinct_captions},
                   {"distinct_words", stats.distinct_words},
                   {"words_per_caption", toJson(stats.words_per_caption)},
                   {"captions_per_picture", toJson(stats.captions_per_picture)},
                   {"width", toJson(stats.width)},
                   {"height", toJson(stats.height)},
                   {"picture_bytes", stats.picture_bytes},
                   {"formats", stats.formats}});
        return;
    }
    const auto line = [](const std::string& label, const std::string& value) {
        std::cout << std::left << std::setw(22) << label << value << '\n';
    };
    line("rows", std::to_string(stats.rows));
    std::string pictures = std::to_string(stats.pictures) + " (";
    for (const auto& [format, count] : stats.formats) pictures += std::to_string(count) + " " + format + ", ";
    line("pictures", pictures + formatBytes(static_cast<std::uint64_t>(stats.picture_bytes)) + ")");
    if (stats.missing_pictures > 0) {
        line("unreadable pictures", std::to_string(stats.missing_pictures) + " (see `switchyard data check`)");
    }
    line("captions", std::to_string(stats.captions) + ", " + std::to_string(stats.distinct_captions) + " distinct");
    line("words", std::to_string(stats.distinct_words) + " distinct");
    line("words per caption", toText(stats.words_per_caption));
    line("captions per picture", toText(stats.captions_per_picture));
    line("picture width", toText(stats.width));
    line("picture height", toText(stats.height));
}

void runTokenizerTrain(const Options& options) {
    std::vector<std::string> texts;
    for (const io::Record& row : io::readJsonl(expandPath(options.file))) {
        for (const std::string* text : {&row.text, &row.question, &row.answer}) {
            if (!text->empty()) texts.push_back(*text);
        }
        texts.insert(texts.end(), row.keywords.begin(), row.keywords.end());
    }
    const fs::path out = expandPath(options.out);
    text::trainTokenizer(texts, options.vocab, out);
    const std::int64_t pieces = text::Tokenizer(out).vocabSize();
    if (options.json) {
        printJson({{"out", out.string()}, {"texts", texts.size()}, {"pieces", pieces}});
    } else {
        std::cout << out.string() << ": " << pieces << " pieces from " << texts.size() << " texts\n";
    }
}

CLI::App* addCommand(CLI::App* data, const char* name, const char* description, const char* example,
                     const std::shared_ptr<Options>& options, void (*run)(const Options&)) {
    CLI::App* command = data->add_subcommand(name, description);
    command->footer(std::string("Example:\n  ") + example);
    addJsonFlag(*command, options->json);
    command->callback([options, run] { run(*options); });
    return command;
}

void addFile(CLI::App* command, const std::shared_ptr<Options>& options) {
    command->add_option("file", options->file, "JSON Lines file")->required();
    command->add_option("--root", options->root, "Folder that image paths are relative to (default: the file's)");
}

}  // namespace

void addDataCommands(CLI::App& app) {
    CLI::App* data = app.add_subcommand("data", "Import, check and describe pictures with words");
    data->require_subcommand(1);

    const auto options = std::make_shared<Options>();
    CLI::App* import =
        addCommand(data, "import", "Make a data set from installed Debian packages; a whole one is left alone",
                   "switchyard data import emoji tuxpaint", options, runImport);
    import->add_option("sources", options->sources, "emoji and/or tuxpaint")
        ->required()
        ->check(CLI::IsMember({"emoji", "tuxpaint"}));
    import->add_option("--out", options->out, "Folder to make (default: @data/demo)");
    import->add_option("--vocab", options->vocab, "Most pieces of the tokenizer")
        ->check(CLI::Range(16, 1'000'000))
        ->capture_default_str();
    import->add_flag("--force", options->force, "Import again even when nothing has changed");

    CLI::App* check =
        addCommand(data, "check", "List every bad row and every picture that can not be read (exit 65 if any)",
                   "switchyard data check train.jsonl --root pictures/\n"
                   "  switchyard data check questions.json annotations.json --root coco/\n"
                   "  switchyard data check 'shards/*.tar'",
                   options, runCheck);
    check->add_option("files", options->files, "JSON Lines, COCO captions, VQA v2 (both files), tar shards, or TSV")->required();
    check->add_option("--root", options->root, "Folder that image paths are relative to (default: the first file's)");
    check->add_option("--format", options->format, "jsonl, coco, vqa2, tar, tsv, or auto: by the file")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "jsonl", "coco", "vqa2", "tar", "tsv"}));
    addFile(addCommand(data, "stats", "Count rows, pictures, captions and words", "switchyard data stats train.jsonl",
                       options, runStats),
            options);

    CLI::App* train =
        addCommand(data, "tokenizer-train", "Train a SentencePiece tokenizer on a file's texts",
                   "switchyard data tokenizer-train --data train.jsonl --vocab 2000 --out tokenizer.model", options,
                   runTokenizerTrain);
    train->add_option("--data", options->file, "JSON Lines file")->required();
    train->add_option("--vocab", options->vocab, "Most pieces")->check(CLI::Range(16, 1'000'000))->required();
    train->add_option("--out", options->out, "File to write")->required();
    addTokenizerCheck(*data);
}

}  // namespace switchyard::cli
