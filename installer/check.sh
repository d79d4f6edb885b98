#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs, builds and runs every test that CI runs (labels unit, dist, process, gui). Safe to run twice.
#   bash installer/check.sh [ctest arguments]
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

bash "$ROOT/installer/setup.sh" --tests

say "Build"
started=$SECONDS
build ON
note "built in $((SECONDS - started)) s"

say "Pictures for the tests (from Debian packages)"
"$BUILD/bin/switchyard" data import emoji tuxpaint

say "Tests"
# Many tests wait more than they compute, so more of them run at a time than there are cores; threads that wait for work
# must then not spin. The last lines are ctest's own summary.
export OMP_WAIT_POLICY=passive
exec ctest --test-dir "$BUILD" --output-on-failure --parallel $(($(nproc) + 2)) --label-exclude '^(bench|long|gpu)$' "$@"
