// SPDX-License-Identifier: MIT
// Questions about pictures, with their answers.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "core/base/dataset/file_dataset.h"
#include "core/base/util/error.h"

namespace switchyard::dataset {
namespace {

namespace fs = std::filesystem;

/// The most frequent answers; of equally frequent ones the lesser word first.
std::vector<std::string> frequentAnswers(const std::vector<std::string>& answers, std::int64_t most) {
    std::map<std::string, std::int64_t> counts;
    for (const std::string& answer : answers) ++counts[answer];
    std::vector<std::pair<std::string, std::int64_t>> order(counts.begin(), counts.end());
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    if (static_cast<std::int64_t>(order.size()) > most) order.resize(static_cast<std::size_t>(most));
    std::vector<std::string> classes;
    for (const auto& [answer, count] : order) classes.push_back(answer);
    return classes;
}

class QuestionDataset : public FileDataset {
public:
    /// @param evaluated everyone's answers are kept
    QuestionDataset(const fs::path& root, bool evaluated) : FileDataset(root), evaluated_(evaluated) {}

    /// @param place goes between the file's name and a row's number
    void add(std::vector<io::Record> rows, const fs::path& file, const char* place) {
        for (io::Record& row : rows) add(row, file.string() + place + std::to_string(row.line));
    }

    /// After the last row.
    void finish(const RunConfig::Task& options, const TaskLabels* labels) {
        labels_ = {labels != nullptr ? *labels : TaskLabels{"vqa", frequentAnswers(answers_, options.answers)}};
        std::unordered_map<std::string, std::size_t> number;
        for (std::size_t i = 0; i < labels_[0].classes.size(); ++i) number.emplace(labels_[0].classes[i], i);
        for (std::size_t i = 0; i < samples_.size(); ++i) {
            const auto found = number.find(answers_[i]);
            samples_[i].label = found == number.end() ? -1 : static_cast<double>(found->second);
        }
        hash_ = sum_.hex();
    }

private:
    void add(io::Record& row, const std::string& where) {
        std::string& question = row.question.empty() ? row.text : row.question;
        if (row.image.empty()) throw Error(ExitCode::kBadData, "The row has no \"image\"", where);
        if (question.empty()) throw Error(ExitCode::kBadData, "The row has no \"question\"", where);
        if (row.answer.empty()) throw Error(ExitCode::kBadData, "The row has no \"answer\"", where);
        Sample sample;
        sample.id = samples_.size();
        const auto [found, fresh] = pictures_.try_emplace(row.image, pictures_.size());
        sample.picture = found->second;
        if (fresh) requireFile(row.image, where);
        for (const std::string* part : {&row.id, &row.image, &question, &row.answer}) hashString(&sum_, *part);
        sample.name = std::move(row.id);
        sample.image = std::move(row.image);
        sample.texts.push_back(std::move(question));
        if (evaluated_) sample.answers = std::move(row.answers);
        samples_.push_back(std::move(sample));
        answers_.push_back(std::move(row.answer));
    }

    bool evaluated_;
    io::Sha256 sum_;
    std::unordered_map<std::string, std::uint64_t> pictures_;
    std::vector<std::string> answers_;  ///< of the samples
};

}  // namespace

std::unique_ptr<Dataset> openQuestions(const std::vector<fs::path>& files, const fs::path& root,
                                       const RunConfig::Task& options, const TaskLabels* labels) {
    auto data = std::make_unique<QuestionDataset>(root, labels != nullptr);
    for (const fs::path& file : files) data->add(io::readJsonl(file), file, ":");
    data->finish(options, labels);
    return data;
}

std::unique_ptr<Dataset> openQuestionRows(std::vector<io::Record> rows, const fs::path& file, const fs::path& root,
                                          const RunConfig::Task& options, const TaskLabels* labels) {
    auto data = std::make_unique<QuestionDataset>(root, labels != nullptr);
    data->add(std::move(rows), file, ", entry ");
    data->finish(options, labels);
    return data;
}

}  // namespace switchyard::dataset
