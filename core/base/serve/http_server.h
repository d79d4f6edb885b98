// SPDX-License-Identifier: MIT
// HTTP/1.1 on a listening socket, by cpp-httplib, with limits of our own: sizes and times of requests, connections,
// bytes that all requests hold together. It knows nothing of what is served.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/io/file_descriptor.h"
#include "core/base/serve/frame.h"

namespace switchyard::serve {

struct HttpRequest {
    std::string method;
    std::string path;  ///< decoded, without the query; printable ASCII
    std::string body;  ///< decompressed
    /// The header's value, by any case of its name; nothing where there is none.
    std::function<std::optional<std::string>(const std::string& name)> header;
    Clock::time_point arrival;  ///< of its first byte
};

struct HttpResponse {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    bool close = false;  ///< the connection ends with it
};

struct HttpLimits {
    std::size_t connections = 256;
    std::size_t head_bytes = 64 << 10;
    std::size_t body_bytes = 32 << 20;            ///< of one request, before and after decompression
    std::size_t bodies_bytes = 256 << 20;         ///< of all that are being read or answered
    std::chrono::milliseconds head_time{10'000};  ///< from a request's first byte to its last header
    std::chrono::milliseconds body_time{30'000};  ///< from there to the body's end
    std::chrono::milliseconds write_time{30'000};
    std::chrono::milliseconds idle_time{60'000};  ///< between requests
};

/// A listening socket. @param address numeric, or "localhost"   @param port 0 = any free one
/// Throws: Error(kUsage) for what is no address, Error(kIo) when it can not be had.
struct ListeningSocket {
    ListeningSocket(const std::string& address, int port);
    /// From now on connections are taken; until then they are refused.
    void listen();
    io::FileDescriptor fd;
    int port = 0;
    bool loopback = false;
    std::string url;  ///< "http://127.0.0.1:8000"
};

class HttpServer {
public:
    /// Asked with the head alone, before a body is read; an answer ends the request.
    using CheckHead = std::function<std::optional<HttpResponse>(const HttpRequest&)>;
    using Handler = std::function<HttpResponse(const HttpRequest&)>;

    /// Handlers are called from many threads at once, one a connection. What they throw is answered with 500.
    HttpServer(HttpLimits limits, CheckHead check_head, Handler handler, std::function<void()> on_refused_connection);
    ~HttpServer();
    /// Serves until drain(). Call once, from one thread. The socket is given away.
    void serve(io::FileDescriptor listening);
    /// No more connections; those that wait for a request are closed, others after the answer that is under way.
    /// Thread: any.
    void drain();
    std::int64_t connections() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace switchyard::serve
