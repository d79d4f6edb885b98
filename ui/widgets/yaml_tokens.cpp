// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/yaml_tokens.h"

#include <algorithm>

namespace switchyard::ui {
namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
bool isLineEnd(char c) {
    return c == '\n' || c == '\r';
}
bool isSpace(char c) {
    return isBlank(c) || isLineEnd(c);
}
bool isBracket(char c) {
    return c == '{' || c == '}' || c == '[' || c == ']' || c == ',';
}

bool isNumber(std::string_view text) {
    std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
        return i - start;
    };
    std::size_t count = digits();
    if (i < text.size() && text[i] == '.') {
        ++i;
        count += digits();
    }
    if (count == 0) return false;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
        if (digits() == 0) return false;
    }
    return i == text.size();
}

class Tokenizer {
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    std::vector<YamlSpan> run() {
        while (i_ < text_.size()) {
            const char c = text_[i_];
            if (isLineEnd(c)) {
                ++i_;
                startLine();
            } else if (isBlank(c)) {
                ++i_;
            } else if (c == '#' && (i_ == 0 || isSpace(text_[i_ - 1]))) {
                add(i_, lineEnd(i_), YamlToken::kComment);
            } else if (c == '"' || c == '\'') {
                scalar(quotedEnd(i_), true);
            } else if (depth_ > 0 ? isBracket(c) : c == '{' || c == '[') {
                depth_ += c == '{' || c == '[' ? 1 : c == ',' ? 0 : -1;
                ++i_;
            } else if (c == ':' || (isIndicator(c) && (i_ + 1 >= text_.size() || isSpace(text_[i_ + 1])))) {
                ++i_;
            } else if (depth_ == 0 && (c == '|' || c == '>')) {
                blockScalar();
            } else {
                scalar(plainEnd(i_), false);
            }
        }
        return std::move(spans_);
    }

private:
    static bool isIndicator(char c) { return c == '-' || c == '?'; }

    void startLine() { line_start_ = i_; }

    void add(std::size_t begin, std::size_t end, YamlToken token) {
        spans_.push_back({begin, end, token});
        i_ = std::max(end, begin + 1);
    }

    std::size_t lineEnd(std::size_t from) const {
        const std::size_t end = text_.find_first_of("\r\n", from);
        return end == std::string_view::npos ? text_.size() : end;
    }

    std::size_t quotedEnd(std::size_t begin) const {
        const char quote = text_[begin];
        for (std::size_t i = begin + 1; i < text_.size(); ++i) {
            if (quote == '"' && text_[i] == '\\') {
                ++i;
            } else if (text_[i] == quote) {
                if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != '\'') return i + 1;
                ++i;
            }
        }
        return lineEnd(begin);  // not closed: colour no more than the line
    }

    /// A colon ends a plain scalar when a blank follows, between brackets also before a bracket.
    bool isColon(std::size_t i) const {
        if (i >= text_.size() || text_[i] != ':') return false;
        return i + 1 >= text_.size() || isSpace(text_[i + 1]) || (depth_ > 0 && isBracket(text_[i + 1]));
    }

    std::size_t plainEnd(std::size_t begin) const {
        std::size_t i = begin;
        while (i < text_.size() && !isLineEnd(text_[i]) && !isColon(i)) {
            if (depth_ > 0 && isBracket(text_[i])) break;
            if (text_[i] == '#' && i > begin && isBlank(text_[i - 1])) break;
            ++i;
        }
        while (i > begin && isBlank(text_[i - 1])) --i;
        return i;
    }

    void scalar(std::size_t end, bool quoted) {
        std::size_t next = end;
        while (next < text_.size() && isBlank(text_[next])) ++next;
        const std::string_view word = text_.substr(i_, end - i_);
        const bool key = isColon(next) || (quoted && depth_ > 0 && next < text_.size() && text_[next] == ':');
        add(i_, end, key ? YamlToken::kKey : !quoted && isNumber(word) ? YamlToken::kNumber : YamlToken::kWord);
    }

    std::size_t indentAt(std::size_t line) const {
        std::size_t first = line;
        while (first < text_.size() && text_[first] == ' ') ++first;
        return first - line;
    }

    /// "|" or ">" and the lines below it that stand deeper than the line it is on.
    void blockScalar() {
        const std::size_t indent = indentAt(line_start_);
        i_ = lineEnd(i_);
        while (i_ < text_.size()) {
            while (i_ < text_.size() && isLineEnd(text_[i_])) ++i_;
            startLine();
            if (i_ >= text_.size() || indentAt(i_) <= indent) break;
            add(i_, lineEnd(i_), YamlToken::kWord);
        }
    }

    std::string_view text_;
    std::vector<YamlSpan> spans_;
    std::size_t i_ = 0, line_start_ = 0;
    int depth_ = 0;
};

}  // namespace

std::vector<YamlSpan> yamlSpans(std::string_view text) {
    return Tokenizer(text).run();
}

}  // namespace switchyard::ui
