// SPDX-License-Identifier: MIT
#include "core/base/serve/http_server.h"

#include <fcntl.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>

#include "core/base/serve/connection_stream.h"
#include "core/base/serve/connection_threads.h"
#include "core/base/util/error.h"
#include "core/base/util/log.h"

namespace switchyard::serve {
namespace {

constexpr int kBacklog = 512;
constexpr std::size_t kLongestPath = 512;
constexpr const char* kBusy =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\n"
    "Content-Length: 34\r\n\r\n{\"error\":\"too many connections\"}\r\n";

/// The connection whose request this thread answers: httplib gives its handlers the request alone.
thread_local ConnectionStream* current_stream = nullptr;

bool isLoopback(const sockaddr* address) {
    if (address->sa_family == AF_INET)
        return (ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr) >> 24) == 127;
    return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

/// A request's share of the bytes that all of them hold.
class Held {
public:
    explicit Held(std::atomic<std::size_t>& all) : all_(all) {}
    ~Held() { all_ -= own_; }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    /// @return all requests' bytes
    std::size_t add(std::size_t bytes) {
        own_ += bytes;
        return all_ += bytes;
    }

private:
    std::atomic<std::size_t>& all_;
    std::size_t own_ = 0;
};

HttpResponse refusal(int status, const char* why) {
    return {status, std::string("{\"error\":\"") + why + "\"}", "application/json", {}, true};
}

HttpRequest toOurs(const httplib::Request& request) {
    HttpRequest ours;
    ours.method = request.method;
    ours.path = request.path;
    ours.header = [&request](const std::string& name) -> std::optional<std::string> {
        if (!request.has_header(name)) return std::nullopt;
        return request.get_header_value(name);
    };
    ours.arrival = current_stream->arrival();
    return ours;
}

void put(const HttpResponse& ours, httplib::Response& response) {
    response.status = ours.status;
    for (const auto& [name, value] : ours.headers) response.set_header(name, value);
    response.set_content(ours.body, ours.content_type);
    if (ours.close || current_stream->closes()) {
        response.set_header("Connection", "close");
        current_stream->mustClose();
    }
}

/// What httplib would take without a word, and read otherwise than a proxy before it might.
std::optional<HttpResponse> checkFraming(const httplib::Request& request, const HttpLimits& limits) {
    if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") {
        HttpResponse response = refusal(405, "the methods are GET, HEAD and POST");
        response.headers = {{"Allow", "GET, HEAD, POST"}};
        return response;
    }
    if (request.target.size() > kLongestPath) return refusal(414, "the path is too long");
    if (!request.path.starts_with('/')) return refusal(400, "a path begins with /");
    if (std::any_of(request.path.begin(), request.path.end(),
                    [](char letter) { return letter <= ' ' || letter > '~'; }))
        return refusal(400, "the path has letters that no path here has");
    const std::size_t lengths = request.get_header_value_count("Content-Length");
    const bool chunked = request.has_header("Transfer-Encoding");
    if (lengths > 1 || (lengths == 1 && chunked) || request.get_header_value_count("Transfer-Encoding") > 1)
        return refusal(400, "the body's length is told twice");
    if (chunked && request.get_header_value("Transfer-Encoding") != "chunked")
        return refusal(400, "the only transfer encoding is chunked");
    std::uint64_t length = 0;
    if (lengths == 1) {
        const std::string text = request.get_header_value("Content-Length");
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (problem != std::errc{} || end != text.data() + text.size())
            return refusal(400, "Content-Length is no number");
    }
    if (request.method != "POST" && (length > 0 || chunked)) return refusal(400, "a GET has no body");
    if (length > limits.body_bytes) return refusal(413, "the request is too large");
    const std::string encoding = request.get_header_value("Content-Encoding");
    if (!encoding.empty() && encoding != "identity" && encoding != "gzip" && encoding != "deflate" && encoding != "br")
        return refusal(415, "the content encodings are gzip, deflate and br");
    if (request.is_multipart_form_data()) return refusal(415, "forms are not read");
    return std::nullopt;
}

}  // namespace

ListeningSocket::ListeningSocket(const std::string& address, int wanted) {
    const std::string numeric = address == "localhost" ? "127.0.0.1" : address;
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(numeric.c_str(), std::to_string(wanted).c_str(), &hints, &found) != 0) {
        throw Error(ExitCode::kUsage, "--bind " + address + " is no address of a network", {},
                    "Give one such as 127.0.0.1, 0.0.0.0 or ::1");
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);
    loopback = isLoopback(found->ai_addr);
    fd = io::FileDescriptor(socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    // Not SO_REUSEPORT, httplib's own choice: two servers would share a port, and neither would know.
    if (fd.valid()) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!fd.valid() || bind(fd.get(), found->ai_addr, found->ai_addrlen) != 0) {
        throw Error(
            ExitCode::kIo, std::string("can not listen: ") + std::strerror(errno),
            numeric + ":" + std::to_string(wanted),
            errno == EADDRINUSE ? "Give another --port; 0 takes any free one" : "Give another --bind or --port");
    }
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size);
    port = ntohs(found->ai_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&bound)->sin_port
                                             : reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
    url = "http://" + (found->ai_family == AF_INET6 ? "[" + numeric + "]" : numeric) + ":" + std::to_string(port);
}

void ListeningSocket::listen() {
    if (::listen(fd.get(), kBacklog) != 0) {
        throw Error(ExitCode::kIo, std::string("can not listen: ") + std::strerror(errno), url, "Give another --port");
    }
}

