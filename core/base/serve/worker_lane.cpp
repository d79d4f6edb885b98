// SPDX-License-Identifier: MIT
#include "core/base/serve/worker_lane.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/base/launch/compute_request.h"
#include "core/base/launch/first_cause.h"
#include "core/base/util/log.h"

namespace switchyard::serve {
namespace {

using nlohmann::json;

constexpr std::chrono::milliseconds kLook{200}, kGrace{2'000}, kFirstBackoff{500}, kLongestBackoff{30'000};
constexpr std::chrono::minutes kLoadLimit{10}, kGoodWhile{1};

/// Parameters are equal within a batch, as are the columns.
Frame requestOf(const std::vector<JobPtr>& batch) {
    const InferRequest& first = batch.front()->request;
    Frame frame;
    frame.head = {{"model", batch.front()->model},
                  {"parameters", first.parameters},
                  {"columns", first.columns},
                  {"rows", json::array()}};
    for (const JobPtr& job : batch) {
        for (std::size_t row = 0; row < static_cast<std::size_t>(job->request.rows); ++row) {
            json lengths = json::array();
            for (const std::vector<std::string>& column : job->request.values) {
                lengths.push_back(column[row].size());
                frame.body += column[row];
            }
            frame.head["rows"].push_back(std::move(lengths));
        }
    }
    return frame;
}

/// A batch's answer, read row by row.
class AnswerReader {
public:
    explicit AnswerReader(const Frame& frame) : frame_(frame) {}

