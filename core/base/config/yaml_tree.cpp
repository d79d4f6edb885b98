// SPDX-License-Identifier: MIT
#include "core/base/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_set>
#include <utility>

#include "core/base/config/yaml_ranges.h"

namespace switchyard::config {
namespace {

/// Leaves the parser: the text is refused as a whole.
struct Refused {
    std::size_t offset = 0;
    std::string message;
    std::string fix;
};

/// Builds the tree from yaml-cpp's events. The depth is checked as each level starts, before the parser's own
/// recursion goes deeper; nothing is expanded, so aliases can not make the tree larger than the text.
class TreeBuilder : public YAML::EventHandler {
public:
    TreeBuilder(std::string_view text, const LineIndex& lines, std::vector<Problem>& problems)
        : text_(text), lines_(lines), problems_(problems) {}

    Node takeRoot() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0) {
            throw Refused{offsetOf(mark), "The text holds more than one YAML document", "Keep only one"};
        }
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuseProperties(mark, "", anchor);
        Node node;
        node.begin = node.end = offsetOf(mark);
        add(std::move(node));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        complain(offsetOf(mark), "Aliases (*name) are not allowed", "Write the value out, or use ${section.key}");
        Node node;
        node.begin = node.end = offsetOf(mark);
        add(std::move(node));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuseProperties(mark, tag, anchor);
        Node node;
        node.kind = NodeKind::kScalar;
        node.text = value;
        node.begin = offsetOf(mark);
        const char first = node.begin < text_.size() ? text_[node.begin] : '\0';
        node.quoted = tag == "!" && first != '!';  // yaml-cpp's mark for quoted and block scalars; plain ones have "?"
        add(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        refuseProperties(mark, tag, anchor);
        open(NodeKind::kList, offsetOf(mark));
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        refuseProperties(mark, tag, anchor);
        open(NodeKind::kMap, offsetOf(mark));
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        Node node;
        bool key_next = true;  ///< maps: whether the next node is a key
        std::unordered_set<std::string> keys;
    };

    std::size_t offsetOf(const YAML::Mark& mark) const {
        return mark.pos < 0 ? text_.size() : std::min(static_cast<std::size_t>(mark.pos), text_.size());
    }

    void complain(std::size_t offset, std::string message, std::string fix) {
        const LineIndex::Place place = lines_.at(offset);
        problems_.push_back({"", place.line, place.column, std::move(message), std::move(fix), {}, false});
    }

    void refuseProperties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        const std::size_t offset = offsetOf(mark);
        const char first = offset < text_.size() ? text_[offset] : '\0';
        if (anchor != 0) {
            complain(offset, "Anchors (&name) are not allowed", "Write the value out, or use ${section.key}");
        } else if (first == '!' || (!tag.empty() && tag != "?" && tag != "!")) {
            complain(offset, "Tags (!name) are not allowed", "Remove the tag");
        }
    }

    void open(NodeKind kind, std::size_t offset) {
        if (levels_.size() >= kMaxDepth) {
            throw Refused{offset, "The text is nested deeper than " + std::to_string(kMaxDepth) + " levels", ""};
        }
        Level level;
        level.node.kind = kind;
        level.node.begin = level.node.end = offset;
        levels_.push_back(std::move(level));
    }

    void close() {
        Node node = std::move(levels_.back().node);
        levels_.pop_back();
        add(std::move(node));
    }

    void add(Node node) {
        if (++nodes_ > kMaxNodes) {
            throw Refused{node.begin, "The text holds more than " + std::to_string(kMaxNodes) + " values", ""};
        }
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node.kind == NodeKind::kList) {
            level.node.items.push_back(std::move(node));
        } else if (level.key_next) {
            addKey(level, std::move(node));
        } else {
            level.node.entries.back().value = std::move(node);
            level.key_next = true;
        }
    }

    void addKey(Level& level, Node node) {
        MapEntry entry;
        entry.key_begin = entry.key_end = node.begin;
        entry.plain_key = node.kind == NodeKind::kScalar;
        if (!entry.plain_key) {
            complain(node.begin, "A key must be a word", "");
        } else if (!level.keys.insert(node.text).second) {
            complain(node.begin, "Key \"" + node.text + "\" is given twice", "Remove one of them");
        }
        entry.key = std::move(node.text);
        level.node.entries.push_back(std::move(entry));
        level.key_next = false;
    }

    std::string_view text_;
    const LineIndex& lines_;
    std::vector<Problem>& problems_;
    Node root_;
    std::vector<Level> levels_;
    std::size_t nodes_ = 0;
    int documents_ = 0;
};

