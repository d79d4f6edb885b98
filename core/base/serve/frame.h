// SPDX-License-Identifier: MIT
// How the server and its workers talk over a private socket pair: 4 bytes, the length of a JSON object, 8 bytes, the
// length of what follows it, both little-endian; then the object, then that many bytes (texts, pictures, numbers).
//
//   server -> worker   {"model", "parameters": {}, "columns": ["TEXT", ...], "rows": [[bytes of each column], ...]}
//                      the rows' values one after another
//   worker -> server   {"outputs": [{"name", "text": bool, "width"}], "rows": [{"bytes": [of each output]} |
//                      {"error", "status"}]}, the good rows' outputs one after another: fp32 numbers, or texts of 4
//                      bytes length each; or {"error", "status"} when no row could be answered
// The first frame of a worker is {"ready": the models (ServedSpec)} or {"error": {code, message, where, fix}}.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace switchyard::serve {

using Clock = std::chrono::steady_clock;

inline constexpr std::size_t kLargestHeadBytes = std::size_t{1} << 20;
inline constexpr std::size_t kLargestBodyBytes = std::size_t{512} << 20;

struct Frame {
    nlohmann::json head;
    std::string body;
};

/// False when the other side is gone or `until` has passed; the stream is then of no more use.
/// Throws: Error(kUsage) for a frame that is too large.
bool sendFrame(int fd, const Frame& frame, Clock::time_point until = Clock::time_point::max());
/// Nothing when the other side is gone, says what is no frame, or `until` has passed.
std::optional<Frame> receiveFrame(int fd, Clock::time_point until = Clock::time_point::max());

/// Waits until `fd` can be read (or written). False when `until` has passed. @param also another descriptor whose being
/// readable ends the wait as well, -1 for none
bool waitFor(int fd, short events, Clock::time_point until, int also = -1);

}  // namespace switchyard::serve
