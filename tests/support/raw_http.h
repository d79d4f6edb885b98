// SPDX-License-Identifier: MIT
// Bytes over a connection, for what no HTTP client would send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>

namespace switchyard::test {

class RawConnection {
public:
    explicit RawConnection(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~RawConnection() { close(fd_); }
    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;
    bool connected() const { return connected_; }
    bool send(const std::string& bytes) {
        for (std::size_t done = 0; done < bytes.size();) {
            const ssize_t sent = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            done += static_cast<std::size_t>(sent);
        }
        return true;
    }
    void endOfRequest() { shutdown(fd_, SHUT_WR); }
    /// All until the server closes the connection, or `ms` have passed; closed() tells which.
    std::string readAll(int ms) {
        std::string all;
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(ms);
        std::array<char, 65536> buffer{};
        for (;;) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
            pollfd ready{fd_, POLLIN, 0};
            if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) <= 0) return all;
            const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
            if (got <= 0) {
                closed_ = true;
                return all;
            }
            all.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    bool closed() const { return closed_; }

private:
    int fd_;
    bool connected_ = false, closed_ = false;
};

/// The status of an answer, 0 for none.
inline int statusOf(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::atoi(answer.c_str() + 9) : 0;
}

}  // namespace switchyard::test
