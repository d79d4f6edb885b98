// SPDX-License-Identifier: MIT
#include "core/base/serve/frame.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>

#include "core/base/io/strict_json.h"
#include "core/base/util/error.h"

namespace switchyard::serve {
namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kPrefixBytes = 12;

void putNumber(std::string* out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) *out += static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint64_t numberAt(const char* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
}

bool sendAll(int fd, const std::string& bytes, Clock::time_point until) {
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t sent = send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!waitFor(fd, POLLOUT, until)) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool receiveAll(int fd, char* into, std::size_t bytes, Clock::time_point until) {
    for (std::size_t done = 0; done < bytes;) {
        const ssize_t got = recv(fd, into + done, bytes - done, MSG_DONTWAIT);
        if (got > 0) {
            done += static_cast<std::size_t>(got);
        } else if (got == 0) {
            return false;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!waitFor(fd, POLLIN, until)) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool waitFor(int fd, short events, Clock::time_point until, int also) {
    for (;;) {
        int wait_ms = -1;
        if (until != Clock::time_point::max()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
            if (left <= 0) return false;
            wait_ms = static_cast<int>(std::min<std::int64_t>(left, 1'000'000));
        }
        std::array<pollfd, 2> ends{pollfd{fd, events, 0}, pollfd{also, POLLIN, 0}};
        const int ready = poll(ends.data(), ends.size(), wait_ms);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

bool sendFrame(int fd, const Frame& frame, Clock::time_point until) {
    const std::string head = frame.head.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (head.size() > kLargestHeadBytes || frame.body.size() > kLargestBodyBytes) {
        throw Error(ExitCode::kUsage,
                    "A message of " + std::to_string(head.size() + frame.body.size()) + " bytes is too large");
    }
    std::string prefix;
    putNumber(&prefix, head.size(), 4);
    putNumber(&prefix, frame.body.size(), 8);
    return sendAll(fd, prefix + head, until) && sendAll(fd, frame.body, until);
}

std::optional<Frame> receiveFrame(int fd, Clock::time_point until) {
    std::array<char, kPrefixBytes> prefix{};
    if (!receiveAll(fd, prefix.data(), prefix.size(), until)) return {};
    const std::uint64_t head_bytes = numberAt(prefix.data(), 4), body_bytes = numberAt(prefix.data() + 4, 8);
    if (head_bytes == 0 || head_bytes > kLargestHeadBytes || body_bytes > kLargestBodyBytes) return {};
    std::string head(head_bytes, '\0');
    Frame frame;
    if (!receiveAll(fd, head.data(), head.size(), until)) return {};
    std::string problem;
    if (!io::parseStrictJson(head, kDeepest, &frame.head, &problem) || !frame.head.is_object()) return {};
    frame.body.resize(body_bytes);
    if (!receiveAll(fd, frame.body.data(), frame.body.size(), until)) return {};
    return frame;
}

}  // namespace switchyard::serve
