// SPDX-License-Identifier: MIT
#include "core/base/serve/connection_stream.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace switchyard::serve {
namespace {

constexpr std::size_t kBufferBytes = 64 << 10, kMostLingerBytes = 4 << 20;
constexpr std::chrono::milliseconds kLinger{500};

}  // namespace

ConnectionStream::ConnectionStream(int fd, const HttpLimits& limits) : fd_(fd), limits_(limits) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool ConnectionStream::waitForRequest(int drained) {
    if (at_ == buffer_.size()) {
        if (!waitFor(fd_, POLLIN, Clock::now() + limits_.idle_time, drained)) return false;
        pollfd stop{drained, POLLIN, 0};
        if (poll(&stop, 1, 0) > 0) return false;
        if (!fill(Clock::now())) return false;
    }
    arrival_ = Clock::now();
    read_until_ = arrival_ + limits_.head_time;
    left_ = limits_.head_bytes;
    return true;
}

void ConnectionStream::beginBody() {
    read_until_ = Clock::now() + limits_.body_time;
    // Chunks have lines of their own around them.
    left_ = limits_.body_bytes + limits_.body_bytes / 4 + limits_.head_bytes;
}

bool ConnectionStream::fill(Clock::time_point until) {
    buffer_.resize(kBufferBytes);
    at_ = 0;
    for (;;) {
        const ssize_t got = recv(fd_, buffer_.data(), buffer_.size(), 0);
        if (got > 0) {
            buffer_.resize(static_cast<std::size_t>(got));
            return true;
        }
        const bool again =
            got < 0 && (errno == EINTR || ((errno == EAGAIN || errno == EWOULDBLOCK) && waitFor(fd_, POLLIN, until)));
        if (!again) break;
    }
    buffer_.clear();
    return false;
}

ssize_t ConnectionStream::read(char* into, std::size_t size) {
    if (left_ == 0 || (at_ == buffer_.size() && !fill(read_until_))) {
        must_close_ = true;
        return -1;
    }
    const std::size_t count = std::min({size, buffer_.size() - at_, left_});
    std::memcpy(into, buffer_.data() + at_, count);
    at_ += count;
    left_ -= count;
    return static_cast<ssize_t>(count);
}

ssize_t ConnectionStream::write(const char* bytes, std::size_t size) {
    const Clock::time_point until = Clock::now() + limits_.write_time;
    for (std::size_t done = 0; done < size;) {
        const ssize_t sent = send(fd_, bytes + done, size - done, MSG_NOSIGNAL);
        if (sent > 0) {
            done += static_cast<std::size_t>(sent);
        } else if (errno != EINTR && !((errno == EAGAIN || errno == EWOULDBLOCK) && waitFor(fd_, POLLOUT, until))) {
            must_close_ = true;
            return -1;
        }
    }
    return static_cast<ssize_t>(size);
}

void ConnectionStream::linger() {
    shutdown(fd_, SHUT_WR);
    const Clock::time_point until = Clock::now() + kLinger;
    std::array<char, 16 << 10> unread{};
    for (std::size_t seen = 0; seen < kMostLingerBytes;) {
        const ssize_t got = recv(fd_, unread.data(), unread.size(), 0);
        if (got > 0) {
            seen += static_cast<std::size_t>(got);
        } else if (got == 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) ||
                   !waitFor(fd_, POLLIN, until)) {
            return;
        }
    }
}

// No one asks for them: nothing is logged or decided by a client's address.
void ConnectionStream::get_remote_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
}
void ConnectionStream::get_local_ip_and_port(std::string& ip, int& port) const {
    ip.clear();
    port = 0;
}

}  // namespace switchyard::serve