    /// Throws: nlohmann::json::exception, std::out_of_range for what is no answer.
    JobAnswer next(std::int64_t rows) {
        JobAnswer answer;
        for (const json& output : frame_.head.at("outputs")) {
            answer.tensors.push_back({output.at("name").get<std::string>(),
                                      output.at("text").get<bool>(),
                                      output.at("width").get<std::int64_t>(),
                                      {}});
        }
        for (std::int64_t i = 0; i < rows; ++i) {
            const json& row = frame_.head.at("rows").at(row_++);
            if (row.contains("error")) {
                if (answer.status != 200) continue;
                answer.status = row.at("status").get<int>();
                answer.error =
                    (rows > 1 ? "row " + std::to_string(i) + ": " : std::string()) + row.at("error").get<std::string>();
                continue;
            }
            for (std::size_t o = 0; o < answer.tensors.size(); ++o) {
                const auto bytes = row.at("bytes").at(o).get<std::size_t>();
                if (bytes > frame_.body.size() - at_) throw std::out_of_range("the answer is cut off");
                answer.tensors[o].data.append(frame_.body, at_, bytes);
                at_ += bytes;
            }
        }
        return answer;
    }

private:
    const Frame& frame_;
    std::size_t row_ = 0, at_ = 0;
};

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

WorkerLane::WorkerLane(int number, WorkerOptions options, JobQueue& queue, Metrics& metrics)
    : number_(number),
      options_(std::move(options)),
      queue_(queue),
      metrics_(metrics),
      first_ready_(first_.get_future()),
      thread_([this] { run(); }) {}

WorkerLane::~WorkerLane() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

bool WorkerLane::ready(std::chrono::milliseconds wait) {
    if (served_) return true;
    if (first_ready_.wait_for(wait) != std::future_status::ready) return false;
    served_ = first_ready_.get();
    return true;
}

void WorkerLane::run() {
    try {
        ServedSpec spec = start();
        identity_ = spec.identity;
        first_.set_value(std::move(spec));
    } catch (...) {
        process_.reset();
        first_.set_exception(std::current_exception());
        return;
    }
    while (!stopping_) {
        if (!process_->running()) lost("it ended");
        if (!serving_) {
            restart();
            continue;
        }
        const std::optional<std::vector<JobPtr>> batch = queue_.take(Clock::now() + kLook);
        if (!batch) break;
        if (!batch->empty()) exchange(*batch);
    }
    serving_ = false;
    socket_.close();  // which is how a worker is told to end
    process_->terminate(kGrace);
}

ServedSpec WorkerLane::start() {
    last_start_ = Clock::now();
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw Error(ExitCode::kIo, "no socket for the worker");
    socket_ = io::FileDescriptor(ends[0]);
    io::FileDescriptor theirs(ends[1]);
    launch::SpawnOptions options;
    options.argv = {launch::workerExecutable(), "--serve",
                    json{{"checkpoint", options_.checkpoint}, {"index", options_.index}}.dump(
                        -1, ' ', false, json::error_handler_t::replace)};
    options.environment = {{"SWITCHYARD_SERVE_FD", std::to_string(theirs.get())}};
    // Threads that spin while they wait for each other would take the time of the other workers' and of the server's.
    if (std::getenv("OMP_NUM_THREADS") == nullptr)
        options.environment["OMP_NUM_THREADS"] = std::to_string(options_.threads);
    if (std::getenv("OMP_WAIT_POLICY") == nullptr) options.environment["OMP_WAIT_POLICY"] = "passive";
    options.inherited_fds = {theirs.get()};
    process_ = std::make_unique<launch::ChildProcess>(launch::ChildProcess::spawn(options));
    theirs.close();
    std::optional<Frame> hello;
    // In short waits, so that a server that is told to end while its workers load does so.
    for (const Clock::time_point until = Clock::now() + kLoadLimit; !stopping_ && Clock::now() < until;) {
        if (!waitFor(socket_.get(), POLLIN, Clock::now() + kLook)) continue;
        hello = receiveFrame(socket_.get(), Clock::now() + kGrace);
        break;
    }
    if (hello && hello->head.contains("error")) {
        const json& error = hello->head["error"];
        throw Error(static_cast<ExitCode>(error.value("code", 1)), error.value("message", "the worker failed"),
                    error.value("where", ""), error.value("fix", ""));
    }
    if (!hello || !hello->head.contains("ready")) {
        const launch::ExitStatus status = process_->terminate(kGrace);
        throw Error(status.code == 84 ? ExitCode::kOutOfMemory : ExitCode::kRunFailed,
                    "a worker ended before it was ready (" + launch::describeEnd(0, status).substr(7) + ")",
                    "switchyard-worker", "Its message, if any, stands above");
    }
    ServedSpec spec = ServedSpec::fromJson(hello->head["ready"]);
    serving_ = true;
    return spec;
}

void WorkerLane::restart() {
    for (const Clock::time_point until = Clock::now() + backoff_; Clock::now() < until && !stopping_;)
        std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(kLook, backoff_));
    if (stopping_) return;
    try {
        const ServedSpec now = start();
        // A run's newest checkpoint may be another by now: what clients were told has to stay true.
        if (now.identity != identity_) {
            serving_ = false;
            throw Error(ExitCode::kCorruptCheckpoint, "the checkpoint is another one than when the server started",
                        now.checkpoint, "Start the server again");
        }
        metrics_.workerRestarted();
        logLine(LogLevel::kInfo, "worker " + std::to_string(number_) + " serves again");
    } catch (const std::exception& error) {
        process_->terminate(kGrace);
        backoff_ = std::clamp(2 * backoff_, kFirstBackoff, kLongestBackoff);
        logLine(LogLevel::kError, "worker " + std::to_string(number_) + " could not be started: " + error.what());
    }
}

void WorkerLane::lost(const std::string& why) {
    if (!serving_) return;
    serving_ = false;
    const launch::ExitStatus status = process_->terminate(std::chrono::milliseconds(0));
    backoff_ = Clock::now() - last_start_ > kGoodWhile ? kFirstBackoff
                                                       : std::clamp(2 * backoff_, kFirstBackoff, kLongestBackoff);
    logLine(LogLevel::kError, "worker " + std::to_string(number_) + " is lost: " + why + " (" +
                                  launch::describeEnd(0, status).substr(7) + "); it is started again in " +
                                  std::to_string(backoff_.count()) + " ms");
}

void WorkerLane::fail(const std::vector<JobPtr>& batch, int status, const std::string& why) {
    for (const JobPtr& job : batch) {
        JobAnswer answer;
        answer.status = status;
        answer.error = why;
        job->answer.set_value(std::move(answer));
    }
}

void WorkerLane::exchange(const std::vector<JobPtr>& batch) {
    const Clock::time_point begin = Clock::now(), until = begin + options_.answer_limit;
    std::optional<Frame> answered;
    if (sendFrame(socket_.get(), requestOf(batch), until)) answered = receiveFrame(socket_.get(), until);
    if (!answered) {
        const bool late = Clock::now() >= until;
        lost(late ? "it did not answer in time" : "it ended or answered nonsense while it computed");
        fail(batch, 500, late ? "the worker did not answer in time" : "the worker failed while it computed");
        return;
    }
    const double compute_s = secondsSince(begin);
    if (answered->head.contains("error")) {
        fail(batch, answered->head.value("status", 500), answered->head.value("error", "the worker failed"));
        return;
    }
    std::vector<JobAnswer> answers;
    std::int64_t rows = 0;
    try {
        AnswerReader reader(*answered);
        for (const JobPtr& job : batch) {
            answers.push_back(reader.next(job->request.rows));
            answers.back().queue_s = std::chrono::duration<double>(begin - job->arrival).count();
            answers.back().compute_s = compute_s;
            rows += job->request.rows;
        }
    } catch (const std::exception& error) {
        lost(std::string("its answer can not be read: ") + error.what());
        fail(batch, 500, "the worker failed while it computed");
        return;
    }
    metrics_.batch(batch.front()->model, rows, compute_s);
    for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->answer.set_value(std::move(answers[i]));
}

}  // namespace switchyard::serve
