// SPDX-License-Identifier: MIT
#include "core/base/text/tokenizer.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <map>
#include <sstream>
#include <unordered_map>

#include "core/base/io/safe_file.h"
#include "core/base/text/model_check.h"
#include "core/base/util/error.h"

namespace switchyard::text {
namespace {

constexpr std::uint64_t kMaxModelBytes = 64U << 20;
constexpr std::size_t kMaxTextBytes = 4096;              // SentencePiece leaves longer ones out
constexpr std::string_view kSpaceMark = "\xe2\x96\x81";  // U+2581

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

/// At most `limit` ids in both: the shorter one stays whole when it takes no more than half. An odd place goes to the
/// second, or to the first when that is the longer, as Hugging Face's `longest_first` has it.
void cutLongestFirst(std::vector<std::int32_t>* first, std::vector<std::int32_t>* second, std::size_t limit) {
    if (first->size() + second->size() <= limit) return;
    const bool first_is_longer = first->size() > second->size();
    std::vector<std::int32_t>* shorter = first_is_longer ? second : first;
    std::vector<std::int32_t>* longer = first_is_longer ? first : second;
    const std::size_t kept = std::min(shorter->size(), limit / 2);
    shorter->resize(kept);
    longer->resize(limit - kept);
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

struct Tokenizer::Impl {
    sentencepiece::SentencePieceProcessor processor;
    int unknown = 0;

    /// The processor's own unk_id() looks for "<unk>", which a model may call otherwise: it is -1 then.
    void findUnknown() {
        while (unknown + 1 < processor.GetPieceSize() && !processor.IsUnknown(unknown)) ++unknown;
    }
};

Tokenizer::Tokenizer(const std::filesystem::path& model_file) : impl_(std::make_unique<Impl>()) {
    std::string bytes;
    try {
        bytes = io::readText(model_file, kMaxModelBytes);
    } catch (const Error& error) {
        throw Error(ExitCode::kBadData, "The tokenizer could not be read: " + error.message(), model_file.string(),
                    "Check data.tokenizer, or leave it out to have one trained");
    }
    std::string problem = modelProblem(bytes);
    if (problem.empty() && !impl_->processor.LoadFromSerializedProto(bytes).ok()) problem = "it can not be loaded";
    if (!problem.empty()) {
        throw Error(ExitCode::kBadData, "Not a usable SentencePiece model: " + problem, model_file.string(),
                    "Train one with `switchyard data tokenizer-train`");
    }
    impl_->findUnknown();
}

Tokenizer::~Tokenizer() = default;
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;

std::vector<std::int32_t> Tokenizer::encode(const std::string& text, std::int64_t max_tokens) const {
    std::vector<int> ids;
    impl_->processor.Encode(text, &ids).IgnoreError();
    if (ids.empty()) ids.push_back(impl_->unknown);
    const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(1, max_tokens));
    if (ids.size() > limit) ids.resize(limit);
    return {ids.begin(), ids.end()};
}

Encoding Tokenizer::encodePair(const std::string& first, const std::string* second, std::int64_t max_tokens) const {
    constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int32_t> ids = encode(first, kAll);
    std::vector<std::int32_t> more = second == nullptr ? std::vector<std::int32_t>() : encode(*second, kAll);
    cutLongestFirst(&ids, &more, static_cast<std::size_t>(std::max<std::int64_t>(1, max_tokens)));
    Encoding encoding;
    encoding.types.assign(ids.size(), 0);
    encoding.types.resize(ids.size() + more.size(), 1);
    encoding.segments.assign(encoding.types.begin(), encoding.types.end());
    encoding.ids = std::move(ids);
    encoding.ids.insert(encoding.ids.end(), more.begin(), more.end());
    return encoding;
}

std::string Tokenizer::decode(const std::vector<std::int32_t>& ids) const {
    std::vector<int> known;
    for (const std::int32_t id : ids) {
        if (id >= 0 && id < impl_->processor.GetPieceSize()) known.push_back(id);
    }
    std::string text;
    impl_->processor.Decode(known, &text).IgnoreError();
    return text;
}

std::string Tokenizer::piece(std::int32_t id) const {
    if (id < 0 || id >= impl_->processor.GetPieceSize()) return {};
    std::string piece = impl_->processor.IdToPiece(id);
    for (std::size_t at = piece.find(kSpaceMark); at != std::string::npos; at = piece.find(kSpaceMark, at + 1)) {
        piece.replace(at, kSpaceMark.size(), " ");
    }
    return piece;
}

std::int64_t Tokenizer::vocabSize() const {
    return impl_->processor.GetPieceSize();
}

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
