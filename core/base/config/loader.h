// SPDX-License-Identifier: MIT
// Internal: from trees to a RunConfig, in steps: collect the values of all sources, replace references, read
// each value by its schema row.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config/config.h"
#include "core/base/config/values.h"
#include "core/base/config/yaml_tree.h"

namespace switchyard::config {

/// The first hundred, and a word that there are more.
void limitProblems(std::vector<Problem>* problems);

class Loader {
public:
    explicit Loader(std::string_view text) : lines_(text) {}

    void addText(const Tree& tree);
    void addOverride(const Override& override);
    /// Reads everything collected. Thread: once.
    LoadResult finish();

private:
    /// A key's value before it is read. Later sources replace earlier ones.
    struct Given {
        std::vector<ScalarText> scalars;   ///< one, or a list's items
        std::vector<std::size_t> offsets;  ///< of each, in the text
        bool is_list = false;
        bool is_null = false;
        bool in_text = false;  ///< false: from --set
        std::size_t offset = 0;
    };
    enum class State { kOpen, kRunning, kDone };

    void collect(const Node& node, const std::string& path, bool in_text);
    void collectLeaf(const Node& node, const KeySpec& key, bool in_text);
    void unknownKey(const std::string& path, const std::string& parent, const MapEntry& entry, bool in_text);
    Problem& complain(const std::string& path, bool in_text, std::size_t offset, std::string message,
                      std::string fix = {}, std::vector<std::string> suggestions = {});
    void fail(const std::string& path) { failed_.insert(path); }
    void readKey(const KeySpec& key, const Given& given);
    void settleLength();
    void addRuleProblems();

    bool expand(const std::string& path, const Given& given, std::size_t offset, ScalarText& scalar);
    const ScalarText* resolve(const std::string& path, const std::string& asked_by, const Given& asker,
                              std::size_t offset);
    std::string lineNote(const std::string& path) const;

    LineIndex lines_;
    std::map<std::string, Given, std::less<>> given_;
    std::map<std::string, State, std::less<>> states_;
    std::map<std::string, ScalarText, std::less<>> resolved_;
    std::set<std::string, std::less<>> failed_;
    LoadResult result_;
};

}  // namespace switchyard::config
