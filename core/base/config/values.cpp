// SPDX-License-Identifier: MIT
#include "core/base/config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/base/config/edit_distance.h"
#include "core/base/config/yaml_tree.h"

namespace switchyard::config {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// [+-] digits
bool looksLikeInt(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

/// [+-] (digits [. digits*] | . digits) [e [+-] digits]
bool looksLikeReal(std::string_view text) {
    std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t start = i;
        while (i < text.size() && isDigit(text[i])) ++i;
        return i - start;
    };
    std::size_t mantissa = digits();
    if (i < text.size() && text[i] == '.') {
        ++i;
        mantissa += digits();
    }
    if (mantissa == 0) return false;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
        if (digits() == 0) return false;
    }
    return i == text.size();
}

/// std::nullopt when it does not fit.
template <class Number>
std::optional<Number> parseNumber(std::string_view text) {
    if (!text.empty() && text[0] == '+') text.remove_prefix(1);
    Number value{};
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
    return value;
}

/// A value as it may stand in a message: cut, and without line ends.
std::string shown(std::string_view text) {
    constexpr std::size_t kLongest = 60;
    std::string out(text.substr(0, kLongest));
    while (text.size() > kLongest && !out.empty() && findInvalidUtf8(out)) out.pop_back();
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return "\"" + out + (text.size() > kLongest ? "..." : "") + "\"";
}

ReadValue wrong(std::string message, std::string fix = {}, std::vector<std::string> suggestions = {}) {
    return {std::nullopt, ValueProblem{std::move(message), std::move(fix), std::move(suggestions)}};
}

ReadValue good(ConfigValue value) {
    return {std::move(value), std::nullopt};
}

std::string wants(const KeySpec& key) {
    const bool item = key.kind == ValueKind::kRealList || key.kind == ValueKind::kTextList;
    return item ? "Each item of " + key.path : key.path;
}

ReadValue outOfRange(const KeySpec& key, const std::string& text) {
    return wrong(wants(key) + " must be " + rangeText(key) + ", not " + text);
}

ReadValue readBool(const KeySpec& key, const ScalarText& scalar) {
    if (!scalar.quoted && scalar.text == "true") return good(true);
    if (!scalar.quoted && scalar.text == "false") return good(false);
    std::string lower = scalar.text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    for (const char* yes : {"true", "yes", "on", "1", "y"}) {
        if (lower == yes)
            return wrong(key.path + " must be true or false, not " + shown(scalar.text), "Write true", {"true"});
    }
    for (const char* no : {"false", "no", "off", "0", "n"}) {
        if (lower == no)
            return wrong(key.path + " must be true or false, not " + shown(scalar.text), "Write false", {"false"});
    }
    return wrong(key.path + " must be true or false, not " + shown(scalar.text), "", {"true", "false"});
}

ReadValue readInt(const KeySpec& key, const ScalarText& scalar) {
    const std::string& text = scalar.text;
    if (scalar.quoted && looksLikeInt(text)) {
        return wrong(key.path + " must be a whole number, not a text in quotes", "Remove the quotes", {text});
    }
    if (!looksLikeInt(text)) {
        if (looksLikeReal(text)) {
            const auto real = parseNumber<double>(text);
            if (real && *real == std::floor(*real) && std::abs(*real) < 9e15) {
                const std::string digits = std::to_string(static_cast<std::int64_t>(*real));
                return wrong(key.path + " must be a whole number, not " + shown(text), "Write " + digits, {digits});
            }
        }
        return wrong(key.path + " must be a whole number, not " + shown(text));
    }
    const std::size_t first = text[0] == '-' || text[0] == '+' ? 1 : 0;
    if (text.size() > first + 1 && text[first] == '0') {
        return wrong(key.path + " must not start with 0, which other programs read as octal: " + shown(text));
    }
    const auto value = parseNumber<std::int64_t>(text);
    if (!value) return wrong(key.path + " does not fit in 64 bits: " + shown(text));
    const auto as_real = static_cast<double>(*value);
    if (as_real < key.min || as_real > key.max) return outOfRange(key, text);
    return good(*value);
}

ReadValue readReal(const KeySpec& key, const ScalarText& scalar) {
    const std::string& text = scalar.text;
    if (scalar.quoted && looksLikeReal(text)) {
        return wrong(wants(key) + " must be a number, not a text in quotes", "Remove the quotes", {text});
    }
    if (!looksLikeReal(text)) return wrong(wants(key) + " must be a finite number, not " + shown(text));
    const auto value = parseNumber<double>(text);
    if (!value || !std::isfinite(*value)) {
        return wrong(wants(key) + " is beyond what a 64-bit number can hold: " + shown(text));
    }
    if (*value < key.min || *value > key.max) return outOfRange(key, text);
    return good(*value);
}

