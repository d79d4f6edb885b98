// SPDX-License-Identifier: MIT
#include "core/base/launch/first_cause.h"

#include <signal.h>

#include <algorithm>

#include "core/base/util/error.h"

namespace switchyard::launch {
namespace {

using namespace std::chrono_literals;

constexpr auto kLifeless = 800ms;  ///< ranks say ten times a second that they live
/// Without progress: loading of programs and data, a disk, a long evaluation.
constexpr auto kStartAllowance = 5min, kSaveAllowance = 30min;

Cause causeOf(const RankState& rank, int number) {
    Cause cause;
    cause.rank = number;
    if (!rank.error.is_null()) {
        cause.code = rank.error.value("code", 1);
        const std::string where = rank.error.value("where", "");
        cause.message = (where.empty() ? "" : where + ": ") + rank.error.value("message", "");
        cause.fix = rank.error.value("fix", "");
        return cause;
    }
    cause.signal = rank.status.signal;
    cause.code = rank.status.signal != 0 ? static_cast<int>(ExitCode::kPeerLost) : rank.status.code;
    cause.message = describeEnd(number, rank.status);
    if (rank.status.signal == SIGKILL)
        cause.fix = "Likely the system ran out of memory, or someone ended the process; see the rank's log";
    return cause;
}

bool hasCode(const RankState& rank, ExitCode code) {
    return !rank.error.is_null() && rank.error.value("code", 1) == static_cast<int>(code);
}

bool lifeless(const RankState& rank, Clock::time_point now) {
    return !rank.ended && now - rank.alive_at > kLifeless;
}

/// The rank that was silent longest, lifeless ones before others; nothing when all have ended.
std::optional<std::size_t> mostSilent(const std::vector<RankState>& ranks, Clock::time_point now) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (ranks[i].ended) continue;
        if (!best) {
            best = i;
            continue;
        }
        const bool dead = lifeless(ranks[i], now), best_dead = lifeless(ranks[*best], now);
        if (dead != best_dead ? dead : ranks[i].progress_at < ranks[*best].progress_at) best = i;
    }
    return best;
}

std::string lastSeenIn(const RankState& rank) {
    return rank.doing.empty() ? "" : ", last seen in " + rank.doing;
}

std::string secondsText(Clock::duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

Clock::duration allowanceOf(const RankState& rank) {
    if (rank.phase.empty() || rank.phase == "starting" || rank.phase == "assemble") return kStartAllowance;
    if (rank.phase == "checkpoint" || rank.phase == "eval" || rank.phase == "probe") return kSaveAllowance;
    return {};
}

constexpr const char* kHangFix = "Look at the rank's log; raise parallel.timeout_s when a step truly takes that long";

}  // namespace

void keepCause(const Cause& cause, runs::RunResult* result) {
    result->exit_code = cause.code;
    result->signal = cause.signal;
    result->first_cause_rank = cause.rank;
    result->first_cause = cause.message;
    result->error = cause.message;
    result->fix = cause.fix;
}

bool failed(const RankState& rank) {
    const bool by_itself = rank.ended && !rank.ended_by_us;
    return !rank.error.is_null() || (by_itself && (rank.status.code != 0 || rank.status.signal != 0));
}

std::optional<Cause> firstCause(const std::vector<RankState>& ranks) {
    const RankState* best = nullptr;
    int number = -1;
    const auto time = [](const RankState& rank) {
        if (rank.error.is_null()) return rank.ended_at;
        return rank.ended ? std::min(rank.error_at, rank.ended_at) : rank.error_at;
    };
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (!failed(ranks[i])) continue;
        const bool secondary = hasCode(ranks[i], ExitCode::kPeerLost);
        const bool best_secondary = best != nullptr && hasCode(*best, ExitCode::kPeerLost);
        const bool better = best == nullptr || (best_secondary && !secondary) ||
                            (best_secondary == secondary && time(ranks[i]) < time(*best));
        if (better) {
            best = &ranks[i];
            number = static_cast<int>(i);
        }
    }
    if (best == nullptr) return std::nullopt;
    Cause cause = causeOf(*best, number);
    if (hasCode(*best, ExitCode::kHang)) {
        const Clock::time_point now = Clock::now();
        const std::optional<std::size_t> silent = mostSilent(ranks, now);
        if (silent && lifeless(ranks[*silent], now)) {
            cause.rank = static_cast<int>(*silent);
            cause.message = "rank " + std::to_string(*silent) + " gives no sign of life" + lastSeenIn(ranks[*silent]) +
                            "; " + cause.message;
            cause.fix = kHangFix;
        }
    }
    return cause;
}

std::optional<Cause> findHang(const std::vector<RankState>& ranks, Clock::duration limit) {
    const Clock::time_point now = Clock::now();
    const std::optional<std::size_t> silent = mostSilent(ranks, now);
    if (!silent) return std::nullopt;
    const bool over = std::any_of(ranks.begin(), ranks.end(), [&](const RankState& rank) {
        return !rank.ended && (now - rank.progress_at > std::max(limit, allowanceOf(rank)) ||
                               (!rank.phase.empty() && now - rank.alive_at > limit));
    });
    if (!over) return std::nullopt;
    const RankState& rank = ranks[*silent];
    std::string message = "rank " + std::to_string(*silent) +
                          (lifeless(rank, now) ? " gives no sign of life for " : " made no progress for ") +
                          secondsText(now - (lifeless(rank, now) ? rank.alive_at : rank.progress_at)) +
                          lastSeenIn(rank);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (i == *silent || ranks[i].ended || ranks[i].doing.empty()) continue;
        message += "; rank " + std::to_string(i) + " waits in " + ranks[i].doing;
        break;  // one shows what all wait in
    }
    return Cause{static_cast<int>(*silent), static_cast<int>(ExitCode::kHang), 0, message, kHangFix};
}

}  // namespace switchyard::launch
