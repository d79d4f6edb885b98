// SPDX-License-Identifier: MIT
// A SentencePiece model as the inside of a Tokenizer.
#include <sentencepiece_processor.h>

#include "core/base/text/encoding_template.h"
#include "core/base/text/json_fields.h"
#include "core/base/text/model_check.h"
#include "core/base/text/tokenizer_engine.h"

namespace switchyard::text {
namespace {

constexpr std::string_view kSpaceMark = "\xe2\x96\x81";  // U+2581

class SentencePiece : public TokenizerEngine {
public:
    explicit SentencePiece(const std::string& bytes) {
        std::string problem = modelProblem(bytes);
        if (problem.empty() && !processor_.LoadFromSerializedProto(bytes).ok()) problem = "it can not be loaded";
        if (!problem.empty()) throw FileProblem{problem};
        // The processor's own unk_id() looks for "<unk>", which a model may call otherwise: it is -1 then.
        while (unknown_ + 1 < processor_.GetPieceSize() && !processor_.IsUnknown(unknown_)) ++unknown_;
    }

    Encoding encode(const std::string& first, const std::string* second, std::size_t limit) const override {
        const std::vector<std::int32_t> more = second == nullptr ? std::vector<std::int32_t>() : ids(*second);
        return EncodingTemplate().apply(ids(first), second == nullptr ? nullptr : &more, limit);
    }
    std::int32_t filler() const override { return unknown_; }
    std::vector<std::int32_t> asInFile(const std::string& first, const std::string* second) const override {
        return encode(first, second, kNoLimit).ids;
    }
    std::string decode(const std::vector<std::int32_t>& ids) const override {
        std::string text;
        processor_.Decode(std::vector<int>(ids.begin(), ids.end()), &text).IgnoreError();
        return text;
    }
    std::string piece(std::int32_t id) const override {
        std::string piece = processor_.IdToPiece(id);
        for (std::size_t at = piece.find(kSpaceMark); at != std::string::npos; at = piece.find(kSpaceMark, at + 1)) {
            piece.replace(at, kSpaceMark.size(), " ");
        }
        return piece;
    }
    std::int64_t size() const override { return processor_.GetPieceSize(); }

private:
    std::vector<std::int32_t> ids(const std::string& text) const {
        std::vector<int> ids;
        processor_.Encode(text, &ids).IgnoreError();
        return {ids.begin(), ids.end()};
    }

    sentencepiece::SentencePieceProcessor processor_;
    int unknown_ = 0;
};

}  // namespace

std::unique_ptr<TokenizerEngine> openSentencePiece(const std::string& bytes) {
    return std::make_unique<SentencePiece>(bytes);
}

}  // namespace switchyard::text
