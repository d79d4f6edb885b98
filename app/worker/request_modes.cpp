// SPDX-License-Identifier: MIT
#include "app/worker/request_modes.h"

#include <ATen/Parallel.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include "app/worker/failure.h"
#include "core/eval/requests.h"
#include "core/train/peak_memory.h"

namespace switchyard::worker {
namespace {

using nlohmann::json;

/// Writes whole lines to a descriptor; a reader that is gone is no error of ours.
class LineWriter {
public:
    explicit LineWriter(int fd) : fd_(fd) {}
    void write(const json& message) {
        const std::string line = message.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        const std::lock_guard lock(mutex_);
        for (std::size_t sent = 0; sent < line.size();) {
            const ssize_t count = ::write(fd_, line.data() + sent, line.size() - sent);
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) return;
            sent += static_cast<std::size_t>(count);
        }
    }

private:
    int fd_;
    std::mutex mutex_;
};

json progressJson(std::int64_t done, std::int64_t total, const std::string& what) {
    return {{"done", done}, {"total", total}, {"what", what}};
}

json parseRequest(const std::string& text) {
    json request = json::parse(text, nullptr, false);
    if (!request.is_object()) throw Error(ExitCode::kUsage, "The request is not a JSON object", "--request");
    return request;
}

/// Requests that have come in and were not answered yet, filled by the thread that reads stdin.
class Inbox {
public:
    void put(json request) {
        const std::lock_guard lock(mutex_);
        if (request.contains("cancel")) {
            cancelled_.insert(request["cancel"].dump());
        } else {
            waiting_.push_back(std::move(request));
        }
        changed_.notify_all();
    }
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }
    /// False when no request will come any more.
    bool take(json* request) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) return false;
        *request = std::move(waiting_.front());
        waiting_.pop_front();
        return true;
    }
    /// Whoever asked is gone or does not want the answer any more.
    bool cancelled(const json& id) {
        const std::lock_guard lock(mutex_);
        return closed_ || cancelled_.contains(id.dump());
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<json> waiting_;
    std::set<std::string> cancelled_;
    bool closed_ = false;
};

void readRequests(Inbox& inbox, LineWriter& answers) {
    for (std::string line; std::getline(std::cin, line);) {
        if (line.empty()) continue;
        json request = json::parse(line, nullptr, false);
        if (request.is_object() && request.contains("id")) {
            inbox.put(std::move(request));
        } else {
            const Error error(ExitCode::kUsage, "A request is one JSON object with an \"id\" a line", "stdin");
            answers.write({{"id", nullptr}, {"error", errorJson(error)}});
        }
    }
    inbox.close();
}

}  // namespace

void setUpComputing() {
    train::keepFreedMemory();
    at::set_num_interop_threads(1);
}

int answerRequest(const std::string& text) {
    const char* given = std::getenv("SWITCHYARD_ANSWER_FD");
    const bool told = given != nullptr && *given != '\0';
    LineWriter answers(told ? std::atoi(given) : STDOUT_FILENO);
    try {
        setUpComputing();
        eval::RequestServer server;
        const json result =
            server.handle(parseRequest(text), [&](std::int64_t done, std::int64_t total, const std::string& what) {
                if (told) answers.write({{"progress", progressJson(done, total, what)}});
                return true;
            });
        answers.write(told ? json{{"result", result}} : result);
        return 0;
    } catch (...) {
        const Error error = currentError("switchyard-worker");
        if (told) {
            answers.write({{"error", errorJson(error)}});
        } else {
            std::cerr << error.what() << std::endl;
        }
        return static_cast<int>(error.code());
    }
}

int serveChannel() {
    setUpComputing();
    LineWriter answers(STDOUT_FILENO);
    Inbox inbox;
    std::thread reader([&] { readRequests(inbox, answers); });
    eval::RequestServer server;
    for (json request; inbox.take(&request);) {
        const json id = request["id"];
        try {
            const json result =
                server.handle(request, [&](std::int64_t done, std::int64_t total, const std::string& what) {
                    answers.write({{"id", id}, {"progress", progressJson(done, total, what)}});
                    return !inbox.cancelled(id);
                });
            answers.write({{"id", id}, {"result", result}});
        } catch (...) {
            answers.write({{"id", id}, {"error", errorJson(currentError("switchyard-worker"))}});
        }
    }
    reader.join();
    return 0;
}

}  // namespace switchyard::worker
