// SPDX-License-Identifier: GPL-3.0-or-later
// Prints the texts of the configuration's table as lupdate finds them in sources:
//   schema_words > FILE.cpp
// Called by docs/update_translations.sh.
#include <cstdio>
#include <set>
#include <string>

#include "core/base/config/schema.h"

using namespace switchyard;

namespace {

void print(const std::string& text) {
    static std::set<std::string> seen;
    if (text.empty() || !seen.insert(text).second) return;
    std::string quoted;
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    std::printf("QT_TRANSLATE_NOOP(\"Schema\", \"%s\");\n", quoted.c_str());
}

}  // namespace

int main() {
    for (const SectionSpec& section : schemaSections()) print(section.title);
    for (const KeySpec& key : schema()) {
        print(key.label);
        print(key.doc);
        print(key.unit);
    }
    return 0;
}
