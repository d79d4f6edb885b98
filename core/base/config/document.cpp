// SPDX-License-Identifier: MIT
#include "core/base/config/document.h"

#include <algorithm>
#include <vector>

#include "core/base/config/values.h"
#include "core/base/config/yaml_tree.h"

namespace switchyard::config {
namespace {

std::vector<std::string> splitPath(std::string_view path) {
    std::vector<std::string> parts(1);
    for (const char c : path) {
        if (c == '.') {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

/// The first entry with this key; a later one with the same key is an error that loadText reports.
const MapEntry* findEntry(const Node& map, const std::string& key) {
    const auto found = std::find_if(map.entries.begin(), map.entries.end(),
                                    [&](const MapEntry& entry) { return entry.plain_key && entry.key == key; });
    return found == map.entries.end() ? nullptr : &*found;
}

std::size_t entryEnd(const MapEntry& entry) {
    return std::max({entry.key_end, entry.colon_end, entry.value.end});
}

bool isAbsent(const Node& value) {
    return value.kind == NodeKind::kNull && value.begin == value.end;
}

class Editor {
public:
    explicit Editor(std::string_view text) : text_(text), tree_(parseTree(text)) {
        newline_ = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
        step_ = indentationStep(tree_.root);
    }

    bool wellFormed() const { return tree_.well_formed; }

    std::optional<Splice> set(std::string_view path, std::string_view value) const {
        const std::vector<std::string> parts = splitPath(path);
        const Node* map = &tree_.root;
        const MapEntry* section = nullptr;  // the entry whose value `map` is; none for the whole text
        bool in_flow = false;
        for (std::size_t depth = 0; depth < parts.size(); ++depth) {
            in_flow = in_flow || (map->kind == NodeKind::kMap && map->flow);
            const MapEntry* entry = map->kind == NodeKind::kMap ? findEntry(*map, parts[depth]) : nullptr;
            if (entry == nullptr) {
                return insert(*map, section, in_flow, {parts.begin() + static_cast<std::ptrdiff_t>(depth), parts.end()},
                              value);
            }
            section = entry;
            map = &entry->value;
        }
        return replace(*section, value);
    }

    std::optional<Splice> remove(std::string_view path) const {
        const auto [parent, entry] = find(path);
        if (entry == nullptr) return std::nullopt;
        if (parent->flow) return removeFromFlow(*parent, *entry);
        const std::size_t begin = lineStart(entry->key_begin);
        std::size_t end = nextLine(entryEnd(*entry));
        // So do comments below that stand deeper than the key: they were about the value, and a text that ends above
        // ("|") would take them for its own.
        const std::size_t column = entry->key_begin - begin;
        for (std::size_t next = text_.find_first_not_of(" \t\r\n", end);
             next != std::string_view::npos && text_[next] == '#' && next - lineStart(next) > column;
             next = text_.find_first_not_of(" \t\r\n", end)) {
            end = nextLine(next);
        }
        // Blank lines below would become part of a "|+" text that ends above: they go too.
        if (keptTextEndsAt(tree_.root, begin)) {
            for (std::size_t next = text_.find_first_not_of(" \t\r", end); next != std::string_view::npos && text_[next] == '\n';
                 next = text_.find_first_not_of(" \t\r", end)) {
                end = next + 1;
            }
        }
        return Splice{begin, end, ""};
    }

    std::optional<std::string> valueText(std::string_view path) const {
        const MapEntry* entry = find(path).second;
        if (entry == nullptr) return std::nullopt;
        return std::string(text_.substr(entry->value.begin, entry->value.end - entry->value.begin));
    }

    std::optional<Splice> rename(std::string_view path, std::string_view new_name) const {
        const MapEntry* entry = find(path).second;
        if (entry == nullptr) return std::nullopt;
        return Splice{entry->key_begin, entry->key_end, std::string(new_name)};
    }

private:
    /// The entry at `path` and the map it stands in; null when there is none.
    std::pair<const Node*, const MapEntry*> find(std::string_view path) const {
        const Node* map = &tree_.root;
        const Node* parent = nullptr;
        const MapEntry* entry = nullptr;
        for (const std::string& part : splitPath(path)) {
            entry = map->kind == NodeKind::kMap ? findEntry(*map, part) : nullptr;
            if (entry == nullptr) return {nullptr, nullptr};
            parent = map;
            map = &entry->value;
        }
        return {parent, entry};
    }

    /// Whether a text that owns its last line ends ("|+") ends at `offset`.
    bool keptTextEndsAt(const Node& node, std::size_t offset) const {
        if (node.kind == NodeKind::kScalar) return node.end == offset && node.end > node.begin && text_[offset - 1] == '\n';
        const auto inside = [&](const Node& part) { return keptTextEndsAt(part, offset); };
        return std::any_of(node.items.begin(), node.items.end(), inside) ||
               std::any_of(node.entries.begin(), node.entries.end(), [&](const MapEntry& entry) { return inside(entry.value); });
    }

    bool endsInBlockText(const Node& map) const {
        const Node* last = &map;
        while (last->kind == NodeKind::kMap && !last->flow && !last->entries.empty()) last = &last->entries.back().value;
        while (last->kind == NodeKind::kList && !last->flow && !last->items.empty()) last = &last->items.back();
        return last->kind == NodeKind::kScalar && (at(last->begin) == '|' || at(last->begin) == '>');
    }

    char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

    std::size_t lineStart(std::size_t offset) const {
        while (offset > 0 && text_[offset - 1] != '\n') --offset;
        return offset;
    }

    /// Start of the line after `offset`; `offset` itself when it is a line's start and follows another byte.
    std::size_t nextLine(std::size_t offset) const {
        if (offset > 0 && text_[offset - 1] == '\n') return offset;
        const std::size_t found = text_.find('\n', offset);
        return found == std::string_view::npos ? text_.size() : found + 1;
    }

    std::size_t columnOf(std::size_t offset) const { return offset - lineStart(offset); }

    /// Indentation of the first nested block section, relative to its parent; 2 in a file without one.
    std::size_t indentationStep(const Node& map) const {
        for (const MapEntry& entry : map.entries) {
            const Node& value = entry.value;
            if (value.kind != NodeKind::kMap || value.flow || map.flow || value.entries.empty()) continue;
            const std::size_t outer = columnOf(entry.key_begin);
            const std::size_t inner = columnOf(value.entries.front().key_begin);
            if (inner > outer) return inner - outer;
        }
        return 2;
    }

    Splice replace(const MapEntry& entry, std::string_view value) const {
        const Node& old = entry.value;
        const std::string text(value);
        if (isAbsent(old)) {
            const bool colon = entry.colon_end > entry.key_end;
            return {entry.colon_end, entry.colon_end, (colon ? " " : ": ") + text};
        }
        const bool block = (old.kind == NodeKind::kList || old.kind == NodeKind::kMap) && !old.flow;
        const bool whole_lines = text_[old.end - 1] == '\n';  // a "|+" text owns its last line ends
        if (!block) return {old.begin, old.end, whole_lines ? text + newline_ : text};
        // A block list starts on a line of its own: the new value moves up behind the colon, before the comments
        // that stand in between.
        std::string between(text_.substr(entry.colon_end, old.begin - entry.colon_end));
        between.erase(between.find_last_not_of(" \t\r\n") + 1);
        return {entry.colon_end, old.end, " " + text + between};
    }

    /// "a: {b: value}"
    static std::string flowEntry(const std::vector<std::string>& parts, std::string_view value) {
        std::string out;
        for (std::size_t i = 0; i + 1 < parts.size(); ++i) out += parts[i] + ": {";
        return out + parts.back() + ": " + std::string(value) + std::string(parts.size() - 1, '}');
    }

    /// Whole lines, the first key at `indent`.
    std::string blockEntry(const std::vector<std::string>& parts, std::string_view value, std::size_t indent) const {
        std::string out;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            out += std::string(indent + i * step_, ' ') + parts[i] + ":";
            if (i + 1 == parts.size()) out += " " + std::string(value);
            out += newline_;
        }
        return out;
    }

    /// New lines from `offset` on, which is a line's start or the end of a text without a last line end.
    Splice insertLines(std::size_t offset, const std::string& lines) const {
        const bool unfinished = offset > 0 && text_[offset - 1] != '\n';
        return {offset, offset, (unfinished ? newline_ : std::string()) + lines};
    }

    std::optional<Splice> insert(const Node& map, const MapEntry* section, bool in_flow,
                                 const std::vector<std::string>& parts, std::string_view value) const {
        const bool is_map = map.kind == NodeKind::kMap;
        if (is_map && map.flow) {
            if (map.entries.empty()) return Splice{map.begin + 1, map.begin + 1, flowEntry(parts, value)};
            const std::size_t end = entryEnd(map.entries.back());
            return Splice{end, end, ", " + flowEntry(parts, value)};
        }
        if (is_map) {
            // A "|" text at the very end has no last line end, and a line below would give it one: go above it.
            const std::size_t below = nextLine(map.end);
            const bool above = below == text_.size() && text_.back() != '\n' && endsInBlockText(map);
            return insertLines(above ? lineStart(map.entries.back().key_begin) : below,
                               blockEntry(parts, value, columnOf(map.entries.front().key_begin)));
        }
        if (section == nullptr) {
            if (!isAbsent(map)) return Splice{map.begin, map.end, flowEntry(parts, value)};
            return insertLines(text_.size(), blockEntry(parts, value, 0));
        }
        if (!isAbsent(map) || in_flow) return replace(*section, "{" + flowEntry(parts, value) + "}");
        return insertLines(nextLine(section->colon_end),
                           blockEntry(parts, value, columnOf(section->key_begin) + step_));
    }

    Splice removeFromFlow(const Node& map, const MapEntry& entry) const {
        const std::size_t index = static_cast<std::size_t>(&entry - map.entries.data());
        if (index + 1 < map.entries.size()) return {entry.key_begin, map.entries[index + 1].key_begin, ""};
        if (index > 0) return {entryEnd(map.entries[index - 1]), entryEnd(entry), ""};
        std::size_t end = entryEnd(entry);  // the only one: a comma after it must go too
        std::size_t next = end;
        while (at(next) == ' ' || at(next) == '\t') ++next;
        if (at(next) == ',') end = next + 1;
        return {entry.key_begin, end, ""};
    }

    std::string_view text_;
    Tree tree_;
    std::string newline_;
    std::size_t step_ = 2;
};

void collectWritten(const Node& map, const std::string& path, std::vector<WrittenValue>& found) {
    for (const MapEntry& entry : map.entries) {
        if (&entry != findEntry(map, entry.key) || entry.key.find('.') != std::string::npos) continue;
        const std::string key_path = path.empty() ? entry.key : path + "." + entry.key;
        const Node& node = entry.value;
        if (findKey(key_path) == nullptr) {
            if (node.kind == NodeKind::kMap) collectWritten(node, key_path, found);
            continue;
        }
        WrittenValue value{key_path, entry.key_begin, entry.key_end, node.begin, node.end, false, {}};
        value.list = node.kind == NodeKind::kList;
        if (node.kind == NodeKind::kScalar) value.scalars.push_back({node.text, node.begin, node.end});
        for (const Node& item : node.items) value.scalars.push_back({item.text, item.begin, item.end});
        found.push_back(std::move(value));
    }
}

/// Made of a number's characters: safe without quotes, right or wrong.
bool isNumberLike(std::string_view text) {
    return text.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
           text.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

std::optional<Splice> setValueSplice(std::string_view text, std::string_view path, std::string_view value_text) {
    const Editor editor(text);
    if (!editor.wellFormed() || path.empty()) return std::nullopt;
    std::optional<Splice> splice = editor.set(path, value_text);
    // A value that is no flow text, or a layout that this editor does not know ("? key"), shows here.
    if (splice && valueText(config::apply(text, *splice), path) != value_text) return std::nullopt;
    return splice;
}

std::optional<Splice> removeValueSplice(std::string_view text, std::string_view path) {
    const Editor editor(text);
    if (!editor.wellFormed() || path.empty()) return std::nullopt;
    std::optional<Splice> splice = editor.remove(path);
    if (splice && !parseTree(config::apply(text, *splice)).well_formed) return std::nullopt;
    return splice;
}

std::optional<Splice> renameKeySplice(std::string_view text, std::string_view path, std::string_view new_name) {
    const Editor editor(text);
    if (!editor.wellFormed() || path.empty()) return std::nullopt;
    return editor.rename(path, new_name);
}

std::optional<std::string> valueText(std::string_view text, std::string_view path) {
    const Editor editor(text);
    if (!editor.wellFormed()) return std::nullopt;
    return editor.valueText(path);
}

std::optional<std::vector<WrittenValue>> readWrittenValues(std::string_view text) {
    const Tree tree = parseTree(text);
    if (!tree.well_formed) return std::nullopt;
    std::vector<WrittenValue> found;
    collectWritten(tree.root, "", found);
    return found;
}

std::string writeScalars(const KeySpec& key, const std::vector<std::string>& scalars) {
    const bool is_text = key.kind == ValueKind::kText || key.kind == ValueKind::kTextList;
    const bool is_list = key.kind == ValueKind::kTextList || key.kind == ValueKind::kRealList;
    const auto one = [&](const std::string& scalar) {
        const bool as_it_stands =
            key.kind == ValueKind::kBool ? scalar == "true" || scalar == "false" : !is_text && isNumberLike(scalar);
        return as_it_stands ? scalar : quoteWhenNeeded(scalar);
    };
    if (!is_list) return scalars.empty() ? quoteWhenNeeded("") : one(scalars.front());
    std::string out;
    for (const std::string& scalar : scalars) out += (out.empty() ? "" : ", ") + one(scalar);
    return "[" + out + "]";
}

std::string apply(std::string_view text, const Splice& splice) {
    std::string out(text.substr(0, splice.begin));
    out += splice.replacement;
    out += text.substr(splice.end);
    return out;
}

}  // namespace switchyard::config
