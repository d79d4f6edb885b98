// SPDX-License-Identifier: MIT
#include "core/base/dataset/dataset.h"

#include <sys/stat.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
namespace {

constexpr std::uint64_t kMaxPictureBytes = 64U << 20;

/// Length-prefixed, so that moving a character from one string to the next changes the hash.
void hashString(io::Sha256* hash, const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    hash->update(length.data(), length.size());
    hash->update(text.data(), text.size());
}

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

class JsonlDataset : public Dataset {
public:
    JsonlDataset(const std::vector<fs::path>& files, const fs::path& root, bool keywords) {
        root_ = root;
        std::unordered_map<std::string, std::size_t> index;
        for (const fs::path& file : files) readFile(file, keywords, &index);
        io::Sha256 hash;
        for (Sample& sample : samples_) {
            removeRepeated(&sample.keyword_texts, sample.texts);
            hashString(&hash, sample.name);
            hashString(&hash, sample.image);
            for (const auto* texts : {&sample.texts, &sample.keyword_texts}) {
                hashString(&hash, std::to_string(texts->size()));
                for (const std::string& text : *texts) hashString(&hash, text);
            }
        }
        hash_ = hash.hex();
    }

    io::Image picture(const Sample& sample) const override {
        return decoded(sample, [](const auto& bytes, const std::string& where) { return io::decodeImage(bytes, where); });
    }
    io::Image fitted(const Sample& sample, int side, ImageFit fit) const override {
        return decoded(sample, [&](const auto& bytes, const std::string& where) {
            return io::decodeFitted(bytes, where, side, fit);
        });
    }

private:
    template <typename Decode>
    io::Image decoded(const Sample& sample, const Decode& decode) const {
        const std::string where =
            io::escapeForDisplay(sample.image) + " (sample " + io::escapeForDisplay(sample.name) + ")";
        try {
            return decode(io::readBelow(root_, sample.image, kMaxPictureBytes), where);
        } catch (const Error& error) {
            if (error.where() == where) throw;
            throw Error(error.code(), error.message(), where, error.fix());
        }
    }

    void readFile(const fs::path& file, bool keywords, std::unordered_map<std::string, std::size_t>* index) {
        for (io::Record& row : io::readJsonl(file)) {
            const std::string where = file.string() + ":" + std::to_string(row.line);
            if (row.image.empty()) throw Error(ExitCode::kBadData, "The row has no \"image\"", where);
            if (row.text.find_first_not_of(" \t\r\n") == std::string::npos) {
                throw Error(ExitCode::kBadData, "The row has no \"text\"", where, "Give the picture a caption");
            }
            const auto [found, fresh] = index->try_emplace(row.image, samples_.size());
            if (fresh) {
                Sample sample;
                sample.id = samples_.size();
                sample.name = row.id;
                sample.image = row.image;
                requireFile(sample.image, where);
                samples_.push_back(std::move(sample));
            }
            Sample& sample = samples_[found->second];
            sample.texts.push_back(row.text);
            if (keywords) addKeywordTexts(row, sample.id, &sample.keyword_texts);
        }
    }

    /// Early and cheap; what the file holds, and whether it stays below the root, is checked when it is read.
    void requireFile(const std::string& image, const std::string& where) const {
        struct stat info {};
        if (::stat((root_ / image).c_str(), &info) == 0) return;
        throw Error(ExitCode::kBadData,
                    "The picture " + io::escapeForDisplay(image) + " is not below " + root_.string(), where,
                    "Set data.root to the folder that image paths are relative to");
    }
};

}  // namespace

std::unique_ptr<Dataset> openDataset(const RunConfig& config, Split split) {
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
        throw Error(ExitCode::kBadData, "data.train names no file", {}, "List the JSON Lines files to train on");
    }
    return std::make_unique<JsonlDataset>(files, root, data.keyword_share > 0);
}

std::unique_ptr<Dataset> openJsonl(const fs::path& file, const fs::path& root, bool keywords) {
    const fs::path folder = root.empty() ? fs::absolute(file).parent_path() : root;
    return std::make_unique<JsonlDataset>(std::vector<fs::path>{file}, folder, keywords);
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
