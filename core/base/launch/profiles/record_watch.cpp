// SPDX-License-Identifier: MIT
#include "core/base/launch/profiles/record_watch.h"

#include <filesystem>

#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr std::int64_t kMostAtOnce = 50'000;

}  // namespace

std::vector<nlohmann::json> RecordWatch::newSteps() {
    std::vector<nlohmann::json> events;
    try {
        if (!db_) db_ = std::make_unique<runs::RunDbReader>(paths_.database());
        read(&events);
    } catch (const Error&) {
        db_.reset();  // opened anew the next time
    }
    return events;
}

void RecordWatch::read(std::vector<nlohmann::json>* events) {
    // A resume from an earlier step removes rows, and their numbers are given again.
    if (const std::int64_t generation = db_->generation(); generation != generation_) {
        generation_ = generation;
        cursor_ = 0;
    }
    db_->eachMetric(
        &cursor_, kMostAtOnce, [&](std::int64_t step, std::string_view tag, double value, double wall_time) {
            if (wall_time < since_) return;
            if (events->empty() || (*events).back()["step"] != step)
                events->push_back(
                    {{"event", "step"}, {"step", step}, {"steps", steps_}, {"metrics", nlohmann::json::object()}});
            events->back()["metrics"][std::string(tag)] = value;
        });
    // What is recorded of a step without training it (an evaluation before the first) is none of its events.
    std::erase_if(*events, [](const nlohmann::json& event) { return !event["metrics"].contains("loss/total"); });
}

}  // namespace switchyard::launch
