// SPDX-License-Identifier: GPL-3.0-or-later
// What a run's end most likely means, in words for a person.
#pragma once

#include <QString>

#include "core/base/runs/run_status.h"

namespace switchyard::ui {

struct LikelyCause {
    QString title;  ///< one sentence
    QString text;   ///< why it is thought so, and what to look at
};

/// For a failed or lost run; empty texts for any other.
LikelyCause likelyCause(const runs::RunStatus& run);

/// "Failed at step 7,318 of 20,000", "Finished all 406 steps", "Running, step 120 of 406".
QString stateHeadline(const runs::RunStatus& run);
/// "today 19:02:40, after 17 min 22 s"; "" when nothing is known.
QString stateTime(const runs::RunStatus& run, double now);
/// What happened and what is safe: one or two sentences.
QString stateSentence(const runs::RunStatus& run);
/// "First cause, rank 2: ..." in the failing rank's own words; "" when it left none, or the sentence says it already.
QString firstCauseText(const runs::RunStatus& run);

/// A plain-text report for a bug tracker or a colleague: state, cause, command, versions. Logs are added by the caller.
QString reportText(const runs::RunStatus& run, double now);

}  // namespace switchyard::ui
