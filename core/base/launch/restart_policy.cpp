// SPDX-License-Identifier: MIT
#include "core/base/launch/restart_policy.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "core/base/io/manifest.h"
#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

constexpr std::int64_t kFirstDelay_ms = 1000;
constexpr std::int64_t kLongestDelay_ms = 60'000;

bool mayPass(int exit_code) {
    for (const ExitCode code : {ExitCode::kPeerLost, ExitCode::kHang, ExitCode::kOutOfMemory}) {
        if (exit_code == static_cast<int>(code)) return true;
    }
    return false;
}

/// The rewind that a checkpoint was saved under; 0 when it does not say.
std::int64_t rewindOf(const std::string& checkpoint) {
    if (checkpoint.empty()) return 0;
    const nlohmann::json info = io::readCheckpoint(checkpoint, /*deep=*/false).info;
    const auto found = info.find("rewind");
    return found != info.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

/// The newest checkpoint beside this one that is older and whole to the last byte; "" = none.
std::string olderWhole(const std::filesystem::path& checkpoint) {
    std::vector<std::filesystem::path> found = io::committedCheckpoints(checkpoint.parent_path());
    std::erase_if(found, [&](const auto& folder) { return folder >= checkpoint; });
    const auto whole = std::find_if(found.rbegin(), found.rend(),
                                    [](const auto& folder) { return io::verifyCheckpoint(folder, /*deep=*/true).ok; });
    return whole == found.rend() ? std::string() : whole->string();
}

}  // namespace

std::chrono::milliseconds restartDelay(int restarts_before) {
    std::int64_t delay = kFirstDelay_ms;
    if (const char* given = std::getenv("SWITCHYARD_RESTART_DELAY_MS"); given != nullptr) {
        std::int64_t value = 0;
        const char* end = given + std::strlen(given);
        if (std::from_chars(given, end, value).ptr == end && value >= 0) delay = value;
    }
    for (int i = 0; i < restarts_before && delay < kLongestDelay_ms; ++i) delay *= 2;
    return std::chrono::milliseconds(std::min(delay, kLongestDelay_ms));
}

RestartPolicy::RestartPolicy(const RunConfig& config, RankStart first, bool older_too)
    : config_(config), start_(std::move(first)), first_checkpoint_(start_.checkpoint), older_too_(older_too) {}

std::string RestartPolicy::newestWhole() const {
    for (auto checkpoint = checkpoints_.rbegin(); checkpoint != checkpoints_.rend(); ++checkpoint) {
        try {
            io::readCheckpoint(*checkpoint, /*deep=*/true);
            return *checkpoint;
        } catch (const Error&) {  // an older one may be whole
        }
    }
    return first_checkpoint_;
}

std::optional<std::chrono::milliseconds> RestartPolicy::next(int exit_code) {
    rewound_ = exit_code == static_cast<int>(ExitCode::kNonFinite);
    went_back_ = older_too_ && exit_code == static_cast<int>(ExitCode::kCorruptCheckpoint) && !start_.checkpoint.empty();
    if (went_back_) {
        const std::string older = olderWhole(start_.checkpoint);
        if (older.empty()) return std::nullopt;
        start_.checkpoint = first_checkpoint_ = older;
        return std::chrono::milliseconds(0);
    }
    if (rewound_) {
        const bool allowed =
            config_.train.non_finite == NonFinite::kRewind && rewinds_ < config_.train.non_finite_limit;
        const std::string checkpoint = allowed ? newestWhole() : std::string();
        if (checkpoint.empty()) return std::nullopt;
        ++rewinds_;
        // Numbers only rise along a run, so no order that failed is tried again.
        start_ = {checkpoint, std::max(start_.rewind, rewindOf(checkpoint)) + 1};
        return std::chrono::milliseconds(0);
    }
    if (!mayPass(exit_code) || restarts_ >= config_.run.restarts) return std::nullopt;
    start_.checkpoint = newestWhole();
    return restartDelay(restarts_++);
}

}  // namespace switchyard::launch
