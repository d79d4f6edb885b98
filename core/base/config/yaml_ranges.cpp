// SPDX-License-Identifier: MIT
#include "core/base/config/yaml_ranges.h"

#include <algorithm>

namespace switchyard::config {
namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
bool isSpace(char c) {
    return isBlank(c) || c == '\n' || c == '\r';
}

class RangeFinder {
public:
    explicit RangeFinder(std::string_view text) : text_(text) {}

    /// @param from    where the value may start: after the colon, the dash or the opening bracket
    /// @param indent  column of the block collection that holds the value, -1 at the top
    /// @param in_flow whether the value stands between brackets, where columns mean nothing
    void finish(Node& node, std::size_t from, long indent, bool in_flow) {
        if (node.kind != NodeKind::kNull && node.begin < from) markWrong(node.begin);
        switch (node.kind) {
            case NodeKind::kNull:
                finishNull(node, from);
                break;
            case NodeKind::kScalar:
                node.begin = skipProperties(node.begin);
                node.end = scalarEnd(node.begin, node.text, indent);
                break;
            case NodeKind::kList:
                finishList(node, indent, in_flow);
                break;
            case NodeKind::kMap:
                finishMap(node, indent, in_flow);
                break;
        }
    }

    std::optional<std::size_t> firstWrong() const { return wrong_; }

private:
    void markWrong(std::size_t offset) {
        if (!wrong_ || offset < *wrong_) wrong_ = offset;
    }

    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

    long columnOf(std::size_t offset) const {
        const std::size_t line_end = text_.rfind('\n', offset == 0 ? 0 : offset - 1);
        const bool first_line = offset == 0 || line_end == std::string_view::npos;
        return static_cast<long>(first_line ? offset : offset - line_end - 1);
    }

    /// Anchors and tags stand before a value; they are refused elsewhere, but must not confuse the ranges.
    std::size_t skipProperties(std::size_t i) const {
        while (at(i) == '&' || at(i) == '!') {
            while (i < text_.size() && !isSpace(text_[i])) ++i;
            i = skipBlanksAndComments(text_, i);
        }
        return i;
    }

    std::size_t quotedEnd(std::size_t begin) {
        std::size_t i = begin;
        const char quote = text_[i++];
        for (; i < text_.size(); ++i) {
            if (quote == '"' && text_[i] == '\\') {
                ++i;
            } else if (text_[i] == quote) {
                if (quote == '"' || at(i + 1) != '\'') return i + 1;
                ++i;
            }
        }
        markWrong(begin);
        return text_.size();
    }

    std::size_t lineEnd(std::size_t i) const {
        const std::size_t newline = text_.find('\n', i);
        return newline == std::string_view::npos ? text_.size() : newline;
    }

    std::size_t blockScalarEnd(std::size_t i, long indent) const {
        const std::size_t header_end = lineEnd(i);
        long content = 0;   // indentation of the content; 0 = not known yet
        bool keep = false;  // "+": line ends at the end belong to the value
        for (std::size_t k = i; k < header_end && text_[k] != '#'; ++k) {
            if (text_[k] >= '1' && text_[k] <= '9') content = std::max(indent, 0L) + (text_[k] - '0');
            if (text_[k] == '+') keep = true;
        }
        std::size_t end = header_end > i && text_[header_end - 1] == '\r' ? header_end - 1 : header_end;
        for (std::size_t line = header_end + 1; line < text_.size(); line = lineEnd(line) + 1) {
            std::size_t first = line;
            while (at(first) == ' ') ++first;
            const std::size_t stop = lineEnd(line);
            const bool empty = first >= stop || (text_[first] == '\r' && first + 1 == stop);
            if (!empty) {
                const long column = static_cast<long>(first - line);
                if (content == 0) content = std::max(column, 1L);
                if (column <= indent || column < content) break;
                end = stop > line && text_[stop - 1] == '\r' ? stop - 1 : stop;
            }
            if (keep) end = std::min(stop + 1, text_.size());
        }
        return end;
    }

    /// A plain scalar may run over several lines; folding only changes its white space, so its other bytes are
    /// counted off.
    std::size_t plainEnd(std::size_t i, const std::string& value) const {
        auto left = std::count_if(value.begin(), value.end(), [](char c) { return !isSpace(c); });
        while (left > 0 && i < text_.size()) {
            if (!isSpace(text_[i])) --left;
            ++i;
        }
        return i;
    }