class HttpServer::Impl : public httplib::Server {
public:
    Impl(HttpLimits limits, CheckHead check_head, HttpServer::Handler handler, std::function<void()> on_refused)
        : limits_(limits),
          check_head_(std::move(check_head)),
          handler_(std::move(handler)),
          on_refused_(std::move(on_refused)),
          drained_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
        new_task_queue = [this] { return new ConnectionThreads(limits_.connections); };
        set_keep_alive_max_count(1'000'000);  // only told to clients; the loop below counts none
        set_keep_alive_timeout(limits_.idle_time.count() / 1000);
        set_payload_max_length(limits_.body_bytes);
        set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
            return answerHead(request, response) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
        });
        Post("/.*", [this](const httplib::Request& request, httplib::Response& response,
                           const httplib::ContentReader& content) { answerBody(request, response, content); });
        set_exception_handler([](const httplib::Request&, httplib::Response& response, const std::exception_ptr&) {
            put(refusal(500, "the server failed"), response);
        });
        // Of answers that httplib makes itself, such as 400 for a head that is none.
        set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
            if (!response.body.empty()) return HandlerResponse::Unhandled;
            put(refusal(response.status, "the request is not HTTP as it is read here"), response);
            return HandlerResponse::Handled;
        }));
    }

    void serve(io::FileDescriptor listening) {
        accepting_ = std::this_thread::get_id();
        // httplib closes its socket and returns when a connection fails before it could be taken.
        while (!draining_) {
            svr_sock_ = fcntl(listening.get(), F_DUPFD_CLOEXEC, 0);
            listen_after_bind();
        }
        ended_ = true;
    }

    void drain() {
        draining_ = true;
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t wrote = ::write(drained_.get(), &one, sizeof one);
        // A server that does not run yet would not be stopped by stop().
        while (!is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        stop();
    }

    std::int64_t connections() const { return open_; }

private:
    bool process_and_close_socket(socket_t number) override {
        io::FileDescriptor fd(number);
        fcntl(number, F_SETFD, FD_CLOEXEC);
        if (std::this_thread::get_id() == accepting_) {
            on_refused_();
            send(number, kBusy, std::strlen(kBusy), MSG_NOSIGNAL | MSG_DONTWAIT);
            return false;
        }
        ++open_;
        ConnectionStream stream(number, limits_);
        current_stream = &stream;
        while (!draining_ && stream.waitForRequest(drained_.get())) {
            bool closed = false;
            try {
                const bool kept = process_request(stream, draining_, closed, [&stream](httplib::Request& request) {
                    stream.beginBody();
                    request.headers.erase("Range");  // httplib would cut answers
                    request.ranges.clear();
                    request.headers.erase("Accept-Encoding");  // or compress them, which takes longer than sending does
                });
                if (!kept || closed || stream.closes()) break;
            } catch (const std::exception& error) {
                logLine(LogLevel::kWarning, std::string("a connection is closed: ") + error.what());
                break;
            }
        }
        current_stream = nullptr;
        stream.linger();
        --open_;
        return true;
    }

    /// False: a body is to be read first.
    bool answerHead(const httplib::Request& request, httplib::Response& response) {
        if (std::optional<HttpResponse> wrong = checkFraming(request, limits_)) {
            put(*wrong, response);
            return true;
        }
        const HttpRequest ours = toOurs(request);
        if (std::optional<HttpResponse> wrong = check_head_(ours)) {
            wrong->close = wrong->close || request.method == "POST";  // its body stays unread
            put(*wrong, response);
            return true;
        }
        if (request.method == "POST") return false;
        put(handler_(ours), response);
        return true;
    }

    void answerBody(const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader& content) {
        HttpRequest ours = toOurs(request);
        Held held(held_);
        bool large = false, full = false;
        const bool whole = content([&](const char* bytes, std::size_t count) {
            large = ours.body.size() + count > limits_.body_bytes;
            full = held.add(count) > limits_.bodies_bytes;
            if (large || full) return false;
            ours.body.append(bytes, count);
            return true;
        });
        if (whole) {
            put(handler_(ours), response);
        } else if (full) {
            HttpResponse busy = refusal(429, "the server holds as many bytes of requests as it may");
            busy.headers = {{"Retry-After", "1"}};
            put(busy, response);
        } else if (large || response.status == 413) {
            put(refusal(413, "the request is too large"), response);
        } else {
            put(refusal(400, "the body is cut off or broken"), response);
        }
    }

    const HttpLimits limits_;
    const CheckHead check_head_;
    const HttpServer::Handler handler_;
    const std::function<void()> on_refused_;
    const io::FileDescriptor drained_;  ///< readable from drain() on
    std::atomic<bool> draining_{false}, ended_{false};
    std::atomic<std::size_t> held_{0};
    std::thread::id accepting_;
    std::atomic<std::int64_t> open_{0};
};

HttpServer::HttpServer(HttpLimits limits, CheckHead check_head, Handler handler,
                       std::function<void()> on_refused_connection)
    : impl_(std::make_unique<Impl>(limits, std::move(check_head), std::move(handler),
                                   std::move(on_refused_connection))) {}
HttpServer::~HttpServer() = default;

void HttpServer::serve(io::FileDescriptor listening) {
    impl_->serve(std::move(listening));
}
void HttpServer::drain() {
    impl_->drain();
}
std::int64_t HttpServer::connections() const {
    return impl_->connections();
}

}  // namespace switchyard::serve
