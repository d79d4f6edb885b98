// SPDX-License-Identifier: MIT
// What a person types to find runs, the same in the window and in `switchyard runs list --search`:
//   words              in the name, a tag, the note or the state; all of them have to be there, -word must not be
//   "two words"        as one
//   tag:glue           a tag of exactly that name; state:failed,lost  one of those states; name:, note: part of it
//   experts=64         a config key by its last parts (model.moe.experts=64 is the same); step and loss as well
//   lr<1e-3 layers>=4  also <= > != ; * stands for anything: data.train=*flickr*
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/runs/run_status.h"

namespace switchyard::runs {

struct QueryTerm {
    enum class Kind { kWord, kTag, kState, kName, kNote, kConfig };
    enum class Compare { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
    Kind kind = Kind::kWord;
    bool negated = false;
    std::string key;  ///< kConfig: as typed
    Compare compare = Compare::kEqual;
    std::string value;  ///< folded, but for config values
};

/// Case is taken away by `fold`; the usual one knows ASCII.
using Fold = std::function<std::string(std::string_view)>;
std::string foldAscii(std::string_view text);

/// Thread: any; an object does not change once it is made.
class RunQuery {
public:
    RunQuery() = default;
    explicit RunQuery(std::string_view text, Fold fold = foldAscii);
    bool empty() const { return terms_.empty(); }
    const std::vector<QueryTerm>& terms() const { return terms_; }
    /// What can not be meant, as a sentence, "" = nothing: a key that no config has, an operator without a value.
    const std::string& problem() const { return problem_; }
    /// `text`: searchText(run) folded; given, so that a list folds it once.
    bool matches(const RunStatus& run, std::string_view text) const;
    bool matches(const RunStatus& run) const { return matches(run, fold_(searchText(run))); }

    /// Name, tags, note and state, one a line.
    static std::string searchText(const RunStatus& run);

private:
    bool fits(const QueryTerm& term, const RunStatus& run, std::string_view text) const;
    void add(std::string word, bool quoted);
    void check(const QueryTerm& term);

    Fold fold_ = foldAscii;
    std::vector<QueryTerm> terms_;
    std::string problem_;
};

/// Whether `typed` names the key: the whole path, or its last parts.
bool namesKey(std::string_view path, std::string_view typed);

}  // namespace switchyard::runs
