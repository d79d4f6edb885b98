// SPDX-License-Identifier: MIT
#include "core/base/runs/run_query.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "core/base/config/schema.h"

namespace switchyard::runs {
namespace {

using Compare = QueryTerm::Compare;
using Kind = QueryTerm::Kind;

constexpr std::string_view kOperators = "=<>!";

std::optional<double> numberOf(const std::string& text) {
    if (text.empty()) return std::nullopt;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (*end != '\0' || value != value) return std::nullopt;
    return value;
}

bool compareNumbers(double a, Compare compare, double b) {
    switch (compare) {
        case Compare::kEqual:
            return a == b;
        case Compare::kNotEqual:
            return a != b;
        case Compare::kLess:
            return a < b;
        case Compare::kLessEqual:
            return a <= b;
        case Compare::kGreater:
            return a > b;
        case Compare::kGreaterEqual:
            return a >= b;
    }
    return false;
}

/// Numbers as numbers; else texts, where * stands for anything. A text is neither less nor more than another.
bool holds(const std::string& value, Compare compare, const std::string& wanted) {
    const std::optional<double> a = numberOf(value), b = numberOf(wanted);
    if (a && b) return compareNumbers(*a, compare, *b);
    const bool same = fnmatch(foldAscii(wanted).c_str(), foldAscii(value).c_str(), 0) == 0;
    return compare == Compare::kEqual ? same : compare == Compare::kNotEqual && !same;
}

bool endsInOperator(const std::string& word) {
    return !word.empty() && kOperators.find(word.back()) != std::string_view::npos;
}

/// Figures that are no config keys.
std::optional<double> figureOf(const RunStatus& run, std::string_view key) {
    if (key == "step") return static_cast<double>(run.step);
    if (key == "loss" && run.has_loss) return run.loss;
    return std::nullopt;
}
bool isFigure(std::string_view key) {
    return key == "step" || key == "loss";
}

/// "a,b" as a, b.
std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == ',')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

std::optional<Compare> compareOf(std::string_view text) {
    if (text == "=" || text == "==") return Compare::kEqual;
    if (text == "!=") return Compare::kNotEqual;
    if (text == "<") return Compare::kLess;
    if (text == "<=") return Compare::kLessEqual;
    if (text == ">") return Compare::kGreater;
    if (text == ">=") return Compare::kGreaterEqual;
    return std::nullopt;
}

bool configHolds(const QueryTerm& term, const RunStatus& run) {
    if (isFigure(term.key)) {
        const std::optional<double> figure = figureOf(run, term.key), wanted = numberOf(term.value);
        return figure && wanted && compareNumbers(*figure, term.compare, *wanted);
    }
    if (run.config == nullptr) return false;
    bool any = false, named = false;
    for (const auto& [path, value] : run.config->entries) {
        if (!namesKey(path, term.key)) continue;
        named = true;
        const std::vector<std::string> items = listItems(value);
        if (term.compare == Compare::kNotEqual) {
            // Several keys or items of that name: none of them may be it.
            if (!holds(value, Compare::kNotEqual, term.value)) return false;
            for (const std::string& item : items) {
                if (!holds(item, Compare::kNotEqual, term.value)) return false;
            }
            continue;
        }
        any = any || holds(value, term.compare, term.value) ||
              std::any_of(items.begin(), items.end(),
                          [&](const std::string& item) { return holds(item, term.compare, term.value); });
    }
    return term.compare == Compare::kNotEqual ? named : any;
}

}  // namespace

