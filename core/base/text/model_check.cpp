// SPDX-License-Identifier: MIT
#include "core/base/text/model_check.h"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <unordered_set>

#include "core/base/io/jsonl.h"

namespace switchyard::text {
namespace {

constexpr std::size_t kMaxPieces = 1'000'000;
constexpr std::size_t kMaxPieceBytes = 512;

struct Problem {
    const char* text;
};

/// Field after field of one protobuf message. Throws Problem.
class Message {
public:
    explicit Message(std::string_view bytes) : rest_(bytes) {}

    bool next() {
        if (rest_.empty()) return false;
        const std::uint64_t tag = varint();
        number_ = tag >> 3;
        type_ = static_cast<int>(tag & 7);
        switch (type_) {
            case 0:
                value_ = varint();
                break;
            case 1:
                bytes_ = take(8);
                break;
            case 2:
                bytes_ = take(varint());
                break;
            case 5:
                bytes_ = take(4);
                break;
            default:
                throw Problem{"not a protobuf message"};
        }
        return true;
    }
    /// Whether the current field has this number; the type must then be the expected one.
    bool is(std::uint64_t number, int type) const {
        if (number_ != number) return false;
        if (type_ != type) throw Problem{"a field has the wrong type"};
        return true;
    }
    std::uint64_t value() const { return value_; }
    std::string_view bytes() const { return bytes_; }

private:
    std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = static_cast<unsigned char>(take(1).front());
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        throw Problem{"not a protobuf message"};
    }
    std::string_view take(std::uint64_t count) {
        if (count > rest_.size()) throw Problem{"the file is cut off"};
        const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
        rest_.remove_prefix(static_cast<std::size_t>(count));
        return taken;
    }

    std::string_view rest_, bytes_;
    std::uint64_t number_ = 0, value_ = 0;
    int type_ = 0;
};

std::uint32_t unitAt(std::string_view bytes, std::size_t index) {
    std::uint32_t unit = 0;
    std::memcpy(&unit, bytes.data() + index * sizeof(unit), sizeof(unit));
    return unit;
}

/// The normaliser's rules: a double-array trie whose leaves point into a block of strings. Every place the
/// search can step to must be inside.
void checkCharsMap(std::string_view bytes) {
    if (bytes.empty()) return;
    constexpr std::uint32_t kLeaf = 1U << 31;
    if (bytes.size() < 5) throw Problem{"broken normalisation rules"};
    const std::size_t trie_bytes = unitAt(bytes, 0);
    if (trie_bytes % 4 != 0 || trie_bytes == 0 || trie_bytes >= bytes.size() - 4 || bytes.back() != '\0') {
        throw Problem{"broken normalisation rules"};
    }
    const std::string_view trie = bytes.substr(4, trie_bytes);
    const std::size_t strings = bytes.size() - 4 - trie_bytes;
    const std::size_t count = trie_bytes / 4;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t unit = unitAt(trie, i);
        if ((unit & kLeaf) != 0 && i != 0) continue;
        const std::size_t children = i ^ (std::size_t{unit >> 10} << ((unit & (1U << 9)) >> 6));
        if ((children | 0xff) >= count) throw Problem{"the normalisation rules point outside"};
        const bool has_leaf = ((unit >> 8) & 1) != 0;
        if (has_leaf && (unitAt(trie, children) & ~kLeaf) >= strings) {
            throw Problem{"the normalisation rules point outside"};
        }
    }
}

void checkNormalizer(std::string_view bytes) {
    for (Message spec(bytes); spec.next();) {
        if (spec.is(2, 2)) checkCharsMap(spec.bytes());
    }
}

bool isBytePiece(std::string_view piece) {
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    return piece.size() == 6 && piece.substr(0, 3) == "<0x" && hex(piece[3]) && hex(piece[4]) && piece[5] == '>';
}

/// @return the piece's kind: 1 normal, 2 unknown, 3 control, 4 user defined, 5 unused, 6 byte
std::uint64_t checkPiece(std::string_view bytes, std::unordered_set<std::string_view>* seen) {
    std::string_view text;
    std::uint64_t kind = 1;
    float score = 0.0F;
    for (Message piece(bytes); piece.next();) {
        if (piece.is(1, 2)) text = piece.bytes();
        if (piece.is(2, 5)) std::memcpy(&score, piece.bytes().data(), sizeof(score));
        if (piece.is(3, 0)) kind = piece.value();
    }
    if (text.empty() || text.size() > kMaxPieceBytes || text.find('\0') != std::string_view::npos ||
        !io::isUtf8(text)) {
        throw Problem{"a piece is empty, too long or not text"};
    }
    if (!std::isfinite(score)) throw Problem{"a piece's score is no number"};
    if (kind < 1 || kind > 6 || (kind == 6 && !isBytePiece(text))) throw Problem{"a piece is of an unknown kind"};
    if (!seen->insert(text).second) throw Problem{"a piece stands twice"};
    return kind;
}

void checkModel(std::string_view bytes) {
    std::unordered_set<std::string_view> pieces;
    std::size_t unknown = 0, usable = 0;
    for (Message model(bytes); model.next();) {
        if (model.is(1, 2)) {
            const std::uint64_t kind = checkPiece(model.bytes(), &pieces);
            unknown += kind == 2 ? 1U : 0U;
            usable += kind == 1 || kind == 4 ? 1U : 0U;
        }
        if (pieces.size() > kMaxPieces) throw Problem{"there are more than a million pieces"};
        if (model.is(3, 2) || model.is(5, 2)) checkNormalizer(model.bytes());
    }
    if (usable == 0 || unknown != 1) throw Problem{"it needs pieces, one of them the unknown one"};
}

}  // namespace

std::string modelProblem(std::string_view bytes) {
    try {
        checkModel(bytes);
        return {};
    } catch (const Problem& problem) {
        return problem.text;
    }
}

}  // namespace switchyard::text
