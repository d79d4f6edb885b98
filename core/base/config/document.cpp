// SPDX-License-Identifier: MIT
#include "core/base/config/document.h"

#include <algorithm>
#include <vector>

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
        const Node* map = &tree_.root;
        const Node* parent = nullptr;
        const MapEntry* entry = nullptr;
        for (const std::string& part : splitPath(path)) {
            entry = map->kind == NodeKind::kMap ? findEntry(*map, part) : nullptr;
            if (entry == nullptr) return std::nullopt;
            parent = map;
            map = &entry->value;
        }
        return parent->flow ? removeFromFlow(*parent, *entry)
                            : Splice{lineStart(entry->key_begin), nextLine(entryEnd(*entry)), ""};
    }

private:
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
        if (is_map)
            return insertLines(nextLine(map.end), blockEntry(parts, value, columnOf(map.entries.front().key_begin)));
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

/// The text at `path`, or nullopt when the path is absent or the text can not be read.
std::optional<std::string> valueAt(std::string_view text, std::string_view path) {
    const Tree tree = parseTree(text);
    if (!tree.well_formed) return std::nullopt;
    const Node* node = &tree.root;
    for (const std::string& part : splitPath(path)) {
        const MapEntry* entry = node->kind == NodeKind::kMap ? findEntry(*node, part) : nullptr;
        if (entry == nullptr) return std::nullopt;
        node = &entry->value;
    }
    return std::string(text.substr(node->begin, node->end - node->begin));
}

}  // namespace

std::optional<Splice> setValueSplice(std::string_view text, std::string_view path, std::string_view value_text) {
    const Editor editor(text);
    if (!editor.wellFormed() || path.empty()) return std::nullopt;
    std::optional<Splice> splice = editor.set(path, value_text);
    // A value that is no flow text, or a layout that this editor does not know ("? key"), shows here.
    if (splice && valueAt(config::apply(text, *splice), path) != value_text) return std::nullopt;
    return splice;
}

std::optional<Splice> removeValueSplice(std::string_view text, std::string_view path) {
    const Editor editor(text);
    if (!editor.wellFormed() || path.empty()) return std::nullopt;
    std::optional<Splice> splice = editor.remove(path);
    if (splice && !parseTree(config::apply(text, *splice)).well_formed) return std::nullopt;
    return splice;
}

std::string apply(std::string_view text, const Splice& splice) {
    std::string out(text.substr(0, splice.begin));
    out += splice.replacement;
    out += text.substr(splice.end);
    return out;
}

}  // namespace switchyard::config
