// SPDX-License-Identifier: MIT
// How a program and a run's supervisor talk: frames of 4 bytes, the length as a little-endian number, and so many bytes
// of JSON, which is an object.
//
//   program -> supervisor   {"command": "status" | "pause" | "resume" | "checkpoint" | "stop" | "kill"}
//   supervisor -> program   {"ok": true, "state": "running", ...} or {"ok": false, "error": "..."}, one a request
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace switchyard::launch {

inline constexpr std::size_t kFrameHeaderBytes = 4;
inline constexpr std::size_t kLargestFrameBytes = 1 << 20;  ///< without the header

/// What a stream's bytes hold.
struct FramesRead {
    std::vector<nlohmann::json> frames;  ///< complete ones, in order
    std::size_t used = 0;                ///< bytes of them; the rest is the begin of the next one
    std::string refusal;  ///< why the stream can not be read on, "" when it can; later bytes mean nothing
};

/// The complete frames at the begin of `bytes`. A length of 0 or above the limit, and what is no strict JSON object
/// (io::parseStrictJson), refuse the stream. A pure function: never throws for any bytes, looks at no more than them.
FramesRead readFrames(std::string_view bytes);

/// Header and text of an object. Throws: Error(kUsage) when it is larger than a frame may be.
std::string frameOf(const nlohmann::json& object);

}  // namespace switchyard::launch
