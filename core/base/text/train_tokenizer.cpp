// SPDX-License-Identifier: MIT
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <sstream>
#include <unordered_map>

#include "core/base/io/safe_file.h"
#include "core/base/text/tokenizer.h"
#include "core/base/util/error.h"

namespace switchyard::text {
namespace {

constexpr std::size_t kMaxTextBytes = 4096;  // SentencePiece leaves longer ones out

/// Feeds the trainer from memory.
class TextIterator : public sentencepiece::SentenceIterator {
public:
    explicit TextIterator(const std::vector<std::string>& texts) : texts_(texts) {}
    bool done() const override { return next_ >= texts_.size(); }
    void Next() override { ++next_; }
    const std::string& value() const override { return texts_[next_]; }
    sentencepiece::util::Status status() const override { return {}; }

private:
    const std::vector<std::string>& texts_;
    std::size_t next_ = 0;
};

/// Cuts at a character's border.
std::string shortened(const std::string& text) {
    if (text.size() <= kMaxTextBytes) return text;
    std::size_t end = kMaxTextBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return text.substr(0, end);
}

/// Each word that stands in the texts at least twice, with a full stop. SentencePiece only considers pieces
/// that occur in two different words, so without these a word like "small", frequent as it is, would be cut up
/// where no other word contains it.
std::vector<std::string> repeatedWords(const std::vector<std::string>& texts) {
    std::map<std::string, int> counts;
    for (const std::string& text : texts) {
        std::istringstream stream(text);
        for (std::string word; stream >> word;) {
            const auto inside = [](unsigned char c) { return c >= 0x80 || std::isalnum(c) != 0; };
            while (!word.empty() && !inside(static_cast<unsigned char>(word.back()))) word.pop_back();
            word.erase(word.begin(), std::find_if(word.begin(), word.end(), inside));
            for (char& c : word) {
                if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
            }
            if (!word.empty()) ++counts[word];
        }
    }
    std::vector<std::string> words;
    for (const auto& [word, count] : counts) {
        if (count >= 2) words.push_back(word + ".");
    }
    return words;
}

}  // namespace

void trainTokenizer(const std::vector<std::string>& texts, std::int64_t vocab_size,
                    const std::filesystem::path& model_file) {
    std::vector<std::string> input;
    input.reserve(texts.size());
    for (const std::string& text : texts) {
        if (text.find_first_not_of(" \t\r\n") != std::string::npos) input.push_back(shortened(text));
    }
    if (input.empty()) {
        throw Error(ExitCode::kBadData, "There is no text to train a tokenizer on", model_file.string());
    }
    const std::vector<std::string> words = repeatedWords(input);
    input.insert(input.end(), words.begin(), words.end());
    std::unordered_map<std::string, std::string> options = {
        {"model_type", "unigram"},
        {"vocab_size", std::to_string(vocab_size)},
        {"hard_vocab_limit", "false"},  // few texts give fewer pieces instead of an error
        {"normalization_rule_name", "nmt_nfkc_cf"},
        {"byte_fallback", "false"},
        {"shuffle_input_sentence", "false"},
        {"num_threads", "1"},  // with more, sums are added in another order
        {"unk_id", "0"},
        {"bos_id", "-1"},
        {"eos_id", "-1"},
        {"pad_id", "-1"},
        {"minloglevel", "3"},
    };
    // A vocabulary that can not hold every character leaves the rarest to the unknown piece.
    static constexpr std::array<const char*, 5> kCoverage = {"1.0", "0.9995", "0.998", "0.99", "0.98"};
    std::string message;
    for (const char* coverage : kCoverage) {
        options["character_coverage"] = coverage;
        TextIterator iterator(input);
        std::string model;
        const auto status = sentencepiece::SentencePieceTrainer::Train(options, &iterator, &model);
        if (status.ok() && !model.empty()) {
            io::writeAtomically(model_file, model);
            return;
        }
        message = status.ToString();
    }
    throw Error(ExitCode::kBadData,
                "No tokenizer of " + std::to_string(vocab_size) + " pieces could be trained on " +
                    std::to_string(input.size()) + " texts (" + message + ")",
                model_file.string(), "Give more text or another model.text.vocab_size");
}

}  // namespace switchyard::text
