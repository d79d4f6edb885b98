#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goes through docs/guide.md in the real window over what quickstart.sh left, and draws the pictures that it shows.
#   bash docs/make_guide.sh [OUT_DIR]              default: docs/images
# Needs a build with tests (installer/check.sh), xvfb, and a finished installer/quickstart.sh. Its last step trains a small
# run, which is taken away again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
out="$(realpath -m "${1:-docs/images}")"
build="${SWITCHYARD_BUILD:-build}"
data="${XDG_DATA_HOME:-$HOME/.local/share}"
[ -f "$data/switchyard/runs/quickstart/result.json" ] || { echo "switchyard: no finished run. Train one: bash installer/quickstart.sh" >&2; exit 1; }
[ -x "$build/tests/guide_test" ] || { echo "switchyard: build with tests first: bash installer/check.sh" >&2; exit 1; }
mkdir -p "$out"
# Beside the user's folders: a data folder whose runs are a copy, so that nothing of theirs changes.
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/switchyard/runs"
cp -r "$data/switchyard/runs/quickstart" "$scratch/switchyard/runs/"
ln -s "$data/switchyard/data" "$scratch/switchyard/data"
SWITCHYARD_GUIDE_DATA="$scratch" SWITCHYARD_RESOURCES="$PWD/resources" SWITCHYARD_SHOTS="$out" QT_QPA_PLATFORM=xcb \
  xvfb-run -a -s "-screen 0 1440x900x24" "$build/tests/guide_test" everyStepCanBeDone