std::string foldAscii(std::string_view text) {
    std::string folded(text);
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

bool namesKey(std::string_view path, std::string_view typed) {
    if (!path.ends_with(typed) || typed.empty()) return false;
    return path.size() == typed.size() || path[path.size() - typed.size() - 1] == '.';
}

RunQuery::RunQuery(std::string_view text, Fold fold) : fold_(std::move(fold)) {
    // Words between spaces; quotes keep spaces, and an operator binds what stands on both of its sides.
    std::vector<std::pair<std::string, bool>> words;
    bool open = false, inside = false, bind = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            inside = !inside;
            if (inside && !open) words.emplace_back("", true);
            open = true;
        } else if (!inside && (c == ' ' || c == '\t' || c == '\n')) {
            bind = bind || (open && endsInOperator(words.back().first));
            open = open && bind;
        } else {
            const bool operator_first = c == '=' || c == '<' || c == '>' || text.substr(i, 2) == "!=";
            if (!open && operator_first && !words.empty() && !words.back().second) open = true;
            if (!open) words.emplace_back("", false);
            open = true;
            bind = false;
            words.back().first += c;
        }
    }
    for (auto& [word, quoted] : words) add(std::move(word), quoted);
}

void RunQuery::add(std::string word, bool quoted) {
    QueryTerm term;
    if (!quoted && word.size() > 1 && word.front() == '-') {
        term.negated = true;
        word.erase(0, 1);
    }
    const std::size_t at = quoted ? std::string::npos : word.find_first_of(kOperators);
    if (at != std::string::npos && at > 0) {
        const std::size_t end = word.find_first_not_of(kOperators, at);
        const std::optional<Compare> compare =
            compareOf(std::string_view(word).substr(at, end == std::string::npos ? end : end - at));
        term.kind = Kind::kConfig;
        term.key = word.substr(0, at);
        if (!compare || end == std::string::npos) {
            // Half typed: it hides nothing yet.
            if (problem_.empty()) problem_ = "after \"" + word + "\" a value is missing, for example experts=64";
            return;
        }
        term.compare = *compare;
        term.value = word.substr(end);
        check(term);
        terms_.push_back(std::move(term));
        return;
    }
    const std::size_t colon = quoted ? std::string::npos : word.find(':');
    const std::string field = colon == std::string::npos ? std::string() : foldAscii(word.substr(0, colon));
    for (const auto& [name, kind] :
         {std::pair{"tag", Kind::kTag}, {"state", Kind::kState}, {"name", Kind::kName}, {"note", Kind::kNote}}) {
        if (field == name) term.kind = kind;
    }
    term.value = fold_(term.kind == Kind::kWord ? word : word.substr(colon + 1));
    if (!term.value.empty()) terms_.push_back(std::move(term));
}

void RunQuery::check(const QueryTerm& term) {
    if (isFigure(term.key) || !problem_.empty()) return;
    const std::vector<KeySpec>& keys = schema();
    if (std::any_of(keys.begin(), keys.end(), [&](const KeySpec& key) { return namesKey(key.path, term.key); })) return;
    const std::string near = suggestKey(term.key);
    problem_ = "no config has a key " + term.key + (near.empty() ? "" : "; " + near + " is one");
}

std::string RunQuery::searchText(const RunStatus& run) {
    std::string text = run.name + '\n' + run.note + '\n' + runStateName(run.state);
    for (const std::string& tag : run.tags) text += '\n' + tag;
    return text;
}

bool RunQuery::fits(const QueryTerm& term, const RunStatus& run, std::string_view text) const {
    switch (term.kind) {
        case Kind::kWord:
            return text.find(term.value) != std::string_view::npos;
        case Kind::kTag:
            return std::any_of(run.tags.begin(), run.tags.end(),
                               [&](const std::string& tag) { return fold_(tag) == term.value; });
        case Kind::kState: {
            const std::vector<std::string> states = split(term.value);
            return std::find(states.begin(), states.end(), runStateName(run.state)) != states.end();
        }
        case Kind::kName:
            return fold_(run.name).find(term.value) != std::string::npos;
        case Kind::kNote:
            return fold_(run.note).find(term.value) != std::string::npos;
        case Kind::kConfig:
            return configHolds(term, run);
    }
    return false;
}

bool RunQuery::matches(const RunStatus& run, std::string_view text) const {
    return std::all_of(terms_.begin(), terms_.end(),
                       [&](const QueryTerm& term) { return fits(term, run, text) != term.negated; });
}

}  // namespace switchyard::runs
