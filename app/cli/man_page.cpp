// SPDX-License-Identifier: MIT
#include "app/cli/man_page.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "app/cli/command_tree.h"
#include "core/base/config/reference.h"

namespace switchyard::cli {
namespace {

/// Text as roff prints it: dashes that can be copied, no line that is taken for a request.
std::string roff(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c == '.' || c == '\'') && (i == 0 || text[i - 1] == '\n')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '`')
            out += "\\`";
        else if (c == '^')
            out += "\\(ha";
        else if (c == '~')
            out += "\\(ti";
        else
            out += c;
    }
    return out;
}

/// Text with `words` of Markdown in bold. Long lists in it may be broken behind "|" and ",".
std::string prose(const std::string& text) {
    std::string out;
    bool bold = false;
    for (std::size_t begin = 0;;) {
        const std::size_t tick = text.find('`', begin);
        out += roff(text.substr(begin, tick - begin));
        if (tick == std::string::npos) return out;
        bold = !bold;
        out += bold ? "\\fB" : "\\fR";
        begin = tick + 1;
    }
}

std::string quoted(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '"' ? std::string("\\(dq") : std::string(1, c);
    return "\"" + out + "\"";
}

std::string heading(const char* kind, const std::string& text) {
    return std::string(".") + kind + " " + quoted(roff(text)) + "\n";
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
    return text;
}

bool isTitle(const std::string& line) {
    return line.size() > 1 && line.back() == ':' && std::isupper(static_cast<unsigned char>(line[0])) != 0 &&
           line.size() < 20;
}

/// A footer of --help: indented lines stay as they are, "Examples:" is a heading of the page or a paragraph.
std::string footer(const std::string& text, bool headings) {
    std::string out;
    std::istringstream lines(text);
    bool verbatim = false;
    for (std::string line; std::getline(lines, line);) {
        const bool indented = line.rfind("  ", 0) == 0;
        if (indented != verbatim) out += indented ? ".nf\n" : ".fi\n";
        verbatim = indented;
        if (indented)
            out += roff(line.substr(2)) + "\n";
        else if (headings && isTitle(line))
            out += heading("SH", upper(line.substr(0, line.size() - 1)));
        else if (isTitle(line))
            out += ".PP\n" + roff(line) + "\n";
        else if (!line.empty())
            out += prose(line) + "\n";
        else
            out += ".PP\n";
    }
    // A paragraph that nothing follows is one too many.
    for (const std::string tail = ".PP\n.PP\n"; out.find(tail) != std::string::npos;)
        out.replace(out.find(tail), tail.size(), ".PP\n");
    return out + (verbatim ? ".fi\n" : "");
}

/// The same, which may be broken behind each `mark`: lists without blanks are longer than a line.
std::string breakable(const std::string& text, char mark) {
    std::string out;
    for (const char c : roff(text)) out += c == mark ? std::string(1, c) + "\\:" : std::string(1, c);
    return out;
}

/// "--set KEY=VALUE" in bold and italics.
std::string optionTerm(const CLI::Option& option) {
    std::string out;
    for (const std::string& name : namesOf(option)) out += (out.empty() ? "\\fB" : ", \\fB") + roff(name) + "\\fR";
    if (!takesValue(option)) return out;
    return out + " \\fI" + breakable(placeholder(option), '|') + "\\fR" + (takesSeveral(option) ? " ..." : "");
}

std::string described(const CLI::Option& option) {
    std::string text = prose(option.get_description());
    if (option.get_required() && !option.get_positional()) text += text.empty() ? "Required." : " (required)";
    if (!option.get_default_str().empty() && takesValue(option)) text += " [" + breakable(option.get_default_str(), ',') + "]";
    return (text.empty() ? "\\&" : text) + "\n";
}

