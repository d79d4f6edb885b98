#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The MoE layer side by side with its peers on this machine, one process a row, in turns, so that a machine that slows
# down does so for all. Writes a Markdown table to stdout.
#   bash tests/bench/run_moe.sh [SHAPE...]          SHAPE: DIMxHIDDENxEXPERTS
# Needs a build and a Python with torch, and for more rows fairscale, transformers, deepspeed: $PEER_PYTHON, or
# python3. A peer that can not be imported is named and left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
switchyard="${SWITCHYARD_BUILD:-build}/bin/switchyard"
python="${PEER_PYTHON:-python3}"
shapes=("$@")
[ ${#shapes[@]} -gt 0 ] || shapes=(512x2048x8 512x2048x64 512x2048x256 256x512x64)
[ -x "$switchyard" ] || { echo "switchyard: build first (bash installer/check.sh)" >&2; exit 1; }

problems="$(mktemp)"
trap 'rm -f "$problems"' EXIT
# Prints a row for a JSON object on stdin, or for its first of "rows".
row() { # NAME SHAPE PRECISION
  python3 -c '
import json, sys
row = json.load(sys.stdin)
row = row["rows"][0] if "rows" in row else row
print("| {1} | {2} | {0} | {3:.0f} | {4:.2f} | {5:.0f} |".format(*sys.argv[1:4], row["ms"], row["share_of_ceiling"], row["peak_rss_bytes"] / 2**20))' "$@"
}
echo "| shape | precision, weights | layer | ms | share of the matrix product's rate | peak memory, MiB |"
echo "|---|---|---|---|---|---|"
for shape in "${shapes[@]}"; do
  for kept in fp32 "bf16, fp32" "bf16, bf16"; do
    precision="${kept%%,*}"
    flags=(--shape "$shape" --precision "$precision")
    if [ "$kept" = "bf16, bf16" ]; then flags+=(--bf16-weights); fi
    ours() { "$switchyard" bench moe "${flags[@]}" --json | row "$1" "$shape" "$kept"; }
    ours "Switchyard"
    if [ "$precision" = fp32 ]; then SWITCHYARD_MKL_AVX512=0 ours "Switchyard, AVX2 kernels of MKL"; fi
    for peer in sort_loop grouped mixtral deepspeed fairscale; do
      if out="$("$python" tests/bench/peers/moe.py "$peer" "${flags[@]}" 2>"$problems")"; then
        tail -n 1 <<<"$out" | row "$peer" "$shape" "$kept"
      else
        echo "switchyard: $peer was left out: $(tail -n 1 "$problems")" >&2
      fi
    done
  done
done
