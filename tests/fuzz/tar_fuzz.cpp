// SPDX-License-Identifier: MIT
// Tar archives: entries lie inside the file, and what a header says is never believed further than the file goes.
#include "core/base/io/tar.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

namespace {

/// Every block with the check sum that a header of these bytes would have: else hardly an input gets beyond it.
std::string withCheckSums(std::string bytes) {
    for (std::size_t begin = 0; begin + 512 <= bytes.size(); begin += 512) {
        unsigned sum = 8 * ' ';
        for (std::size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? 0U : static_cast<unsigned char>(bytes[begin + i]);
        if (sum == 8 * ' ') continue;  // a block of zeros ends an archive
        char digits[8];
        std::snprintf(digits, sizeof digits, "%06o", sum);
        bytes.replace(begin + 148, 7, digits, 7);
        bytes[begin + 155] = ' ';
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    if (size == 0) return 0;
    // The first byte says whether the check sums are made right.
    std::string bytes(fuzz::asText(data + 1, size - 1));
    if (data[0] % 8 != 0) bytes = withCheckSums(std::move(bytes));
    size = bytes.size();
    const fuzz::MemoryFile file(bytes);
    fuzz::readsOrRefuses(ExitCode::kBadData, [&] {
        io::TarReader reader(file.path());
        std::uint64_t after = 0;
        std::int64_t number = 0;
        while (const std::optional<io::TarEntry> entry = reader.next()) {
            require(entry->offset >= after + 512, "every entry has a header of its own");
            require(entry->offset <= size && entry->size <= size - entry->offset, "an entry lies inside the file");
            require(entry->number > number, "entries are counted");
            require(entry->name.size() <= 4096, "names are short");
            number = entry->number;
            after = entry->offset + entry->size;
            if (!entry->regular) continue;
            const std::vector<std::uint8_t> content = reader.read(*entry, size);
            require(fuzz::asText(content.data(), content.size()) == std::string_view(bytes).substr(entry->offset, entry->size), "an entry's bytes are the file's");
        }
    });
    return 0;
}
