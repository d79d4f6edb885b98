// SPDX-License-Identifier: MIT
// Everything that is wrong with a data set, whatever its format.
#include <algorithm>
#include <unordered_set>

#include "core/base/dataset/file_dataset.h"
#include "core/base/dataset/formats.h"
#include "core/base/dataset/inspect.h"
#include "core/base/io/json_arrays.h"
#include "core/base/io/line_reader.h"
#include "core/base/io/safe_file.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"

namespace switchyard::dataset {
namespace {

fs::path rootOf(const fs::path& file, const fs::path& root) {
    return root.empty() ? fs::absolute(file).parent_path() : root;
}

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// Rows that may share pictures.
class Checker {
public:
    Checker(CheckReport* report, const InspectProgress& progress) : report_(*report), progress_(progress) {}

    /// `read(row)` gives the bytes of a row's picture.
    template <typename Read>
    void rows(const fs::path& file, const std::vector<io::Record>& records, const Read& read) {
        const bool pictures =
            std::any_of(records.begin(), records.end(), [](const auto& row) { return !row.image.empty(); });
        std::int64_t done = 0;
        for (std::size_t i = 0; i < records.size(); ++i) {
            const io::Record& row = records[i];
            if (progress_) progress_(++done, static_cast<std::int64_t>(records.size()));
            if (pictures && row.image.empty()) add(file, row, "The row has no \"image\"");
            if (blank(row.text) && blank(row.question)) add(file, row, "The row has no \"text\"");
            if (row.image.empty() || !seen_.insert(row.image).second) continue;
            try {
                io::decodeImage(read(i), row.image);
                ++report_.pictures;
            } catch (const Error& error) {
                add(file, row, "picture " + io::escapeForDisplay(row.image) + ": " + error.message());
            }
        }
        report_.rows += static_cast<std::int64_t>(records.size());
    }

    void shard(const fs::path& file) {
        const std::size_t bad = report_.problems.size();
        const std::vector<TarSample> samples = readTarShard(file, &report_.problems);
        report_.rows += static_cast<std::int64_t>(report_.problems.size() - bad);
        if (samples.empty() && bad == report_.problems.size())
            report_.problems.push_back({file.string(), 0, "The shard has no samples"});
        std::vector<io::Record> records;
        for (const TarSample& sample : samples) records.push_back(sample.record);
        seen_.clear();  // names mean something in their own shard only
        rows(file, records, [&](std::size_t i) { return readTarPicture(file, samples[i].place); });
    }

private:
    void add(const fs::path& file, const io::Record& row, const std::string& message) {
        report_.problems.push_back({file.string(), row.line, message});
    }

    CheckReport& report_;
    const InspectProgress& progress_;
    std::unordered_set<std::string> seen_;
};

/// A reader that knows quotes would take a cell that begins with one and does not end with one on into the next.
bool quoteStaysOpen(const std::string& line) {
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        if (line[begin] == '"' && (end - begin < 2 || line[end - 1] != '"')) return true;
        begin = end + 1;
    }
    return false;
}

void checkTsv(const fs::path& file, CheckReport* report) {
    io::LineReader reader(file);
    std::string line;
    bool too_long = false;
    std::int64_t columns = 0, number = 0;
    const auto add = [&](const std::string& message) { report->problems.push_back({file.string(), number, message}); };
    while (reader.next(&line, &too_long)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        ++number;
        const std::int64_t own = std::count(line.begin(), line.end(), '\t') + 1;
        if (number == 1) columns = own;
        if (too_long) {
            add("The line is longer than 1 MiB");
        } else if (!io::isUtf8(line)) {
            add("Not UTF-8");
        } else if (line.find('\0') != std::string::npos) {
            add("A zero byte");
        } else if (own != columns) {
            add(std::to_string(own) + " columns, the first line has " + std::to_string(columns));
        } else if (quoteStaysOpen(line)) {
            report->notes.push_back({file.string(), number, "A quote opens a cell and does not close it"});
        }
    }
    if (number == 0) throw Error(ExitCode::kBadData, "The file has no rows", file.string());
    report->rows += number;
}

}  // namespace

FileFormat fileFormat(const std::string& name, const fs::path& file) {
    const std::vector<std::pair<const char*, FileFormat>> known = {{"jsonl", FileFormat::kJsonl},
                                                                   {"coco", FileFormat::kCoco},
                                                                   {"vqa2", FileFormat::kVqa2},
                                                                   {"tar", FileFormat::kTar},
                                                                   {"tsv", FileFormat::kTsv}};
    for (const auto& [text, format] : known) {
        if (name == text) return format;
    }
    if (name != "auto")
        throw Error(ExitCode::kUsage, "There is no format " + name, "--format",
                    "Use auto, jsonl, coco, vqa2, tar or tsv");
    const std::string ending = file.extension().string();
    if (ending == ".tar") return FileFormat::kTar;
    if (ending == ".tsv") return FileFormat::kTsv;
    if (ending != ".json") return FileFormat::kJsonl;
    // COCO's come with a list of their pictures; the two kinds of VQA v2 do not.
    bool images = false, questions = false, answers = false;
    io::JsonArrayEvents events;
    events.element = [&](const std::string& list, std::int64_t, const io::JsonFields& fields) {
        images = images || list == "images";
        questions = questions || list == "questions";
        answers = answers || (list == "annotations" && fields.text("multiple_choice_answer"));
    };
    try {
        io::readJsonArrays(file, events);
    } catch (const Error& error) {
        if (error.code() != ExitCode::kBadData) throw;  // what is wrong is found again, and listed
    }
    return !images && (questions || answers) ? FileFormat::kVqa2 : FileFormat::kCoco;
}

CheckReport checkFiles(const std::vector<fs::path>& files, FileFormat format, const fs::path& root,
                       const InspectProgress& progress) {
    CheckReport report;
    Checker checker(&report, progress);
    const fs::path folder = files.empty() ? root : rootOf(files.front(), root);
    const auto below = [&](const std::vector<io::Record>& records) {
        return [&](std::size_t i) { return io::readBelow(folder, records[i].image, kMaxPictureBytes); };
    };
    const auto rows = [&](const fs::path& file, const auto& read) {
        const std::size_t bad = report.problems.size();
        const std::vector<io::Record> records = read();
        report.rows += static_cast<std::int64_t>(report.problems.size() - bad);
        checker.rows(file, records, below(records));
    };
    if (format == FileFormat::kVqa2) {
        rows(files.front(), [&] { return readVqa2(files, folder, &report.problems); });
    } else {
        for (const fs::path& file : format == FileFormat::kTar ? shardFiles(files) : files) {
            if (format == FileFormat::kJsonl) rows(file, [&] { return io::readJsonl(file, &report.problems); });
            if (format == FileFormat::kCoco) rows(file, [&] { return readCoco(file, folder, &report.problems); });
            if (format == FileFormat::kTar) checker.shard(file);
            if (format == FileFormat::kTsv) checkTsv(file, &report);
        }
    }
    std::stable_sort(report.problems.begin(), report.problems.end(), [](const io::BadRow& a, const io::BadRow& b) {
        return a.file == b.file ? a.line < b.line : a.file < b.file;
    });
    return report;
}

CheckReport checkJsonl(const fs::path& file, const fs::path& root, const InspectProgress& progress) {
    return checkFiles({file}, FileFormat::kJsonl, root, progress);
}

}  // namespace switchyard::dataset
