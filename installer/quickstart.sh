#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One command from a fresh clone to a trained model: installs, builds, imports pictures from Debian packages,
# trains configs/demo.yaml in worker processes, searches the pictures by words, and opens the window when there
# is a display. Safe to run twice: finished steps are recognised and left alone.
#   bash installer/quickstart.sh [--no-window] [--retrain]
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

window=yes retrain=no
for argument in "$@"; do
  case "$argument" in
    --no-window) window=no ;;
    --retrain) retrain=yes ;;
    *) fail "unknown option $argument. Options: --no-window, --retrain" ;;
  esac
done
started=$SECONDS

bash "$ROOT/installer/setup.sh"

say "Build"
build_started=$SECONDS
# Tests that were switched on for this folder by check.sh stay on; a fresh folder is built without them.
tests=OFF
if [ -f "$BUILD/CMakeCache.txt" ] && grep -q '^SWITCHYARD_TESTS:BOOL=ON' "$BUILD/CMakeCache.txt"; then tests=ON; fi
build "$tests"
note "built in $((SECONDS - build_started)) s"
switchyard="$BUILD/bin/switchyard"

say "Pictures (from fonts-noto-color-emoji, unicode-cldr-core and tuxpaint-stamps-default)"
"$switchyard" data import emoji tuxpaint

say "Train configs/demo.yaml"
run="$DATA/runs/quickstart"
if [ "$retrain" = yes ]; then rm -rf "$run"; fi
state="$("$switchyard" runs show "$run" --json 2>/dev/null | python3 -c 'import json, sys; print(json.load(sys.stdin)["state"])' 2>/dev/null || true)"
if [ "$state" = finished ] && cmp -s "$ROOT/configs/demo.yaml" "$run/config.yaml"; then
  note "already trained: $run (--retrain trains again)"
else
  resume=()
  if [ -d "$run" ]; then
    if cmp -s "$ROOT/configs/demo.yaml" "$run/config.yaml"; then resume=(--resume auto); else rm -rf "$run"; fi
  fi
  "$switchyard" train --config "$ROOT/configs/demo.yaml" --run-dir "$run" "${resume[@]}"
fi

say "Retrieval on its own pictures, and on stamps that were held out"
"$switchyard" eval --checkpoint "$run" --task retrieval --data "$DATA/data/demo/train.jsonl"
"$switchyard" eval --checkpoint "$run" --task retrieval --data "$DATA/data/demo/dev.jsonl"

say "Search"
index="$CACHE/indexes/quickstart"
"$switchyard" index --checkpoint "$run" --data "$DATA/data/demo/train.jsonl" --out "$index"
for words in "a red apple" "smiling cat" "fire engine"; do
  printf '\n   "%s"\n' "$words"
  "$switchyard" retrieve --index "$index" --text "$words" --k 5
done

say "Done in $((SECONDS - started)) s"
note "run folder   $run"
note "search       $switchyard retrieve --index $index --text \"...\""
note "window       $BUILD/bin/switchyard-workbench"
if [ "$window" = yes ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  note "opening the window"
  setsid "$BUILD/bin/switchyard-workbench" "$DATA/runs" >/dev/null 2>&1 </dev/null &
fi
