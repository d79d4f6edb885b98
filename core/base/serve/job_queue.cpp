// SPDX-License-Identifier: MIT
#include "core/base/serve/job_queue.h"

#include <algorithm>

namespace switchyard::serve {
namespace {

std::string groupOf(const std::string& model, const InferRequest& request) {
    std::string group = model + '\n' + request.parameters.dump();
    for (const std::string& column : request.columns) group += '\n' + column;
    return group;
}

JobAnswer refusal(int status, const std::string& why) {
    JobAnswer answer;
    answer.status = status;
    answer.error = why;
    return answer;
}

}  // namespace

Job::Job(std::string of_model, InferRequest of_request, Clock::time_point until)
    : model(std::move(of_model)), request(std::move(of_request)), group(groupOf(model, request)), deadline(until) {}

bool JobQueue::push(const JobPtr& job) {
    const std::lock_guard lock(mutex_);
    if (closed_ || rows_ + job->request.rows > most_rows_) return false;
    jobs_.push_back(job);
    rows_ += job->request.rows;
    changed_.notify_all();
    return true;
}

std::optional<std::vector<JobPtr>> JobQueue::take(Clock::time_point until) {
    std::unique_lock lock(mutex_);
    for (;;) {
        dropLate();
        if (jobs_.empty()) {
            if (closed_) return std::nullopt;
            if (Clock::now() >= until) return std::vector<JobPtr>();
            changed_.wait_until(lock, until);
            continue;
        }
        // Others may have taken the oldest while this one waited: it is looked at anew each time.
        const std::string group = jobs_.front()->group;
        const Clock::time_point due = jobs_.front()->arrival + window_;
        std::int64_t rows = 0;
        for (const JobPtr& job : jobs_) rows += job->group == group ? job->request.rows : 0;
        if (rows >= batch_rows_ || closed_ || Clock::now() >= due) return takeGroup(group);
        changed_.wait_until(lock, due);
    }
}

std::vector<JobPtr> JobQueue::takeGroup(const std::string& group) {
    std::vector<JobPtr> batch;
    std::int64_t rows = 0;
    for (auto job = jobs_.begin(); job != jobs_.end();) {
        if ((*job)->group != group) {
            ++job;
            continue;
        }
        if (!batch.empty() && rows + (*job)->request.rows > batch_rows_) break;
        rows += (*job)->request.rows;
        batch.push_back(std::move(*job));
        job = jobs_.erase(job);
    }
    rows_ -= rows;
    return batch;
}

void JobQueue::dropLate() {
    const Clock::time_point now = Clock::now();
    for (auto job = jobs_.begin(); job != jobs_.end();) {
        if ((*job)->deadline > now) {
            ++job;
            continue;
        }
        rows_ -= (*job)->request.rows;
        (*job)->answer.set_value(refusal(504, "the request waited for longer than requests may take"));
        job = jobs_.erase(job);
    }
}

void JobQueue::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
}

std::int64_t JobQueue::waitingRows() const {
    const std::lock_guard lock(mutex_);
    return rows_;
}

}  // namespace switchyard::serve
