// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/config_fix.h"

#include <QCoreApplication>

namespace switchyard::ui {
namespace {

std::string parentOf(const std::string& path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string nameOf(const std::string& path) {
    return path.substr(path.rfind('.') + 1);
}

bool isListKey(const KeySpec& key) {
    return key.kind == ValueKind::kRealList || key.kind == ValueKind::kTextList;
}

std::optional<std::string> applied(const std::string& text, const std::optional<config::Splice>& splice) {
    if (!splice) return std::nullopt;
    return config::apply(text, *splice);
}

/// The entry under another key: in its place where the section stays, else taken out and put in there.
std::optional<std::string> renamed(const std::string& text, const std::string& from, const std::string& to) {
    if (parentOf(from) == parentOf(to)) return applied(text, config::renameKeySplice(text, from, nameOf(to)));
    const auto value = config::valueText(text, from);
    const auto removed = applied(text, config::removeValueSplice(text, from));
    if (!value || !removed) return std::nullopt;
    return applied(*removed, config::setValueSplice(*removed, to, *value));
}

/// The first `${...}` that names no key, replaced.
std::string withReference(std::string scalar, const std::string& reference) {
    for (std::size_t open = scalar.find("${"); open != std::string::npos; open = scalar.find("${", open + 2)) {
        const std::size_t close = scalar.find('}', open);
        if (close == std::string::npos) break;
        if (findKey(scalar.substr(open + 2, close - open - 2)) == nullptr)
            return scalar.replace(open, close - open + 1, reference);
    }
    return reference;
}

}  // namespace

QStringList fixLabels(const config::Problem& problem) {
    QStringList labels;
    const bool unknown_key = findKey(problem.path) == nullptr;
    for (const std::string& suggestion : problem.suggestions) {
        const bool neighbour = unknown_key && parentOf(suggestion) == parentOf(problem.path);
        labels << QCoreApplication::translate("ConfigFix", "Use %1")
                      .arg(QString::fromStdString(neighbour ? nameOf(suggestion) : suggestion));
    }
    return labels;
}

std::optional<std::string> fixedText(const std::string& text, const ConfigCheck& check, const config::Problem& problem,
                                     std::size_t index) {
    if (index >= problem.suggestions.size()) return std::nullopt;
    const std::string& suggestion = problem.suggestions[index];
    const KeySpec* key = findKey(problem.path);
    if (key == nullptr) return renamed(text, problem.path, suggestion);
    const TextPlace place = placeOf(text, check, problem);
    const config::WrittenValue* value = check.find(problem.path);
    std::vector<std::string> scalars;
    std::size_t concerned = 0;
    if (value != nullptr) {
        for (const config::WrittenScalar& scalar : value->scalars) {
            if (scalar.begin == place.begin) concerned = scalars.size();
            scalars.push_back(scalar.text);
        }
    }
    if (scalars.empty()) scalars.emplace_back();
    if (isListKey(*key) && suggestion.front() == '[')
        return applied(text, config::setValueSplice(text, problem.path, suggestion));
    std::string& scalar = scalars[concerned];
    scalar = suggestion.rfind("${", 0) == 0 ? withReference(scalar, suggestion) : suggestion;
    if (value != nullptr && value->list && concerned < value->scalars.size()) {
        // Only the item, so that the list's layout stays.
        const config::WrittenScalar& item = value->scalars[concerned];
        std::string written = config::writeScalars(*key, {scalar});
        if (isListKey(*key)) written = written.substr(1, written.size() - 2);
        return config::apply(text, {item.begin, item.end, written});
    }
    return applied(text, config::setValueSplice(text, problem.path, config::writeScalars(*key, scalars)));
}

}  // namespace switchyard::ui
