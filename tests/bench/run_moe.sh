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

field() { python3 -c "import json, sys; print(json.load(sys.stdin)$1)"; }
echo "| shape | precision | layer | ms | share of the matrix product's rate | peak memory, MiB |"
echo "|---|---|---|---|---|---|"
row() { # NAME SHAPE PRECISION JSON
  printf '| %s | %s | %s | %.0f | %.2f | %.0f |\n' "$2" "$3" "$1" "$(field '["ms"]' <<<"$4")" \
    "$(field '["share_of_ceiling"]' <<<"$4")" "$(field '["peak_rss_bytes"] / 2**20' <<<"$4")"
}
for shape in "${shapes[@]}"; do
  for precision in fp32 bf16; do
    for kernels in 1 0; do
      name="Switchyard"; [ "$kernels" = 1 ] || name="Switchyard, AVX2 kernels of MKL"
      [ "$kernels" = 1 ] || [ "$precision" = fp32 ] || continue
      out="$(SWITCHYARD_MKL_AVX512=$kernels "$switchyard" bench moe --shape "$shape" --precision "$precision" --json)"
      row "$name" "$shape" "$precision" "$(field '["rows"][0]' <<<"$out" | python3 -c 'import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.read())))')"
    done
    for peer in sort_loop grouped mixtral deepspeed fairscale; do
      if out="$("$python" tests/bench/peers/moe.py "$peer" --shape "$shape" --precision "$precision" 2>/tmp/peer.$$ | tail -n 1)" && [ -n "$out" ]; then
        row "$peer" "$shape" "$precision" "$out"
      else
        echo "switchyard: $peer was left out: $(tail -n 1 /tmp/peer.$$)" >&2
      fi
    done
  done
done
rm -f /tmp/peer.$$
