// SPDX-License-Identifier: MIT
#include "core/base/dataset/dataset.h"

#include <unordered_map>
#include <unordered_set>

#include "core/base/dataset/file_dataset.h"
#include "core/base/dataset/formats.h"
#include "core/base/io/sha256.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += ' ';
        text += word;
    }
    return text;
}

std::vector<std::string> shuffled(std::vector<std::string> words, RandomSequence* random) {
    for (std::size_t i = words.size(); i > 1; --i) std::swap(words[i - 1], words[random->below(i)]);
    return words;
}

/// Further captions of a row: its keywords in two orders, and its text with each of them.
void addKeywordTexts(const io::Record& row, std::uint64_t sample_id, std::vector<std::string>* texts) {
    if (row.keywords.empty()) return;
    RandomSequence random(randomKey({static_cast<std::uint64_t>(Stream::kCaption), sample_id}));
    for (int order = 0; order < 2; ++order) texts->push_back(joined(shuffled(row.keywords, &random)));
    if (row.text.empty()) return;
    for (const std::string& word : row.keywords) {
        if (word != row.text) texts->push_back(row.text + " " + word);
    }
}

/// Leaves out texts that occur earlier in the list or in `known`.
void removeRepeated(std::vector<std::string>* texts, const std::vector<std::string>& known) {
    std::unordered_set<std::string> seen(known.begin(), known.end());
    std::erase_if(*texts, [&seen](const std::string& text) { return !seen.insert(text).second; });
}

/// Rows that name a picture and a caption; rows of one picture are one sample.
class CaptionDataset final : public FileDataset {
public:
    CaptionDataset(const fs::path& root, bool keywords) : FileDataset(root), keywords_(keywords) {}

    /// @param place goes between the file's name and a row's number
    void add(std::vector<io::Record> rows, const fs::path& file, const char* place) {
        for (io::Record& row : rows) add(row, file.string() + place + std::to_string(row.line));
    }

    /// After the last row.
    void finish() {
        io::Sha256 hash;
        for (Sample& sample : samples_) {
            removeRepeated(&sample.keyword_texts, sample.texts);
            hashSample(&hash, sample);
        }
        hash_ = hash.hex();
        index_ = {};
    }

private:
    void add(io::Record& row, const std::string& where) {
        if (row.image.empty()) throw Error(ExitCode::kBadData, "The row has no \"image\"", where);
        if (row.text.find_first_not_of(" \t\r\n") == std::string::npos) {
            throw Error(ExitCode::kBadData, "The row has no \"text\"", where, "Give the picture a caption");
        }
        const auto [found, fresh] = index_.try_emplace(row.image, samples_.size());
        if (fresh) {
            Sample sample;
            sample.id = sample.picture = samples_.size();
            sample.name = row.id;
            sample.image = row.image;
            requireFile(sample.image, where);
            samples_.push_back(std::move(sample));
        }
        Sample& sample = samples_[found->second];
        sample.texts.push_back(row.text);
        if (keywords_) addKeywordTexts(row, sample.id, &sample.keyword_texts);
    }

    bool keywords_;
    std::unordered_map<std::string, std::size_t> index_;
};

std::unique_ptr<Dataset> openCaptions(const std::vector<fs::path>& files, const fs::path& root, bool keywords) {
    auto data = std::make_unique<CaptionDataset>(root, keywords);
    for (const fs::path& file : files) data->add(io::readJsonl(file), file, ":");
    data->finish();
    return data;
}

std::unique_ptr<Dataset> openCoco(const std::vector<fs::path>& files, const fs::path& root) {
    auto data = std::make_unique<CaptionDataset>(root, /*keywords=*/false);
    for (const fs::path& file : files) data->add(readCoco(file, root), file, ", entry ");
    data->finish();
    return data;
}

/// Formats that hold only one of the two.
void requireKind(const RunConfig& config) {
    const bool questions = config.data.format == DataFormat::kVqa2, vqa = config.task.kind == TaskKind::kVqa;
    const bool captions = config.data.format == DataFormat::kCoco || config.data.format == DataFormat::kTar;
    if (questions && !vqa) throw Error(ExitCode::kBadConfig, "vqa2 holds questions, not captions", "data.format", "Set task.kind to vqa");
    if (captions && vqa) throw Error(ExitCode::kBadConfig, "coco and tar hold captions, not questions", "data.format", "Set task.kind to multimodal");
}

}  // namespace