ReadValue readText(const KeySpec& key, const ScalarText& scalar) {
    for (const char c : scalar.text) {
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f') {
            return wrong(wants(key) + " must not hold control characters");
        }
    }
    if (findInvalidUtf8(scalar.text)) return wrong(wants(key) + " is not valid UTF-8");
    if (key.choices.empty()) return good(scalar.text);
    if (std::find(key.choices.begin(), key.choices.end(), scalar.text) != key.choices.end()) return good(scalar.text);
    std::string all;
    for (const std::string& choice : key.choices) all += (all.empty() ? "" : ", ") + choice;
    const std::string near = nearest(scalar.text, key.choices);
    const std::string expected = key.choices.size() == 1 ? all : "one of " + all;
    return wrong(wants(key) + " must be " + expected + ", not " + shown(scalar.text),
                 near.empty() ? "" : "Did you mean " + near + "?",
                 near.empty() ? key.choices : std::vector<std::string>{near});
}

/// Plain words that YAML 1.1 or 1.2 readers would not take as a text.
bool readsAsSomethingElse(std::string_view text) {
    static constexpr std::array<std::string_view, 22> kWords = {
        "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "yes", "Yes",
        "YES",  "no",   "No",   "NO",    "on",    "On",    "ON",   "off",  "Off",  "OFF", "..."};
    return std::find(kWords.begin(), kWords.end(), text) != kWords.end() || looksLikeReal(text);
}

bool isPlainSafe(std::string_view text) {
    if (text.empty() || readsAsSomethingElse(text)) return false;
    const auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_'; };
    if (!word(text.front()) && text.front() != '/' && text.front() != '.') return false;
    if (text.back() == ' ') return false;
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return word(c) || c == '/' || c == '.' || c == '-' || c == '+' || c == ' '; });
}

}  // namespace

std::string quoteWhenNeeded(std::string_view text) {
    if (isPlainSafe(text)) return std::string(text);
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const std::string_view rest = text.substr(i);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\t') {
            out += "\\t";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') {
            std::array<char, 8> code{};
            std::snprintf(code.data(), code.size(), "\\x%02X", static_cast<unsigned>(static_cast<unsigned char>(c)));
            out += code.data();
        } else if (rest.rfind("\xC2\x85", 0) == 0) {  // next line: a line break to some readers
            out += "\\x85";
            ++i;
        } else if (rest.rfind("\xE2\x80\xA8", 0) == 0 || rest.rfind("\xE2\x80\xA9", 0) == 0) {
            out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
            i += 2;
        } else if (rest.rfind("\xEF\xBB\xBF", 0) == 0) {
            out += "\\uFEFF";
            i += 2;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string realText(double value) {
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    std::string text(buffer.data(), result.ptr);
    const std::size_t exponent = text.find('e');
    if (text.find('.') == std::string::npos) text.insert(exponent == std::string::npos ? text.size() : exponent, ".0");
    return text;
}

std::string flowText(const ConfigValue& value) {
    const auto escaped = [](const std::string& text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{') out += '$';
            out += text[i];
        }
        return quoteWhenNeeded(out);
    };
    struct Printer {
        const decltype(escaped)& text;
        std::string operator()(bool v) const { return v ? "true" : "false"; }
        std::string operator()(std::int64_t v) const { return std::to_string(v); }
        std::string operator()(double v) const { return realText(v); }
        std::string operator()(const std::string& v) const { return text(v); }
        std::string operator()(const std::vector<double>& list) const {
            std::string out;
            for (const double v : list) out += (out.empty() ? "" : ", ") + realText(v);
            return "[" + out + "]";
        }
        std::string operator()(const std::vector<std::string>& list) const {
            std::string out;
            for (const std::string& v : list) out += (out.empty() ? "" : ", ") + text(v);
            return "[" + out + "]";
        }
    };
    return std::visit(Printer{escaped}, value);
}

ReadValue readScalar(const KeySpec& key, const ScalarText& scalar) {
    switch (key.kind) {
        case ValueKind::kBool:
            return readBool(key, scalar);
        case ValueKind::kInt:
            return readInt(key, scalar);
        case ValueKind::kReal:
        case ValueKind::kRealList:
            return readReal(key, scalar);
        case ValueKind::kText:
        case ValueKind::kChoice:
        case ValueKind::kTextList:
            return readText(key, scalar);
    }
    return wrong(key.path + " has no type");
}

std::string kindName(ValueKind kind) {
    switch (kind) {
        case ValueKind::kBool:
            return "true or false";
        case ValueKind::kInt:
            return "a whole number";
        case ValueKind::kReal:
            return "a number";
        case ValueKind::kText:
            return "a text";
        case ValueKind::kChoice:
            return "a choice";
        case ValueKind::kRealList:
            return "a list of numbers";
        case ValueKind::kTextList:
            return "a list of texts";
    }
    return "";
}

std::string rangeText(const KeySpec& key) {
    const bool whole = key.kind == ValueKind::kInt;
    const auto number = [&](double value) {
        if (!whole) return realText(value);
        return std::to_string(static_cast<std::int64_t>(value));
    };
    const bool low = std::isfinite(key.min);
    const bool high = std::isfinite(key.max);
    if (low && high) return number(key.min) + " to " + number(key.max);
    if (low) return "at least " + number(key.min);
    if (high) return "at most " + number(key.max);
    return {};
}

}  // namespace switchyard::config
