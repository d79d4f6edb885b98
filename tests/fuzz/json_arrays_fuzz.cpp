// SPDX-License-Identifier: MIT
// Large JSON files read as a stream, against the whole document parsed at once.
#include "core/base/io/json_arrays.h"

#include <nlohmann/json.hpp>

#include "core/base/io/jsonl.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes = fuzz::asText(data, size);
    const fuzz::MemoryFile file(bytes);
    std::int64_t elements = 0;
    std::vector<std::string> texts;
    io::JsonArrayEvents events;
    events.element = [&](const std::string& list, std::int64_t number, const io::JsonFields& fields) {
        ++elements;
        require(number >= 1, "elements are counted from 1");
        require(io::isUtf8(list), "names are UTF-8");
        if (const auto text = fields.text("caption")) require(io::isUtf8(*text), "texts are UTF-8");
    };
    events.text = [&](const std::string&, const std::string& value) { texts.push_back(value); };
    if (!fuzz::readsOrRefuses(ExitCode::kBadData, [&] { io::readJsonArrays(file.path(), events); })) return 0;
    // What was read is JSON, and nothing of it was passed over.
    const nlohmann::json whole = nlohmann::json::parse(bytes, nullptr, /*allow_exceptions=*/false);
    require(whole.is_object(), "only an object is read");
    std::int64_t of_whole = 0;
    for (const auto& [name, value] : whole.items()) of_whole += value.is_array() ? static_cast<std::int64_t>(value.size()) : 0;
    // A name that stands twice is read twice here; the parser keeps one of them.
    require(elements >= of_whole, "every element is told");
    return 0;
}
