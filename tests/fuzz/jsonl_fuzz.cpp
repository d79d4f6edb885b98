// SPDX-License-Identifier: MIT
// JSONL records, and what of them may reach a terminal.
#include "core/base/io/jsonl.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

namespace {

void requireHarmless(const std::string& text) {
    const std::string shown = io::escapeForDisplay(text);
    require(io::isUtf8(shown), "what is shown is UTF-8");
    for (const char c : shown) {
        require(static_cast<unsigned char>(c) >= 0x20 && c != '\x7f', "what is shown has no control characters");
    }
    require(io::escapeForDisplay(shown) == shown, "what is shown needs no further escapes");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes = fuzz::asText(data, size);
    const fuzz::MemoryFile file(bytes);
    std::vector<io::BadRow> bad;
    std::vector<io::Record> records;
    const bool any = fuzz::readsOrRefuses(ExitCode::kBadData, [&] { records = io::readJsonl(file.path(), &bad); });
    for (const io::Record& record : records) {
        require(!record.id.empty(), "a record has a name");
        require(!record.image.empty() || !record.text.empty(), "a record has a picture or a text");
        for (const std::string* text : {&record.id, &record.image, &record.text, &record.question, &record.answer}) {
            require(io::isUtf8(*text), "texts are UTF-8");
            requireHarmless(*text);
        }
        for (const std::string& word : record.keywords) require(io::isUtf8(word), "keywords are UTF-8");
    }
    for (const io::BadRow& row : bad) requireHarmless(row.message);
    // Without a list for the bad rows, the first of them ends the reading.
    const bool all = fuzz::readsOrRefuses(ExitCode::kBadData, [&] { io::readJsonl(file.path()); });
    require(all == (any && bad.empty()), "a bad row is never passed over");
    requireHarmless(std::string(bytes));
    return 0;
}