    std::size_t scalarEnd(std::size_t begin, const std::string& value, long indent) {
        switch (at(begin)) {
            case '"':
            case '\'':
                return quotedEnd(begin);
            case '|':
            case '>':
                return blockScalarEnd(begin, indent);
            default:
                return plainEnd(begin, value);
        }
    }

    /// `null` and `~` are values with bytes; a value that is left out has none.
    void finishNull(Node& node, std::size_t from) {
        const std::size_t begin = skipBlanksAndComments(text_, from);
        if (at(begin) == '*') {  // an alias, refused elsewhere
            node.begin = node.end = begin;
            while (node.end < text_.size() && !isSpace(text_[node.end]) && at(node.end) != ',' && at(node.end) != '}' &&
                   at(node.end) != ']') {
                ++node.end;
            }
            return;
        }
        for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
            if (text_.substr(begin, word.size()) != word) continue;
            std::size_t next = begin + word.size();
            const bool ends =
                next >= text_.size() || isSpace(at(next)) || at(next) == ',' || at(next) == ']' || at(next) == '}';
            while (isBlank(at(next))) ++next;
            if (!ends || at(next) == ':') continue;  // another word, or the next key
            node.begin = begin;
            node.end = begin + word.size();
            return;
        }
        node.begin = node.end = from;
    }

    std::size_t closingBracket(std::size_t i) const {
        for (;;) {
            i = skipBlanksAndComments(text_, i);
            if (at(i) != ',') break;
            ++i;
        }
        return i < text_.size() ? i + 1 : i;
    }

    void finishList(Node& node, long indent, bool in_flow) {
        node.begin = skipProperties(node.begin);
        node.flow = at(node.begin) == '[';
        const bool flow_inside = node.flow || in_flow;
        const long inner = flow_inside ? indent : columnOf(node.begin);
        std::size_t cursor = node.flow ? node.begin + 1 : node.begin;
        for (Node& item : node.items) {
            cursor = skipBlanksAndComments(text_, cursor);
            if (at(cursor) == (node.flow ? ',' : '-')) ++cursor;
            finish(item, cursor, inner, flow_inside);
            cursor = std::max(cursor, item.end);
        }
        node.end = node.flow ? closingBracket(cursor) : cursor;
    }

    void finishMap(Node& node, long indent, bool in_flow) {
        node.begin = skipProperties(node.begin);
        node.flow = at(node.begin) == '{';
        const bool flow_inside = node.flow || in_flow;
        const long inner = flow_inside ? indent : columnOf(node.begin);
        std::size_t cursor = node.flow ? node.begin + 1 : node.begin;
        for (MapEntry& entry : node.entries) {
            entry.key_begin = skipProperties(entry.key_begin);
            if (entry.plain_key && entry.key_begin < cursor) markWrong(entry.key_begin);
            entry.key_begin = std::max(entry.key_begin, cursor);
            entry.key_end = entry.plain_key ? scalarEnd(entry.key_begin, entry.key, inner) : entry.key_end;
            const std::size_t colon = skipBlanksAndComments(text_, entry.key_end);
            entry.colon_end = at(colon) == ':' ? colon + 1 : entry.key_end;
            finish(entry.value, entry.colon_end, inner, flow_inside);
            cursor = std::max({cursor, entry.colon_end, entry.value.end});
        }
        node.end = node.flow ? closingBracket(cursor) : cursor;
    }

    std::string_view text_;
    std::optional<std::size_t> wrong_;
};

}  // namespace

std::size_t skipBlanksAndComments(std::string_view text, std::size_t from) {
    std::size_t i = from;
    while (i < text.size()) {
        if (isSpace(text[i])) {
            ++i;
        } else if (text[i] == '#' && (i == 0 || isSpace(text[i - 1]))) {
            i = text.find('\n', i);
            if (i == std::string_view::npos) return text.size();
        } else {
            break;
        }
    }
    return i;
}

std::optional<std::size_t> findRanges(Node& root, std::string_view text) {
    RangeFinder finder(text);
    finder.finish(root, 0, -1, false);
    return finder.firstWrong();
}

}  // namespace switchyard::config
