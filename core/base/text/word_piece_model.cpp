// SPDX-License-Identifier: MIT
#include "core/base/text/word_piece_model.h"

#include <algorithm>
#include <utility>

namespace switchyard::text {
namespace {

bool hasMoreCharacters(std::string_view word, std::int64_t limit) {
    if (static_cast<std::int64_t>(word.size()) <= limit) return false;
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return std::count_if(word.begin(), word.end(), starts) > limit;
}

/// In the order of their ids, which is about that of how often they are met: frequent ones then lie close together.
std::vector<std::pair<std::int32_t, std::string_view>> inOrder(const Vocabulary& vocabulary) {
    std::vector<std::pair<std::int32_t, std::string_view>> pieces;
    pieces.reserve(vocabulary.size());
    for (const auto& [piece, id] : vocabulary) pieces.emplace_back(id, piece);
    std::sort(pieces.begin(), pieces.end());
    return pieces;
}

}  // namespace

WordPieceModel::WordPieceModel(const Vocabulary& vocabulary, Options options) : options_(std::move(options)) {
    const auto pieces = inOrder(vocabulary);
    std::size_t bytes = options_.prefix.size();
    for (const auto& [id, piece] : pieces) bytes += piece.size();
    trie_ = ByteTrie(bytes);
    for (const auto& [id, piece] : pieces) trie_.add(piece, id);
    inner_ = trie_.node(options_.prefix);
}

void WordPieceModel::addPieces(std::string_view word, std::vector<std::int32_t>* ids) const {
    const std::size_t before = ids->size();
    bool known = !hasMoreCharacters(word, options_.max_characters);
    for (std::uint32_t from = ByteTrie::kRoot; known && !word.empty(); from = inner_) {
        std::size_t length = 0;
        const std::int32_t id = trie_.longest(from, word, &length);
        known = id >= 0;
        if (known) ids->push_back(id);
        word.remove_prefix(length);
    }
    if (known) return;
    ids->resize(before);
    ids->push_back(options_.unknown);
}

}  // namespace switchyard::text
