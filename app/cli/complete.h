// SPDX-License-Identifier: MIT
// What can stand at the end of a command line that is being typed.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace switchyard::cli {

struct Candidate {
    std::string word;
    std::string text;  ///< what it means; may be empty
};

struct Completion {
    std::vector<Candidate> candidates;  ///< those that begin with the last word
    bool files = false;                 ///< names of files fit as well
};

/// @param words  what follows `switchyard`; the last one is being typed and may be empty
/// Never throws for what the words say: a command that does not exist has no candidates.
Completion complete(const CLI::App& app, const std::vector<std::string>& words);

/// The function that a shell asks for: "bash", "zsh" or "fish". Throws: Error(kUsage).
std::string completionScript(const std::string& shell);

}  // namespace switchyard::cli