std::unique_ptr<Dataset> openDataset(const RunConfig& config, Split split, const std::vector<TaskLabels>& labels) {
    const RunConfig::Data& data = config.data;
    const bool train = split == Split::kTrain;
    if (data.format == DataFormat::kSynthetic) {
        return makeSynthetic(static_cast<std::uint64_t>(config.run.seed), split,
                             train ? data.synthetic.samples : data.synthetic.eval_samples,
                             static_cast<int>(config.model.vision.image_size));
    }
    const std::vector<std::string>& names = train ? data.train : data.eval;
    const fs::path root = dataRoot(config);
    std::vector<fs::path> files;
    for (const std::string& name : names) files.push_back(root / expandPath(name));
    if (train && files.empty()) {
        throw Error(ExitCode::kBadData, "data.train names no file", {}, "List the files to train on");
    }
    if (config.task.kind == TaskKind::kText) return openTextTables(files, config.task, labels);
    requireKind(config);
    if (config.task.kind == TaskKind::kVqa) {
        const TaskLabels* known = labels.empty() ? nullptr : &labels.front();
        return data.format == DataFormat::kVqa2 && !files.empty()
                   ? openQuestionRows(readVqa2(files, root), files.front(), root, config.task, known)
                   : openQuestions(files, root, config.task, known);
    }
    if (data.format == DataFormat::kCoco) return openCoco(files, root);
    if (data.format == DataFormat::kTar) return openTar(files, root);
    return openCaptions(files, root, data.keyword_share > 0);
}

std::unique_ptr<Dataset> openJsonl(const fs::path& file, const fs::path& root, bool keywords) {
    const fs::path folder = root.empty() ? fs::absolute(file).parent_path() : root;
    return openCaptions({file}, folder, keywords);
}

fs::path dataRoot(const RunConfig& config) {
    if (!config.data.root.empty()) return expandPath(config.data.root);
    for (const auto* names : {&config.data.train, &config.data.eval}) {
        if (!names->empty()) return fs::absolute(expandPath(names->front())).parent_path();
    }
    return fs::current_path();
}

std::vector<std::string> trainingTexts(const Dataset& dataset) {
    std::vector<std::string> texts;
    for (const Sample& sample : dataset.samples()) {
        texts.insert(texts.end(), sample.texts.begin(), sample.texts.end());
        texts.insert(texts.end(), sample.keyword_texts.begin(), sample.keyword_texts.end());
        if (!sample.pair.empty()) texts.push_back(sample.pair);
    }
    return texts;
}

fs::path tokenizerFor(const RunConfig& config, const Dataset& train) {
    if (!config.data.tokenizer.empty()) {
        const fs::path given = expandPath(config.data.tokenizer);
        const fs::path below_root = dataRoot(config) / given;  // an absolute path replaces the root
        std::error_code ignored;
        if (fs::exists(below_root, ignored)) return below_root;
        if (fs::exists(given, ignored)) return fs::absolute(given);
        throw Error(ExitCode::kBadData, "The tokenizer is not there", below_root.string(),
                    "Check data.tokenizer, or leave it out to have one trained");
    }
    if (!config.model.text.init_from.empty()) {
        if (const fs::path file = text::tokenizerIn(expandPath(config.model.text.init_from)); !file.empty()) return file;
    }
    const std::vector<std::string> texts = trainingTexts(train);
    io::Sha256 hash;
    hashString(&hash, "unigram nmt_nfkc_cf 1");  // changes when trainTokenizer's options do
    hashString(&hash, std::to_string(config.model.text.vocab_size));
    for (const std::string& text : texts) hashString(&hash, text);
    const fs::path folder = cacheHome() / "tokenizers";
    const fs::path file = folder / (hash.hex().substr(0, 32) + ".model");
    std::error_code failure;
    if (fs::exists(file, failure)) return file;
    fs::create_directories(folder, failure);
    if (failure) throw Error(ExitCode::kIo, "Could not make the folder: " + failure.message(), folder.string());
    text::trainTokenizer(texts, config.model.text.vocab_size, file);
    return file;
}

}  // namespace switchyard::dataset
