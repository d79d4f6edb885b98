// SPDX-License-Identifier: MIT
// Text of people and files inside Markdown and YAML.
#pragma once

#include <string>

namespace switchyard::share {

/// As it stands, whatever characters of Markdown and HTML it holds; one line.
std::string inMarkdown(const std::string& text);
/// `text` as code in a cell of a table.
std::string codeSpan(const std::string& text);
/// Lines as a block of code.
std::string codeBlock(const std::string& text);
/// A double-quoted scalar.
std::string inYaml(const std::string& text);

}  // namespace switchyard::share
