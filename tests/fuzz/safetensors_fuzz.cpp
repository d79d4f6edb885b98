// SPDX-License-Identifier: MIT
// The safetensors reader: the bytes as they are, and once more with the header's length put right.
#include <cstring>
#include <limits>

#include "core/base/io/safetensors.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

namespace {

void check(std::string_view bytes) {
    const fuzz::MemoryFile file(bytes);
    fuzz::readsOrRefuses(ExitCode::kCorruptCheckpoint, [&] {
        const io::SafetensorsFile read(file.path());
        std::uint64_t position = 0, sum = 0;
        for (const io::TensorEntry& entry : read.entries()) {
            require(entry.begin == position && entry.end >= entry.begin, "tensors follow each other");
            position = entry.end;
            std::uint64_t expected = io::dtypeBytes(entry.dtype);
            for (const std::int64_t side : entry.shape) {
                require(side >= 0, "no side is negative");
                expected *= static_cast<std::uint64_t>(side);
            }
            require(expected == entry.end - entry.begin, "a tensor has the bytes of its shape");
            require(read.find(entry.name) == &entry, "a tensor is found by its name");
            const std::uint8_t* values = read.data(entry);
            for (std::uint64_t i = 0; i < expected; ++i) sum += values[i];
        }
        std::uint64_t header = 0;
        std::memcpy(&header, bytes.data(), sizeof header);
        require(sizeof header + header + position == bytes.size(), "the tensors end where the file does");
        require(sum <= std::numeric_limits<std::uint64_t>::max() / 2, "every byte was there");
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes = fuzz::asText(data, size);
    check(bytes);
    // Mutations seldom keep the length of the header right: put right here, so that the header itself is reached.
    const std::size_t end = bytes.rfind('}');
    if (size < 8 || end == std::string_view::npos || end < 8) return 0;
    std::string mended(bytes);
    const std::uint64_t length = end + 1 - 8;
    std::memcpy(mended.data(), &length, sizeof length);
    check(mended);
    return 0;
}
