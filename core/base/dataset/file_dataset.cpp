// SPDX-License-Identifier: MIT
#include "core/base/dataset/file_dataset.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <unordered_set>
#include <utility>

#include "core/base/io/safe_file.h"
#include "core/base/io/sha256.h"
#include "core/base/util/error.h"
#include "core/base/util/paths.h"
#include "core/base/util/random.h"

namespace switchyard::dataset {
namespace {

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
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

}  // namespace

struct DatasetHash::State {
    io::Sha256 hash;
};

DatasetHash::DatasetHash() : state_(std::make_unique<State>()) {}
DatasetHash::~DatasetHash() = default;

void DatasetHash::add(const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    state_->hash.update(length.data(), length.size());
    state_->hash.update(text.data(), text.size());
}

void DatasetHash::add(const Sample& sample) {
    add(sample.name);
    add(sample.image);
    for (const auto* texts : {&sample.texts, &sample.keyword_texts}) {
        add(std::to_string(texts->size()));
        for (const std::string& text : *texts) add(text);
    }
    if (sample.question.empty()) return;
    add(sample.question);
    for (const std::string& answer : sample.answers) add(answer);
}

std::string DatasetHash::hex() {
    return state_->hash.hex();
}

template <typename Decode>
io::Image FileDataset::decoded(const Sample& sample, const Decode& decode) const {
    const std::string where =
        io::escapeForDisplay(sample.image) + " (sample " + io::escapeForDisplay(sample.name) + ")";
    try {
        return decode(bytesOf(sample), where);
    } catch (const Error& error) {
        if (error.where() == where) throw;
        throw Error(error.code(), error.message(), where, error.fix());
    }
}

io::Image FileDataset::picture(const Sample& sample) const {
    return decoded(sample, [](const auto& bytes, const auto& where) { return io::decodeImage(bytes, where); });
}

io::Image FileDataset::fitted(const Sample& sample, int side, ImageFit fit) const {
    return decoded(sample,
                   [&](const auto& bytes, const auto& where) { return io::decodeFitted(bytes, where, side, fit); });
}

std::uint64_t FileDataset::pictureStamp(const Sample& sample) const {
    return fileStamp(root_ / sample.image);
}

std::vector<std::uint8_t> FileDataset::bytesOf(const Sample& sample) const {
    return io::readBelow(root_, sample.image, kMaxPictureBytes);
}

Sample& FileDataset::sampleFor(const io::Record& row, const std::string& where) {
    const auto [found, fresh] = by_image_.try_emplace(row.image, samples_.size());
    if (fresh) requireFile(row.image, where);
    const bool own = fresh || !row.question.empty();
    if (!own && samples_[found->second].question.empty()) return samples_[found->second];
    Sample sample;
    sample.id = samples_.size();
    sample.name = row.id;
    sample.image = row.image;
    if (!fresh) sample.shared_picture = samples_[found->second].picture();
    samples_.push_back(std::move(sample));
    return samples_.back();
}

void FileDataset::addRow(io::Record& row, const std::string& where, bool keywords) {
    if (row.image.empty()) throw Error(ExitCode::kBadData, "The row has no \"image\"", where);
    if (blank(row.text) && blank(row.question)) {
        throw Error(ExitCode::kBadData, "The row has no \"text\"", where, "Give the picture a caption");
    }
    Sample& sample = sampleFor(row, where);
    if (!row.question.empty()) {
        sample.question = row.question;
        if (!row.answer.empty()) sample.answers.push_back(row.answer);
        for (std::string& answer : row.more_answers) sample.answers.push_back(std::move(answer));
    }
    sample.texts.push_back(blank(row.text) ? row.question : row.text);
    if (keywords) addKeywordTexts(row, sample.id, &sample.keyword_texts);
}

void FileDataset::requireFile(const std::string& image, const std::string& where) const {
    struct stat info {};
    if (::stat((root_ / image).c_str(), &info) == 0) return;
    throw Error(ExitCode::kBadData, "The picture " + io::escapeForDisplay(image) + " is not below " + root_.string(),
                where, "Set data.root to the folder that image paths are relative to");
}

void FileDataset::finish() {
    by_image_ = {};
    DatasetHash hash;
    for (Sample& sample : samples_) {
        removeRepeated(&sample.keyword_texts, sample.texts);
        hash.add(sample);
    }
    hash_ = hash.hex();
}

std::uint64_t fileStamp(const fs::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) {
        throw Error(ExitCode::kBadData, std::string("The file is gone: ") + std::strerror(errno),
                    io::escapeForDisplay(file.string()));
    }
    const std::uint64_t key =
        randomKey({static_cast<std::uint64_t>(info.st_size), static_cast<std::uint64_t>(info.st_mtim.tv_sec),
                   static_cast<std::uint64_t>(info.st_mtim.tv_nsec), static_cast<std::uint64_t>(info.st_ino)});
    return key == 0 ? 1 : key;
}

}  // namespace switchyard::dataset
