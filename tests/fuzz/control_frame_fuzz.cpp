// SPDX-License-Identifier: MIT
// What a program says to a run's supervisor.
#include "core/base/launch/control_frame.h"
#include "tests/fuzz/fuzz_tools.h"

using namespace switchyard;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::ProcessorLimit limit;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const launch::FramesRead whole = launch::readFrames(bytes);
    require(whole.used <= size, "no byte is used that is not there");
    std::string again;
    for (const nlohmann::json& frame : whole.frames) {
        require(frame.is_object(), "a frame is an object");
        again += launch::frameOf(frame);
    }
    const launch::FramesRead same = launch::readFrames(again);
    require(same.frames == whole.frames && same.used == again.size() && same.refusal.empty(),
            "what was read is written and read again");
    // A stream arrives in pieces.
    const std::size_t cut = size == 0 ? 0 : data[0] % size;
    launch::FramesRead first = launch::readFrames(bytes.substr(0, cut));
    if (first.refusal.empty()) {
        const launch::FramesRead rest = launch::readFrames(bytes.substr(first.used));
        first.frames.insert(first.frames.end(), rest.frames.begin(), rest.frames.end());
        require(first.frames == whole.frames && rest.refusal == whole.refusal, "pieces give what the whole gives");
    } else {
        require(!whole.refusal.empty(), "more bytes do not make a refused stream good");
    }
    return 0;
}