/// What is wrong with the bytes themselves.
std::optional<Refused> checkBytes(std::string_view text) {
    if (text.size() > kMaxTextBytes) {
        return Refused{0, "The text is larger than 1 MiB", "A configuration needs a few kB: is this the right file?"};
    }
    if (const auto bad = findInvalidUtf8(text)) return Refused{*bad, "The text is not valid UTF-8", "Save it as UTF-8"};
    if (text.rfind("\xEF\xBB\xBF", 0) == 0) {
        return Refused{0, "The text starts with a byte order mark", "Save it as UTF-8 without one"};
    }
    // yaml-cpp's scanner holds every open bracket of a line before the first event comes: the exact depth is for
    // TreeBuilder to check, this bounds the memory until then. Brackets inside texts seldom add up to so many.
    constexpr std::size_t kMaxOpenBrackets = 1000;
    std::size_t open = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '[' || c == '{') ++open;
        if ((c == ']' || c == '}') && open > 0) --open;
        if (open > kMaxOpenBrackets) {
            return Refused{i, "The text is nested deeper than " + std::to_string(kMaxDepth) + " levels", ""};
        }
        const bool lone_return = c == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == '\x7f' ||
            lone_return) {
            return Refused{i, "The text holds a control character", "Remove it; is this a text file?"};
        }
    }
    return std::nullopt;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text), starts_{0} {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n') starts_.push_back(i + 1);
    }
}

LineIndex::Place LineIndex::at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const std::size_t start = *(next - 1);
    constexpr std::size_t kFarRight = 4096;  // beyond this the column is of no use, and counting it costs
    int column = 1;
    if (offset - start > kFarRight) {
        column += static_cast<int>(offset - start);
    } else {
        for (std::size_t i = start; i < offset; ++i) {
            if ((static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80) ++column;
        }
    }
    return {static_cast<int>(next - starts_.begin()), column};
}

std::optional<std::size_t> findInvalidUtf8(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    std::size_t i = 0;
    while (i < text.size()) {
        const unsigned first = byte(i);
        std::size_t length = 1;
        unsigned code = first;
        if (first >= 0x80) {
            if (first >= 0xF0 && first <= 0xF4) {
                length = 4;
                code = first & 0x07;
            } else if (first >= 0xE0 && first < 0xF0) {
                length = 3;
                code = first & 0x0F;
            } else if (first >= 0xC2 && first < 0xE0) {
                length = 2;
                code = first & 0x1F;
            } else {
                return i;
            }
            for (std::size_t k = 1; k < length; ++k) {
                if ((byte(i + k) & 0xC0) != 0x80) return i;
                code = (code << 6) | (byte(i + k) & 0x3F);
            }
            const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
            if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return i;
        }
        i += length;
    }
    return std::nullopt;
}

Tree parseTree(std::string_view text, bool any_root) {
    Tree tree;
    if (text.size() > kMaxTextBytes) text = text.substr(0, kMaxTextBytes + 1);  // enough to see that it is too long
    const LineIndex lines(text);
    const auto refuse = [&](const Refused& refused) {
        const LineIndex::Place place = lines.at(refused.offset);
        tree.problems.push_back({"", place.line, place.column, refused.message, refused.fix, {}, false});
        tree.well_formed = false;
        tree.root = Node{};
    };
    if (const auto refused = checkBytes(text)) {
        refuse(*refused);
        return tree;
    }
    TreeBuilder builder(text, lines, tree.problems);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        tree.root = builder.takeRoot();
        if (const auto wrong = findRanges(tree.root, text)) {
            throw Refused{*wrong, "This is not valid YAML: a quote or a bracket is not closed", ""};
        }
        const bool is_map = tree.root.kind == NodeKind::kMap || tree.root.kind == NodeKind::kNull;
        if (!is_map && !any_root) refuse({tree.root.begin, "A configuration holds \"key: value\" lines", ""});
    } catch (const Refused& refused) {
        refuse(refused);
    } catch (const YAML::Exception& wrong) {
        const std::size_t offset = wrong.mark.pos < 0 ? text.size() : static_cast<std::size_t>(wrong.mark.pos);
        refuse({offset, "This is not valid YAML: " + wrong.msg, ""});
    }
    return tree;
}

}  // namespace switchyard::config
