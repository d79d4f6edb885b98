// SPDX-License-Identifier: MIT
// Data sets of text tasks, and the names of classes that a run keeps.
#include <algorithm>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

#include "core/base/dataset/file_dataset.h"
#include "core/base/dataset/text_task.h"
#include "core/base/io/safe_file.h"
#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxLabelBytes = 64U << 20;
constexpr std::size_t kMostClasses = 100'000;

double numberOf(const std::string& text) {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

class TextDataset : public Dataset {
public:
    TextDataset(const std::vector<fs::path>& files, const std::vector<std::string>& names, const RunConfig::Task& options,
                const std::vector<TaskLabels>& labels) {
        if (files.size() != names.size())
            throw Error(ExitCode::kBadConfig, "There is one file for each text task", "task.names");
        io::Sha256 hash;
        labels_ = labels;
        for (std::size_t i = 0; i < files.size(); ++i) {
            const TextTask task = textTask(names[i], options);
            auto known = std::find_if(labels_.begin(), labels_.end(), [&](const TaskLabels& of) { return of.task == names[i]; });
            const bool fresh = known == labels_.end();
            if (fresh) known = labels_.insert(labels_.end(), TaskLabels{task.name, task.classes});
            readFile(files[i], task, fresh && !task.score && task.classes.empty(), known - labels_.begin(), &hash);
        }
        hash_ = hash.hex();
    }

    io::Image picture(const Sample& sample) const override {
        throw Error(ExitCode::kBadData, "A text has no picture", sample.name);
    }

private:
    /// @param discover the classes are what labels there are
    void readFile(const fs::path& file, const TextTask& task, bool discover, std::int64_t number, io::Sha256* hash) {
        std::vector<TextRow> rows;
        readTextRows(file, task, [&rows](TextRow&& row) {
            rows.push_back(std::move(row));
            return true;
        });
        TaskLabels& labels = labels_[static_cast<std::size_t>(number)];
        if (discover) {
            std::set<std::string> found;
            for (const TextRow& row : rows) found.insert(row.label);
            labels.classes.assign(found.begin(), found.end());
            if (labels.classes.size() > kMostClasses) {
                throw Error(ExitCode::kBadData, "The labels are " + std::to_string(labels.classes.size()) + " different ones", file.string(),
                            "Check task.tsv_label, or set task.tsv_score to true");
            }
        }
        hashString(hash, task.name);
        for (TextRow& row : rows) {
            Sample sample;
            sample.id = sample.picture = samples_.size();
            sample.name = task.name + ":" + std::to_string(row.line);
            sample.task = number;
            if (task.score) {
                sample.label = numberOf(row.label);
            } else {
                const auto found = std::find(labels.classes.begin(), labels.classes.end(), row.label);
                sample.label = found == labels.classes.end() ? -1 : static_cast<double>(found - labels.classes.begin());
            }
            for (const std::string* part : {&row.text, &row.pair, &row.label}) hashString(hash, *part);
            sample.texts.push_back(std::move(row.text));
            sample.pair = std::move(row.pair);
            samples_.push_back(std::move(sample));
        }
    }
};

}  // namespace

std::unique_ptr<Dataset> openTextTables(const std::vector<fs::path>& files, const RunConfig::Task& options,
                                        const std::vector<TaskLabels>& labels) {
    return std::make_unique<TextDataset>(files, files.empty() ? std::vector<std::string>() : options.names, options, labels);
}

std::unique_ptr<Dataset> openTextTable(const fs::path& file, const std::string& task, const RunConfig::Task& options,
                                       const std::vector<TaskLabels>& labels) {
    return std::make_unique<TextDataset>(std::vector<fs::path>{file}, std::vector<std::string>{task}, options, labels);
}

void writeLabels(const fs::path& file, const std::vector<TaskLabels>& labels) {
    nlohmann::json rows = nlohmann::json::array();
    for (const TaskLabels& of : labels) rows.push_back({{"task", of.task}, {"classes", of.classes}});
    io::writeAtomically(file, rows.dump(1) + "\n");
}

std::vector<TaskLabels> readLabels(const fs::path& file) {
    const auto bad = [&](const std::string& what) { return Error(ExitCode::kBadData, what, file.string(), "Export the model again"); };
    std::vector<TaskLabels> labels;
    try {
        const nlohmann::json rows = nlohmann::json::parse(io::readText(file, kMaxLabelBytes));
        for (const nlohmann::json& row : rows) {
            TaskLabels of{row.at("task").get<std::string>(), row.at("classes").get<std::vector<std::string>>()};
            if (of.classes.size() > kMostClasses) throw bad("A task has too many classes");
            labels.push_back(std::move(of));
        }
    } catch (const nlohmann::json::exception& error) {
        throw bad(std::string("The list of classes can not be read: ") + error.what());
    }
    return labels;
}

}  // namespace switchyard::dataset
