// SPDX-License-Identifier: MIT
// A checkpoint's manifest.
#include "core/base/io/manifest.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string text(fuzz::asText(data, size));
    io::Manifest manifest;
    const bool good = fuzz::readsOrRefuses(ExitCode::kCorruptCheckpoint,
                                           [&] { manifest = io::Manifest::fromJson(text, "manifest.json"); });
    if (!good) return 0;
    for (const io::ManifestFile& file : manifest.files) {
        require(!file.name.empty() && file.name.find('/') == std::string::npos && file.name.front() != '.',
                "a file stays in its folder");
    }
    for (const io::ManifestTensor& tensor : manifest.tensors) {
        std::int64_t whole = 1;
        for (const std::int64_t side : tensor.global_shape) {
            require(side >= 0 && !__builtin_mul_overflow(whole, side, &whole), "a shape's product fits");
        }
        const auto run = tensor.run();
        if (!run) continue;
        require(run->first >= 0 && run->count >= 0 && (run->count == 0 || run->first <= whole - run->count),
                "a run lies in its tensor");
    }
    const std::string written = manifest.toJson();
    require(io::Manifest::fromJson(written, "manifest.json").toJson() == written,
            "a manifest is the same when it is written and read");
    return 0;
}
