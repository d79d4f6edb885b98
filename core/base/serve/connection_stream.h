// SPDX-License-Identifier: MIT
// A connection as cpp-httplib reads and writes it, under limits of time and size that hold for a whole request: its own
// limits hold for one read, so that a client that sends a byte now and then would hold a thread for ever.
#pragma once

#include <httplib.h>

#include <string>

#include "core/base/serve/http_server.h"

namespace switchyard::serve {

/// Thread: one thread.
class ConnectionStream : public httplib::Stream {
public:
    /// @param fd set to non-blocking; stays the caller's
    ConnectionStream(int fd, const HttpLimits& limits);

    /// Waits for a request's first byte. False when none came in `limits.idle_time`, `drained` became readable, or the
    /// client is gone.
    bool waitForRequest(int drained);
    /// The head has been read: the body's limits hold from now on.
    void beginBody();
    /// What is left of this request will not be read, so the connection can not be used for another.
    void mustClose() { must_close_ = true; }
    bool closes() const { return must_close_; }
    Clock::time_point arrival() const { return arrival_; }
    /// Ends our side and waits a moment for the client to end its own: closed at once with unread bytes there, the last
    /// answer might never reach it.
    void linger();

    bool is_readable() const override { return true; }
    bool is_writable() const override { return true; }
    ssize_t read(char* into, std::size_t size) override;
    ssize_t write(const char* bytes, std::size_t size) override;
    void get_remote_ip_and_port(std::string& ip, int& port) const override;
    void get_local_ip_and_port(std::string& ip, int& port) const override;
    socket_t socket() const override { return fd_; }

private:
    bool fill(Clock::time_point until);

    const int fd_;
    const HttpLimits& limits_;
    std::string buffer_;  ///< read and not yet asked for from `at_` on
    std::size_t at_ = 0;
    std::size_t left_ = 0;  ///< bytes that this part of the request may still have
    Clock::time_point arrival_, read_until_;
    bool must_close_ = false;
};

}  // namespace switchyard::serve
