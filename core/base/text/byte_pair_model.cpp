// SPDX-License-Identifier: MIT
#include "core/base/text/byte_pair_model.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <queue>
#include <tuple>

#include "core/base/text/byte_letters.h"
#include "core/base/text/word_cache.h"

namespace switchyard::text {
namespace {

constexpr std::uint32_t kNoMerge = std::numeric_limits<std::uint32_t>::max();

std::uint64_t keyOf(std::int32_t left, std::int32_t right) {
    return std::uint64_t{static_cast<std::uint32_t>(left)} << 32 | static_cast<std::uint32_t>(right);
}

std::uint64_t spread(std::uint64_t key) {
    key *= 0x9e3779b97f4a7c15;  // golden ratio: neighbouring keys fall far apart
    return key >> 32;
}

std::int32_t idOf(const Vocabulary& vocabulary, const std::string& piece) {
    const auto found = vocabulary.find(piece);
    return found == vocabulary.end() ? -1 : found->second;
}

}  // namespace

BytePairModel::BytePairModel(const Vocabulary& vocabulary,
                             const std::vector<std::pair<std::string, std::string>>& merges, Options options)
    : options_(std::move(options)), owner_(WordCache::newOwner()) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::string& letter = letterOf(static_cast<unsigned char>(byte));
        byte_ids_[byte] = idOf(vocabulary, letter);
        last_byte_ids_[byte] = idOf(vocabulary, letter + options_.suffix);
    }
    merges_.resize(std::bit_ceil(std::max<std::size_t>(merges.size() * 2, 16)));
    mask_ = merges_.size() - 1;
    std::uint32_t rank = 0;
    for (const auto& [left, right] : merges) {
        addMerge(idOf(vocabulary, left), idOf(vocabulary, right), rank++, idOf(vocabulary, left + right));
    }
    if (!options_.whole_words) return;
    for (const auto& [piece, id] : vocabulary) {
        if (const auto bytes = bytesOf(piece)) words_.emplace(*bytes, id);
    }
}

void BytePairModel::addMerge(std::int32_t left, std::int32_t right, std::uint32_t rank, std::int32_t id) {
    const std::uint64_t key = keyOf(left, right);
    std::uint64_t at = spread(key) & mask_;
    while (merges_[at].key != kNoKey) at = (at + 1) & mask_;
    merges_[at] = {key, rank, id};
}

const BytePairModel::Merge* BytePairModel::find(std::int32_t left, std::int32_t right) const {
    const std::uint64_t key = keyOf(left, right);
    for (std::uint64_t at = spread(key) & mask_;; at = (at + 1) & mask_) {
        if (merges_[at].key == key) return &merges_[at];
        if (merges_[at].key == kNoKey) return nullptr;
    }
}

void BytePairModel::symbolsOf(std::string_view word, std::vector<std::int32_t>* symbols) const {
    symbols->clear();
    bool after_unknown = false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto byte = static_cast<unsigned char>(word[i]);
        const std::int32_t id = i + 1 == word.size() ? last_byte_ids_[byte] : byte_ids_[byte];
        const bool left_out = id < 0 && (options_.unknown < 0 || (after_unknown && options_.fuse_unknown));
        if (!left_out) symbols->push_back(id < 0 ? options_.unknown : id);
        after_unknown = id < 0;
    }
}

/// Looks through all neighbours for each merge; what they merge to is looked up once a pair.
void BytePairModel::mergeShort(std::vector<std::int32_t>* symbols) const {
    std::array<std::uint32_t, kShortWord> ranks{};
    std::array<std::int32_t, kShortWord> merged{};
    std::vector<std::int32_t>& ids = *symbols;
    std::size_t count = ids.size();
    const auto look = [&](std::size_t i) {
        const Merge* merge = find(ids[i], ids[i + 1]);
        ranks[i] = merge == nullptr ? kNoMerge : merge->rank;
        merged[i] = merge == nullptr ? 0 : merge->id;
    };
    for (std::size_t i = 0; i + 1 < count; ++i) look(i);
    while (count > 1) {
        const auto end = ranks.begin() + static_cast<std::ptrdiff_t>(count - 1);
        const auto lowest = std::min_element(ranks.begin(), end);
        if (*lowest == kNoMerge) break;
        const auto i = static_cast<std::size_t>(lowest - ranks.begin());
        ids[i] = merged[i];
        --count;
        for (std::size_t j = i + 1; j < count; ++j) {
            ids[j] = ids[j + 1];
            ranks[j] = ranks[j + 1];  // of the last one there is none; it is not looked at
            merged[j] = merged[j + 1];
        }
        if (i + 1 < count) look(i);
        if (i > 0) look(i - 1);
    }
    ids.resize(count);
}

/// The same by a heap, for words whose length is anybody's guess.
void BytePairModel::mergeLong(std::vector<std::int32_t>* symbols) const {
    struct Node {
        std::int32_t id;
        std::size_t before, next;
    };
    constexpr std::size_t kEnd = std::numeric_limits<std::size_t>::max();
    std::vector<Node> nodes(symbols->size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        nodes[i] = {(*symbols)[i], i == 0 ? kEnd : i - 1, i + 1 == nodes.size() ? kEnd : i + 1};
    }
    // Lowest rank first, then the leftmost; with what stood there then, to know an entry that has been overtaken.
    using Candidate = std::tuple<std::uint32_t, std::size_t, std::uint64_t, std::int32_t>;
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
    const auto offer = [&](std::size_t i) {
        if (i == kEnd || nodes[i].next == kEnd) return;
        const Merge* merge = find(nodes[i].id, nodes[nodes[i].next].id);
        if (merge != nullptr) queue.emplace(merge->rank, i, merge->key, merge->id);
    };
    for (std::size_t i = 0; i < nodes.size(); ++i) offer(i);
    while (!queue.empty()) {
        const auto [rank, i, key, id] = queue.top();
        queue.pop();
        Node& node = nodes[i];
        if (node.id < 0 || node.next == kEnd || keyOf(node.id, nodes[node.next].id) != key) continue;
        Node& gone = nodes[node.next];
        node.id = id;
        node.next = gone.next;
        gone.id = -1;
        if (node.next != kEnd) nodes[node.next].before = i;
        offer(i);
        offer(node.before);
    }
    symbols->clear();
    for (const Node& node : nodes) {
        if (node.id >= 0) symbols->push_back(node.id);
    }
}

void BytePairModel::addPieces(std::string_view word, std::vector<std::int32_t>* ids) const {
    WordCache::Place* place = nullptr;
    if (word.size() <= WordCache::kMaxBytes) {
        place = WordCache::ofThread().placeOf(owner_, word);
        if (place->holds(owner_, word)) {
            ids->insert(ids->end(), place->ids, place->ids + place->count);
            return;
        }
    }
    static thread_local std::vector<std::int32_t> symbols;
    const auto whole = options_.whole_words ? words_.find(std::string(word)) : words_.end();
    if (whole != words_.end()) {
        symbols.assign(1, whole->second);
    } else {
        symbolsOf(word, &symbols);
        if (symbols.size() <= kShortWord) {
            mergeShort(&symbols);
        } else {
            mergeLong(&symbols);
        }
    }
    if (place != nullptr) place->put(owner_, word, symbols);
    ids->insert(ids->end(), symbols.begin(), symbols.end());
}

}  // namespace switchyard::text
