#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Draws every page of the window over a real run, dark and light, at 100 and 200 %.
#   bash docs/make_screenshots.sh OUT_DIR [RUN_DIR [WIDTHxHEIGHT]]       default run: the one quickstart.sh trained
# Needs a build (installer/check.sh) and xvfb.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out="$(realpath -m "${1:?usage: docs/make_screenshots.sh OUT_DIR [RUN_DIR]}")"
run="$(realpath -m "${2:-${XDG_DATA_HOME:-$HOME/.local/share}/switchyard/runs/quickstart}")"
size="${3:-1440x900}"
build="${SWITCHYARD_BUILD:-build}"
[ -f "$run/run.db" ] || { echo "switchyard: $run holds no run. Train one: bash installer/quickstart.sh" >&2; exit 1; }
cmake -S . -B "$build" -G Ninja -DSWITCHYARD_TESTS=ON >/dev/null
cmake --build "$build" --target screenshots switchyard switchyard-worker --parallel "$(nproc)" >/dev/null
for scale in 1 2; do
  QT_SCALE_FACTOR=$scale QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 $((${size%x*} * scale))x$((${size#*x} * scale))x24" \
    "$build/bin/screenshots" "$(dirname "$run")" "$(basename "$run")" "$out" "$size"
done
