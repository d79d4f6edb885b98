// SPDX-License-Identifier: MIT
#include "core/base/launch/control_frame.h"

#include <cstdint>

#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr int kDeepest = 8;

std::size_t lengthAt(std::string_view bytes) {
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < kFrameHeaderBytes; ++i) {
        length |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return length;
}

}  // namespace

FramesRead readFrames(std::string_view bytes) {
    FramesRead read;
    while (bytes.size() - read.used >= kFrameHeaderBytes) {
        const std::size_t length = lengthAt(bytes.substr(read.used));
        if (length == 0 || length > kLargestFrameBytes) {
            read.refusal = "a frame of " + std::to_string(length) + " bytes; 1 to " +
                           std::to_string(kLargestFrameBytes) + " are read";
            return read;
        }
        if (bytes.size() - read.used - kFrameHeaderBytes < length) return read;
        nlohmann::json object;
        std::string problem;
        if (!io::parseStrictJson(bytes.substr(read.used + kFrameHeaderBytes, length), kDeepest, &object, &problem)) {
            read.refusal = problem;
            return read;
        }
        if (!object.is_object()) {
            read.refusal = "not a JSON object";
            return read;
        }
        read.used += kFrameHeaderBytes + length;
        read.frames.push_back(std::move(object));
    }
    return read;
}

std::string frameOf(const nlohmann::json& object) {
    const std::string text = object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (text.size() > kLargestFrameBytes) {
        throw Error(ExitCode::kUsage, "A message of " + std::to_string(text.size()) + " bytes is too large");
    }
    std::string frame;
    for (std::size_t i = 0; i < kFrameHeaderBytes; ++i) frame += static_cast<char>(text.size() >> (8 * i) & 0xff);
    return frame + text;
}

}  // namespace switchyard::launch
