// SPDX-License-Identifier: MIT
#include "app/cli/complete.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "app/cli/command_tree.h"
#include "app/cli/find_run.h"
#include "core/base/config/schema.h"
#include "core/base/runs/run_folder.h"

namespace switchyard::cli {
namespace {

/// Where the typing has got to.
struct Position {
    const CLI::App* command = nullptr;
    const CLI::Option* awaits = nullptr;  ///< the option whose value comes next
    std::size_t positionals = 0;          ///< words without a dash so far
    bool only_words = false;              ///< behind "--"
    std::string runs_dir;
};

bool startsWith(std::string_view text, std::string_view head) {
    return text.substr(0, head.size()) == head;
}

bool isDashed(const std::string& word) {
    return word.size() > 1 && word[0] == '-';
}

const CLI::Option* findOption(const CLI::App& command, const std::string& name) {
    for (const CLI::Option* option : shownOptions(command)) {
        const std::vector<std::string> names = namesOf(*option);
        if (std::find(names.begin(), names.end(), name) != names.end()) return option;
    }
    return nullptr;
}

void dashedWord(const std::string& word, Position& at) {
    at.awaits = nullptr;
    if (word == "--") {
        at.only_words = true;
        return;
    }
    const std::size_t equals = word.find('=');
    if (startsWith(word, "--runs-dir=")) at.runs_dir = word.substr(equals + 1);
    if (equals != std::string::npos) return;
    const CLI::Option* option = findOption(*at.command, word);
    if (option != nullptr && takesValue(*option)) at.awaits = option;
}

void plainWord(const std::string& word, Position& at) {
    if (at.awaits != nullptr) {
        if (at.awaits->check_lname("runs-dir")) at.runs_dir = word;
        if (!takesSeveral(*at.awaits)) at.awaits = nullptr;
        return;
    }
    const CLI::App* command = at.only_words ? nullptr : findCommand(*at.command, word);
    if (command != nullptr)
        at.command = command;
    else
        ++at.positionals;
}

Position follow(const CLI::App& app, const std::vector<std::string>& words) {
    Position at;
    at.command = &app;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (!at.only_words && isDashed(words[i]))
            dashedWord(words[i], at);
        else
            plainWord(words[i], at);
    }
    return at;
}

/// `typed` is what stands behind the "=" of "key=typed"; `before` all up to it.
void keyValues(const KeySpec& key, const std::string& before, Completion& out) {
    std::vector<std::string> values = key.choices;
    if (key.kind == ValueKind::kBool) values = {"true", "false"};
    for (const std::string& value : values) out.candidates.push_back({before + value, {}});
}

/// "section.key=" of the schema, then the values of keys that have a list of them.
void configKeys(const std::string& typed, const std::string& section, Completion& out) {
    const std::size_t equals = typed.find('=');
    if (equals != std::string::npos) {
        const KeySpec* key = findKey(section + typed.substr(0, equals));
        if (key != nullptr) keyValues(*key, typed.substr(0, equals + 1), out);
        return;
    }
    for (const KeySpec& key : schema()) {
        if (startsWith(key.path, section)) out.candidates.push_back({key.path.substr(section.size()) + "=", key.label});
    }
}

void runNames(const std::string& runs_dir, Completion& out) {
    std::error_code failure;
    const fs::path folder = runsFolder(runs_dir);
    if (!fs::is_directory(folder, failure)) return;
    for (const fs::path& run : runs::listRunFolders(folder)) out.candidates.push_back({run.filename().string(), {}});
}

std::string nameOf(const CLI::Option& option) {
    if (option.get_positional()) return option.get_name(true);
    return option.get_lnames().empty() ? std::string() : option.get_lnames().front();
}

void values(const CLI::Option& option, const std::string& typed, const Position& at, Completion& out) {
    static const std::set<std::string> kFiles = {"config",     "configs",   "file",     "files", "a",     "b",
                                                 "checkpoint", "other",     "data",     "root",  "out",   "dir",
                                                 "run-dir",    "runs-dir",  "image",    "index", "trace", "source",
                                                 "resume",     "tokenizer", "reference"};
    const std::string name = nameOf(option);
    for (const std::string& choice : choicesOf(option)) out.candidates.push_back({choice, {}});
    // `bench moe --set` takes keys of model.moe without their section, as the gates of `replay` do.
    const bool of_experts = name == "gate" || at.command->get_name() == "moe";
    if (name == "set" || name == "gate") configKeys(typed, of_experts ? "model.moe." : "", out);
    if (name == "run") runNames(at.runs_dir, out);
    if (name == "resume") out.candidates.push_back({"auto", "newest checkpoint of the run folder"});
    out.files = kFiles.count(name) != 0 || name == "run";
}

/// The first sentence, without its end: what fits beside a word.
std::string brief(const std::string& text) {
    const std::size_t end = std::min(text.find(". "), text.find('\n'));
    return text.substr(0, end);
}

void optionNames(const CLI::App& command, Completion& out) {
    for (const CLI::Option* option : shownOptions(command)) {
        for (const std::string& name : namesOf(*option))
            out.candidates.push_back({name, brief(option->get_description())});
    }
}

void nextWord(const std::string& typed, const Position& at, Completion& out) {
    const std::vector<const CLI::App*> commands = shownCommands(*at.command);
    if (!commands.empty() && at.positionals == 0) {
        for (const CLI::App* command : commands)
            out.candidates.push_back({command->get_name(), brief(command->get_description())});
        return;
    }
    const std::vector<const CLI::Option*> words = positionals(*at.command);
    if (words.empty()) return;
    if (at.positionals < words.size())
        values(*words[at.positionals], typed, at, out);
    else if (takesSeveral(*words.back()))
        values(*words.back(), typed, at, out);
}

}  // namespace

Completion complete(const CLI::App& app, const std::vector<std::string>& words) {
    Completion out;
    const std::string typed = words.empty() ? std::string() : words.back();
    const Position at = follow(app, words);
    const std::size_t equals = typed.find('=');
    if (at.awaits != nullptr && !isDashed(typed)) {
        values(*at.awaits, typed, at, out);
    } else if (!at.only_words && isDashed(typed) && equals != std::string::npos) {  // --option=value
        const CLI::Option* option = findOption(*at.command, typed.substr(0, equals));
        if (option != nullptr && takesValue(*option)) values(*option, typed.substr(equals + 1), at, out);
        for (Candidate& candidate : out.candidates) candidate.word.insert(0, typed.substr(0, equals + 1));
        out.files = false;  // a shell's own names of files would replace the whole word
    } else if (!at.only_words && !typed.empty() && typed[0] == '-') {
        optionNames(*at.command, out);
    } else {
        nextWord(typed, at, out);
    }
    out.candidates.erase(std::remove_if(out.candidates.begin(), out.candidates.end(),
                                        [&](const Candidate& candidate) { return !startsWith(candidate.word, typed); }),
                         out.candidates.end());
    return out;
}

}  // namespace switchyard::cli
