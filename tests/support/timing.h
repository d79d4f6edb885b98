// SPDX-License-Identifier: MIT
// Limits on times hold on a quiet machine only: `ctest -L bench` asks for them, CI does not.
#pragma once

#include <QtTest>

namespace switchyard::test {

inline bool timesCount() { return qEnvironmentVariableIsSet("SWITCHYARD_TIMES_COUNT"); }

}  // namespace switchyard::test

/// Ends a test before its limits on times where they do not count.
#define SKIP_UNLESS_TIMES_COUNT() \
    if (!switchyard::test::timesCount()) QSKIP("its times are looked at by ctest -L bench")
