// SPDX-License-Identifier: MIT
// Text tasks: which columns of a table hold texts and labels, what the labels are called, how a result is judged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/config/parameter_count.h"
#include "core/base/config/run_config.h"
#include "core/base/io/jsonl.h"

namespace switchyard::dataset {

/// Source: the tables of gluebenchmark.com as published; SICK: SemEval 2014 task 1.
struct TextTask {
    std::string name;  ///< "sst2"
    std::string text, pair, label;  ///< columns by their names in the header row; pair "" = single texts
    /// Without a header row: their numbers from 0 instead (CoLA), and how many columns there are.
    bool header = true;
    std::size_t text_column = 0, label_column = 0, columns = 0;
    std::vector<std::string> classes;  ///< as they stand in the file; empty with score = false: found in the training file
    bool score = false;                ///< the label is a number to predict
    std::string metric;                ///< the one that a task is usually judged by: "accuracy", "f1", "mcc", "pearson"
};

/// The task of a config's task.names. Throws: Error(kBadConfig) for an unknown name.
TextTask textTask(const std::string& name, const RunConfig::Task& options);

/// Heads of text tasks and vqa as far as they are known without the data: a table's own classes are not, and of answers
/// there may be fewer.
std::vector<config::HeadSize> knownHeads(const RunConfig& config);

struct TextRow {
    std::string text, pair, label;
    std::int64_t line = 0;  ///< from 1
};

/// Called with each good row; @return false to stop.
using TextRowUse = std::function<bool(TextRow&&)>;

/// Reads a table row by row: UTF-8, tabs between columns, no quoting (a quotation mark is a character like others), lines
/// of at most 1 MiB. Bad rows (columns missing or too many, not UTF-8, no text, a label that is no number or, where the
/// classes are known, none of them) go to `bad` when it is given, else the first throws.
/// Throws: Error(kBadData) for a missing or empty file, a header without a needed column, or a bad row.
void readTextRows(const std::filesystem::path& file, const TextTask& task, const TextRowUse& use,
                  std::vector<io::BadRow>* bad = nullptr);

}  // namespace switchyard::dataset
