// SPDX-License-Identifier: MIT
#include "core/base/dataset/text_task.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "core/base/io/line_reader.h"
#include "core/base/util/error.h"

namespace switchyard::dataset {
namespace {

TextTask named(const char* name, const char* text, const char* pair, const char* label, std::vector<std::string> classes,
               const char* metric) {
    TextTask task;
    task.name = name;
    task.text = text;
    task.pair = pair;
    task.label = label;
    task.classes = std::move(classes);
    task.metric = metric;
    return task;
}

std::vector<TextTask> knownTasks() {
    std::vector<TextTask> tasks = {
        named("sst2", "sentence", "", "label", {"0", "1"}, "accuracy"),
        named("cola", "sentence", "", "acceptable", {"0", "1"}, "mcc"),
        named("mrpc", "#1 String", "#2 String", "Quality", {"0", "1"}, "f1"),
        named("rte", "sentence1", "sentence2", "label", {"entailment", "not_entailment"}, "accuracy"),
        named("stsb", "sentence1", "sentence2", "score", {}, "pearson"),
        named("qnli", "question", "sentence", "label", {"entailment", "not_entailment"}, "accuracy"),
        named("sick", "sentence_A", "sentence_B", "entailment_judgment", {"CONTRADICTION", "NEUTRAL", "ENTAILMENT"},
              "accuracy"),
    };
    // CoLA comes without a header: source, label, the author's mark, sentence.
    TextTask& cola = tasks[1];
    cola.header = false;
    cola.columns = 4;
    cola.label_column = 1;
    cola.text_column = 3;
    tasks[4].score = true;
    return tasks;
}

std::vector<std::string_view> columnsOf(std::string_view line) {
    std::vector<std::string_view> columns;
    for (std::size_t begin = 0;;) {
        const std::size_t end = line.find('\t', begin);
        columns.push_back(line.substr(begin, end == std::string_view::npos ? end : end - begin));
        if (end == std::string_view::npos) return columns;
        begin = end + 1;
    }
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \r\n\f\v");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \r\n\f\v") - first + 1));
}

bool isNumber(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

/// Where the wanted columns stand.
struct Places {
    std::size_t text = 0, label = 0, count = 0;
    std::optional<std::size_t> pair;
};

std::size_t placeOf(const std::vector<std::string_view>& header, const std::string& name, const std::string& where) {
    const auto found = std::find_if(header.begin(), header.end(), [&](std::string_view h) { return trimmed(h) == name; });
    if (found == header.end()) {
        std::string there;
        for (const std::string_view column : header) there += (there.empty() ? "" : ", ") + trimmed(column);
        throw Error(ExitCode::kBadData, "The table has no column \"" + io::escapeForDisplay(name) + "\"", where,
                    "Its columns are: " + io::escapeForDisplay(there.substr(0, 300)));
    }
    return static_cast<std::size_t>(found - header.begin());
}

Places placesOf(const TextTask& task, const std::string& header, const std::string& where) {
    if (!task.header) return {task.text_column, task.label_column, task.columns, {}};
    std::string_view line = header;
    if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
    const std::vector<std::string_view> columns = columnsOf(line);
    Places places{placeOf(columns, task.text, where), placeOf(columns, task.label, where), columns.size(), {}};
    if (!task.pair.empty()) places.pair = placeOf(columns, task.pair, where);
    return places;
}

/// Fills `row` from a line; what is wrong with it, or nothing.
std::string parse(const std::string& line, const TextTask& task, const Places& places, TextRow* row) {
    if (!io::isUtf8(line)) return "Not UTF-8";
    if (line.find('\0') != std::string::npos) return "Holds a NUL byte";
    const std::vector<std::string_view> columns = columnsOf(line);
    if (columns.size() != places.count) {
        return std::to_string(columns.size()) + " columns instead of " + std::to_string(places.count);
    }
    row->text = trimmed(columns[places.text]);
    row->label = trimmed(columns[places.label]);
    if (row->text.empty()) return "No text in column \"" + task.text + "\"";
    if (places.pair) {
        row->pair = trimmed(columns[*places.pair]);
        if (row->pair.empty()) return "No text in column \"" + task.pair + "\"";
    }
    const std::string shown = "\"" + io::escapeForDisplay(row->label.substr(0, 60)) + "\"";
    if (task.score) return isNumber(row->label) ? "" : "The label " + shown + " is no number";
    if (row->label.empty()) return "No label in column \"" + task.label + "\"";
    if (!task.classes.empty() && std::find(task.classes.begin(), task.classes.end(), row->label) == task.classes.end())
        return "The label " + shown + " is none of the task's classes";
    return {};
}

}  // namespace

TextTask textTask(const std::string& name, const RunConfig::Task& options) {
    if (name == "tsv") {
        TextTask task = named("tsv", options.tsv_text.c_str(), options.tsv_pair.c_str(), options.tsv_label.c_str(), {},
                              options.tsv_score ? "pearson" : "accuracy");
        task.score = options.tsv_score;
        return task;
    }
    for (TextTask& task : knownTasks()) {
        if (task.name == name) return std::move(task);
    }
    throw Error(ExitCode::kBadConfig, "The text task \"" + io::escapeForDisplay(name) + "\" is not known", "task.names",
                "Use sst2, cola, mrpc, rte, stsb, qnli, sick or tsv");
}

std::vector<config::HeadSize> knownHeads(const RunConfig& config) {
    if (config.task.kind == TaskKind::kVqa) return {{false, config.task.answers}};
    std::vector<config::HeadSize> heads;
    if (config.task.kind != TaskKind::kText) return heads;
    for (const std::string& name : config.task.names) {
        const TextTask task = textTask(name, config.task);
        if (task.score || !task.classes.empty())
            heads.push_back({!task.pair.empty(), task.score ? 1 : static_cast<std::int64_t>(task.classes.size())});
    }
    return heads;
}

void readTextRows(const std::filesystem::path& file, const TextTask& task, const TextRowUse& use,
                  std::vector<io::BadRow>* bad) {
    io::LineReader reader(file);
    std::string line;
    bool too_long = false;
    std::int64_t number = 0, rows = 0;
    Places places;
    if (task.header) {
        if (!reader.next(&line, &too_long)) throw Error(ExitCode::kBadData, "The table is empty", file.string());
        ++number;
        if (too_long || !io::isUtf8(line)) throw Error(ExitCode::kBadData, "The header row is not text", file.string() + ":1");
    }
    places = placesOf(task, line, file.string() + ":1");
    while (reader.next(&line, &too_long)) {
        ++number;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty() && !too_long) continue;
        ++rows;
        TextRow row;
        row.line = number;
        const std::string problem = too_long ? "The line is longer than 1 MiB" : parse(line, task, places, &row);
        if (problem.empty()) {
            if (!use(std::move(row))) return;
        } else if (bad != nullptr) {
            bad->push_back({file.string(), number, problem});
        } else {
            throw Error(ExitCode::kBadData, problem, file.string() + ":" + std::to_string(number),
                        "Mend or remove the row; `switchyard data check` lists them all");
        }
    }
    if (rows == 0) throw Error(ExitCode::kBadData, "The table has no rows", file.string());
}

}  // namespace switchyard::dataset
