// SPDX-License-Identifier: MIT
#include "core/base/config/loader.h"

#include <algorithm>
#include <set>

#include "core/base/config/edit_distance.h"
#include "core/base/config/rules.h"

namespace switchyard::config {
namespace {

constexpr std::size_t kMaxProblems = 100;

bool isListKind(ValueKind kind) {
    return kind == ValueKind::kRealList || kind == ValueKind::kTextList;
}

/// Every section with the names right below it; "" is the top.
const std::map<std::string, std::vector<std::string>, std::less<>>& sections() {
    static const auto kSections = [] {
        std::map<std::string, std::vector<std::string>, std::less<>> sections;
        for (const KeySpec& key : schema()) {
            std::string path = key.path;
            while (!path.empty()) {
                const std::size_t dot = path.rfind('.');
                const std::string parent = dot == std::string::npos ? "" : path.substr(0, dot);
                const std::string name = dot == std::string::npos ? path : path.substr(dot + 1);
                std::vector<std::string>& names = sections[parent];
                if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
                path = parent;
            }
        }
        return sections;
    }();
    return kSections;
}

std::string joined(const std::string& parent, const std::string& name) {
    return parent.empty() ? name : parent + "." + name;
}

}  // namespace

void limitProblems(std::vector<Problem>* problems) {
    if (problems->size() <= kMaxProblems) return;
    problems->resize(kMaxProblems);
    problems->push_back({"", 0, 0, "There are more problems than these", "Correct them first", {}, false});
}

Problem& Loader::complain(const std::string& path, bool in_text, std::size_t offset, std::string message,
                          std::string fix, std::vector<std::string> suggestions) {
    const LineIndex::Place place = in_text ? lines_.at(offset) : LineIndex::Place{};
    if (!in_text) message = "--set: " + message;
    result_.problems.push_back(
        {path, place.line, place.column, std::move(message), std::move(fix), std::move(suggestions), false});
    return result_.problems.back();
}

void Loader::addText(const Tree& tree) {
    result_.problems.insert(result_.problems.end(), tree.problems.begin(), tree.problems.end());
    collect(tree.root, "", true);
}

void Loader::addOverride(const Override& override) {
    const KeySpec* key = findKey(override.path);
    if (key == nullptr && sections().find(override.path) == sections().end()) {
        const std::string near = suggestKey(override.path);
        complain(override.path, false, 0, "There is no key " + override.path,
                 near.empty() ? "See `switchyard config docs`" : "Did you mean " + near + "?",
                 near.empty() ? std::vector<std::string>{} : std::vector<std::string>{near});
        return;
    }
    // Free text is taken as it stands: YAML would cut "issue #3" at the '#' and trip over "a: b".
    const char first = override.value.empty() ? '\0' : override.value.front();
    if (key != nullptr && key->kind == ValueKind::kText && first != '"' && first != '\'') {
        Node node;
        node.kind = NodeKind::kScalar;
        node.text = override.value;
        collectLeaf(node, *key, false);
        return;
    }
    const Tree tree = parseTree(override.value, true);
    for (const Problem& problem : tree.problems) {
        complain(override.path, false, 0, override.path + ": " + problem.message, problem.fix);
    }
    if (!tree.problems.empty()) return;
    if (key != nullptr) {
        collectLeaf(tree.root, *key, false);
    } else {
        collect(tree.root, override.path, false);
    }
}

void Loader::collect(const Node& node, const std::string& path, bool in_text) {
    if (node.kind == NodeKind::kNull) return;  // an empty section: every key keeps its default
    if (node.kind != NodeKind::kMap) {
        complain(path, in_text, node.begin, path + " is a section of keys, not a value",
                 "Write its keys below it, as in " + path + ": {" + sections().find(path)->second.front() + ": ...}");
        return;
    }
    std::set<std::string> seen;
    for (const MapEntry& entry : node.entries) {
        if (!entry.plain_key || !seen.insert(entry.key).second) continue;  // told by the parser
        const std::string key_path = joined(path, entry.key);
        const KeySpec* key = entry.key.find('.') == std::string::npos ? findKey(key_path) : nullptr;
        if (key != nullptr) {
            collectLeaf(entry.value, *key, in_text);
        } else if (entry.key.find('.') == std::string::npos && sections().count(key_path) > 0) {
            collect(entry.value, key_path, in_text);
        } else if (result_.problems.size() <= kMaxProblems) {
            unknownKey(key_path, path, entry, in_text);
        }
    }
}

void Loader::unknownKey(const std::string& path, const std::string& parent, const MapEntry& entry, bool in_text) {
    const std::string message = "There is no key " + path.substr(0, 200);
    if (findKey(path) != nullptr || (entry.key.find('.') != std::string::npos && findKey(entry.key) != nullptr)) {
        complain(path, in_text, entry.key_begin, message,
                 "Dots work with --set only: nest the key in its section here");
        return;
    }
    const std::string sibling = nearest(entry.key, sections().find(parent)->second);
    const std::string near = sibling.empty() ? suggestKey(path) : joined(parent, sibling);
    std::vector<std::string> suggestions;
    if (!near.empty()) suggestions.push_back(near);
    complain(path, in_text, entry.key_begin, message,
             near.empty() ? "See `switchyard config docs` for all keys" : "Did you mean " + near + "?", suggestions);
}

void Loader::collectLeaf(const Node& node, const KeySpec& key, bool in_text) {
    Given given;
    given.in_text = in_text;
    given.offset = node.begin;
    if (in_text) result_.values.push_back({key.path, node.begin, node.end, lines_.at(node.begin).line});
    switch (node.kind) {
        case NodeKind::kNull:
            given.is_null = true;
            break;
        case NodeKind::kScalar:
            given.scalars.push_back({node.text, node.quoted});
            given.offsets.push_back(node.begin);
            break;
        case NodeKind::kList:
            given.is_list = true;
            for (const Node& item : node.items) {
                if (item.kind != NodeKind::kScalar) {
                    complain(key.path, in_text, item.begin, "Each item of " + key.path + " must be a single value");
                    fail(key.path);
                    return;
                }
                given.scalars.push_back({item.text, item.quoted});
                given.offsets.push_back(item.begin);
            }
            break;
        case NodeKind::kMap:
            complain(key.path, in_text, node.begin,
                     key.path + " must be " + kindName(key.kind) + ", not a section of keys");
            fail(key.path);
            return;
    }
    if (!in_text) failed_.erase(key.path);
    given_.insert_or_assign(key.path, std::move(given));
}

std::string Loader::lineNote(const std::string& path) const {
    const auto found = given_.find(path);
    if (found == given_.end() || !found->second.in_text) return path;
    return path + " (line " + std::to_string(lines_.at(found->second.offset).line) + ")";
}

/// Replaces every ${key} of a scalar; "$${" stands for "${". False: a problem was told.
bool Loader::expand(const std::string& path, const Given& given, std::size_t offset, ScalarText& scalar) {
    constexpr std::size_t kLongest = 65536;  // references to references may double with each level
    if (scalar.text.find("${") == std::string::npos) return true;
    std::string out;
    const std::string& text = scalar.text;
    const bool whole = text.rfind("${", 0) == 0 && text.find('}') == text.size() - 1;
    for (std::size_t i = 0; i < text.size();) {
        if (text.compare(i, 3, "$${") == 0) {
            out += "${";
            i += 3;
        } else if (text.compare(i, 2, "${") == 0) {
            const std::size_t close = text.find('}', i);
            if (close == std::string::npos) {
                complain(path, given.in_text, offset, "The reference in " + path + " is not closed",
                         "Write ${section.key}, or $${ for the characters themselves");
                return false;
            }
            const ScalarText* value = resolve(text.substr(i + 2, close - i - 2), path, given, offset);
            if (value == nullptr) return false;
            out += value->text;
            if (whole) scalar.quoted = value->quoted;  // the quotes were needed by the braces, not meant for the value
            i = close + 1;
        } else {
            out += text[i++];
        }
        if (out.size() > kLongest) {
            complain(path, given.in_text, offset, "The references in " + path + " make a text of more than 64 KiB");
            return false;
        }
    }
    scalar.text = std::move(out);
    return true;
}

const ScalarText* Loader::resolve(const std::string& path, const std::string& asked_by, const Given& asker,
                                  std::size_t offset) {
    const auto refuse = [&](const std::string& message, const std::string& fix,
                            std::vector<std::string> suggestions = {}) -> const ScalarText* {
        complain(asked_by, asker.in_text, offset, message, fix, std::move(suggestions));
        return nullptr;
    };
    const std::string name = path.substr(0, 100);
    const KeySpec* key = findKey(path);
    if (key == nullptr) {
        const std::string near = suggestKey(path);
        return refuse("The reference ${" + name + "} names no key", near.empty() ? "" : "Did you mean ${" + near + "}?",
                      near.empty() ? std::vector<std::string>{} : std::vector<std::string>{"${" + near + "}"});
    }
    if (isListKind(key->kind))
        return refuse("The reference ${" + name + "} names a list", "Only single values can be referred to");
    State& state = states_[path];
    if (state == State::kRunning) {
        return refuse("The reference ${" + name + "} in " + asked_by + " leads back to itself",
                      "Write a value in one of them");
    }
    if (state == State::kDone) {
        const auto found = resolved_.find(path);
        return found == resolved_.end() ? nullptr : &found->second;  // absent: its own problem was told
    }
    state = State::kRunning;
    ScalarText scalar;
    bool good = true;
    const auto found = given_.find(path);
    if (found == given_.end()) {
        const auto* text = std::get_if<std::string>(&key->default_value);
        scalar.text = text != nullptr ? *text : flowText(key->default_value);
    } else if (found->second.is_null || found->second.is_list) {
        good = false;  // told when that key itself is read
    } else {
        scalar = found->second.scalars.front();
        good = expand(path, found->second, found->second.offset, scalar);
        if (!good) fail(path);
    }
    states_[path] = State::kDone;
    if (!good) return nullptr;
    return &resolved_.insert_or_assign(path, std::move(scalar)).first->second;
}

void Loader::readKey(const KeySpec& key, const Given& given) {
    if (given.is_null) {
        const std::string fix = key.kind == ValueKind::kText ? "Write \"\" for an empty text, or remove the line"
                                : isListKind(key.kind)       ? "Write [] for an empty list, or remove the line"
                                                             : "Write a value, or remove the line for the default " +
                                                             formatValue(key, key.default_value);
        complain(key.path, given.in_text, given.offset, key.path + " has no value", fix);
        return fail(key.path);
    }
    if (given.is_list != isListKind(key.kind)) {
        const std::string message = key.path + " must be " + kindName(key.kind);
        if (given.is_list) {
            complain(key.path, given.in_text, given.offset, message + ", not a list");
        } else {
            const std::string text = given.scalars.front().text.substr(0, 200);
            const std::string item = "[" + (key.kind == ValueKind::kRealList ? text : quoteWhenNeeded(text)) + "]";
            complain(key.path, given.in_text, given.offset, message + ", not a single value", "Write " + item, {item});
        }
        return fail(key.path);
    }
    std::vector<ConfigValue> items;
    for (std::size_t i = 0; i < given.scalars.size(); ++i) {
        ScalarText scalar = given.scalars[i];
        if (isListKind(key.kind)) {
            if (!expand(key.path, given, given.offsets[i], scalar)) return fail(key.path);
        } else {
            const std::size_t before = result_.problems.size();
            const ScalarText* resolved = resolve(key.path, key.path, given, given.offset);
            if (resolved == nullptr) {
                if (result_.problems.size() == before && failed_.count(key.path) == 0) {
                    complain(key.path, given.in_text, given.offset, "The reference in " + key.path + " has no value");
                }
                return fail(key.path);
            }
            scalar = *resolved;
        }
        ReadValue read = readScalar(key, scalar);
        if (read.problem) {
            complain(key.path, given.in_text, given.offsets[i], read.problem->message, read.problem->fix,
                     read.problem->suggestions);
            return fail(key.path);
        }
        items.push_back(std::move(*read.value));
    }
    if (key.kind == ValueKind::kRealList) {
        std::vector<double> list;
        for (const ConfigValue& item : items) list.push_back(std::get<double>(item));
        key.set(result_.config, list);
    } else if (key.kind == ValueKind::kTextList) {
        std::vector<std::string> list;
        for (const ConfigValue& item : items) list.push_back(std::get<std::string>(item));
        key.set(result_.config, list);
    } else {
        key.set(result_.config, items.front());
    }
}

/// The length of a training is given by steps or by epochs. The one that is given puts the other's default out
/// of force, and one from --set replaces the other from the text.
void Loader::settleLength() {
    RunConfig::Train& train = result_.config.train;
    const auto steps = given_.find("train.steps");
    const auto epochs = given_.find("train.epochs");
    const bool has_steps = steps != given_.end() && train.steps > 0;
    const bool has_epochs = epochs != given_.end() && train.epochs > 0;
    if (has_epochs && steps == given_.end()) {
        train.steps = 0;
    } else if (has_epochs && has_steps && steps->second.in_text != epochs->second.in_text) {
        if (steps->second.in_text) {
            train.steps = 0;
        } else {
            train.epochs = 0;
        }
    }
}

void Loader::addRuleProblems() {
    for (RuleProblem& rule :
         checkRulesWithPlaces(result_.config, [this](const std::string& path) { return lineNote(path); })) {
        const bool spoilt = std::any_of(rule.keys.begin(), rule.keys.end(),
                                        [this](const std::string& path) { return failed_.count(path) > 0; });
        if (spoilt) continue;
        for (const std::string& path : rule.keys) {  // where the key keeps its default, the next one concerned
            const auto found = given_.find(path);
            if (found == given_.end() || !found->second.in_text) continue;
            const LineIndex::Place place = lines_.at(found->second.offset);
            rule.problem.line = place.line;
            rule.problem.column = place.column;
            break;
        }
        result_.problems.push_back(std::move(rule.problem));
    }
}

LoadResult Loader::finish() {
    result_.config = defaultConfig();
    for (const KeySpec& key : schema()) {
        const auto found = given_.find(key.path);
        if (found != given_.end() && failed_.count(key.path) == 0) readKey(key, found->second);
    }
    settleLength();
    addRuleProblems();
    std::stable_sort(result_.problems.begin(), result_.problems.end(), [](const Problem& a, const Problem& b) {
        const auto order = [](const Problem& p) { return p.line == 0 ? std::pair(1, 0) : std::pair(0, p.line); };
        return order(a) != order(b) ? order(a) < order(b) : a.column < b.column;
    });
    limitProblems(&result_.problems);
    return std::move(result_);
}

}  // namespace switchyard::config