std::string synopsis(const CLI::App& command) {
    std::string out;
    for (const CLI::Option* option : shownOptions(command)) {
        if (option->get_required()) out += " " + namesOf(*option).back() + " " + placeholder(*option);
    }
    for (const CLI::Option* word : positionals(command)) {
        const std::string name = upper(word->get_name(true)) + (takesSeveral(*word) ? "..." : "");
        out += word->get_required() ? " " + name : " [" + name + "]";
    }
    return out + (shownOptions(command).size() > 1 ? " [OPTIONS]" : "");  // --help is one
}

std::string options(const CLI::App& command) {
    std::string out;
    for (const CLI::Option* word : positionals(command)) {
        out += ".TP\n\\fI" + roff(upper(word->get_name(true))) + "\\fR\n" + described(*word);
    }
    for (const CLI::Option* option : shownOptions(command)) {
        if (option->check_lname("help")) continue;
        out += ".TP\n" + optionTerm(*option) + "\n" + described(*option);
    }
    return out;
}

std::string commands(const CLI::App& app, const std::string& parent) {
    std::string out;
    for (const CLI::App* command : shownCommands(app)) {
        const std::string name = parent + " " + command->get_name();
        const bool group = !shownCommands(*command).empty();
        out += heading("SS", name + (group ? " COMMAND" : synopsis(*command)));
        out += prose(command->get_description()) + ".\n";
        if (!group) out += options(*command);
        if (!command->get_footer().empty()) out += ".PP\n" + footer(command->get_footer(), false);
        out += commands(*command, name);
    }
    return out;
}

std::string begin(const char* name, const char* section) {
    return std::string(".TH ") + name + " " + section +
           " \"\" \"switchyard " SWITCHYARD_VERSION "\" \"Switchyard\"\n.nh\n.ad l\n";
}

}  // namespace

std::string commandPage(const CLI::App& app) {
    return begin("SWITCHYARD", "1") +
           ".SH NAME\nswitchyard \\- train, watch and query sparse mixture\\-of\\-experts models\n"
           ".SH SYNOPSIS\n\\fBswitchyard\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n"
           ".SH DESCRIPTION\n" +
           roff(app.get_description()) +
           "\n"
           "Data goes to the standard output, messages and progress to the standard error; \\fB\\-\\-json\\fR prints "
           "results as "
           "JSON.\nEvery command explains itself with \\fB\\-\\-help\\fR.\n"
           ".SH COMMANDS\n" +
           commands(app, "switchyard") + footer(app.get_footer(), true) +
           ".SH FILES\n.TP\n\\fI$XDG_DATA_HOME/switchyard\\fR\nRuns and imported pictures "
           "(~/.local/share/switchyard).\n"
           ".TP\n\\fI$XDG_CACHE_HOME/switchyard\\fR\nIndexes, tokenizers and decoded pictures, made anew when they are "
           "gone.\n"
           ".SH SEE ALSO\n.BR switchyard\\-config (5),\n.BR switchyard\\-worker (1),\n.BR switchyard\\-workbench (1)\n";
}

std::string configPage() {
    std::string out =
        begin("SWITCHYARD\\-CONFIG", "5") +
        ".SH NAME\nswitchyard-config \\- configuration of a Switchyard training\n.SH DESCRIPTION\n"
        "A YAML file. Every key may be left out; \\fB\\-\\-set\\fR \\fIsection.key=value\\fR overrides one from the "
        "command line;\n${section.key} stands for the value of another key.\n";
    for (const SectionSpec& section : schemaSections()) {
        out += heading("SH", section.title);
        for (const KeySpec& key : schema()) {
            if (key.path.substr(0, key.path.rfind('.')) != section.path) continue;
            out += ".TP\n\\fB" + roff(key.path) + "\\fR (" + roff(formatValue(key, key.default_value)) + ")\n" +
                   prose(key.doc) + "\n" + "Values: " + prose(config::allowedText(key)) +
                   (key.unit.empty() ? "" : " (" + roff(key.unit) + ")") + ".\n";
        }
    }
    return out + ".SH SEE ALSO\n.BR switchyard (1)\n";
}

}  // namespace switchyard::cli
