// SPDX-License-Identifier: MIT
// What counts as ill. docs/health.md says why each number is what it is.
#pragma once

#include <algorithm>
#include <cstdint>

namespace switchyard::health::limit {

inline constexpr int kCalmRecords = 16;  ///< so many records within the limits end an alarm

// One router's layer.
inline constexpr int kCollapseRecords = 8;
inline constexpr double kCollapseSlack = 0.5;  ///< experts in use over K that still are a collapse ...
inline constexpr double kCollapseOfAll = 0.6;  ///< ... and of all experts, where there are few
inline constexpr double kUnlikely = 0.25;      ///< smallest mean probability, of the fair 1 / E
inline constexpr int kDeadSteps = 24;          ///< silence of an expert that is also unlikely
inline constexpr int kDeadRecords = 8;
inline constexpr double kDeadFairTokens = 256;  ///< choices it would have had at its fair share meanwhile
inline constexpr int kSilentRecords = 64;       ///< silence alone, or a quarter of the run up to
inline constexpr int kSilentRecordsMost = 512;
inline constexpr int kStarvedRecords = 8;
inline constexpr double kStarvedDropped = 0.9;  ///< of a modality's choices
inline constexpr double kStarvedOther = 0.5;    ///< ... while the other loses less than this
inline constexpr int kBalanceRecords = 3;
inline constexpr double kBalancePull = 1e-6;  ///< gradient of the total by the mean probabilities
inline constexpr double kDropped = 0.2;       ///< no burst below
inline constexpr double kDropRise = 0.25;     ///< over the median of what was
inline constexpr int kDropWindow = 32, kDropHistory = 8, kDropRecords = 3;
inline constexpr int kViolationRecords = 24, kViolationStart = 64;
inline constexpr double kEntropyOfFull = 0.05, kEntropyBefore = 0.3;  ///< of log E
inline constexpr int kEntropyRecords = 8, kEntropyWindow = 32;

/// Largest load over the mean, minus 1, that may stay; E / K - 1 is the most there can be.
inline double violation(double experts, double choices) {
    const double most = experts / std::max(choices, 1.0) - 1.0;
    return std::max(std::min(4.0, 0.9 * most), 0.5);
}

// The whole run.
inline constexpr int kStallRecords = 5;
inline constexpr double kStallShare = 0.5, kStallWait_ms = 100;
inline constexpr int kLossWindow = 32, kLossHistory = 12, kLossRecords = 3;
inline constexpr double kLossSigmas = 6;
inline constexpr double kLossLeap = 0.75;  ///< of the loss at the start: one record is enough
inline constexpr double kLossRise = 0.35;  ///< the same, kLossRecords in a row

}  // namespace switchyard::health::limit
