#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The MoE layer side by side with its peers on this machine, one process a row, in turns, so that a machine that slows
# down does so for all. Writes a Markdown table to stdout.
#   bash tests/bench/run_moe.sh [SHAPE...]          SHAPE: DIMxHIDDENxEXPERTS
# Needs a build, a C compiler and a Python with torch, and for more rows fairscale, transformers, deepspeed:
# $PEER_PYTHON, or python3. A peer that can not be imported or run is named and left out.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
shapes=("$@")
[ ${#shapes[@]} -gt 0 ] || shapes=(512x2048x8 512x2048x64 512x2048x256 256x512x64)

declare -A names=([sort_loop]="PyTorch, sort and loop of products" [grouped]="PyTorch grouped_mm" [mixtral]="Mixtral, grouped_mm"
  [deepspeed]=DeepSpeed [fairscale]=fairscale)
# Prints a row for a JSON object on stdin, or for its first of "rows".
row() { # SHAPE PRECISION NAME
  python3 -c '
import json, sys
row = json.load(sys.stdin)
row = row["rows"][0] if "rows" in row else row
print("| {} | {} | {} | {:.0f} | {:.2f} | {:.0f} |".format(*sys.argv[1:4], row["ms"], row["share_of_ceiling"], row["peak_rss_bytes"] / 2**20))' "$@"
}
ours() { # SHAPE PRECISION NAME FLAGS...
  "$switchyard" bench moe "${@:4}" --json | row "${@:1:3}"
}
theirs() { # SHAPE PRECISION NAME PRELOAD PEER FLAGS...
  if LD_PRELOAD="$4" "$python" tests/bench/peers/moe.py "${@:5}" >"$scratch/out" 2>"$scratch/problems"; then
    tail -n 1 "$scratch/out" | row "${@:1:3}"
  else
    echo "switchyard: $3 was left out of $1 $2: $(tail -n 1 "$scratch/problems")" >&2
  fi
}
echo "| shape | precision, weights | layer | ms | share of the matrix product's rate | peak memory, MiB |"
echo "|---|---|---|---|---|---|"
for shape in "${shapes[@]}"; do
  for kept in fp32 "bf16, fp32" "bf16, bf16"; do
    flags=(--shape "$shape" --precision "${kept%%,*}")
    if [ "$kept" = "bf16, bf16" ]; then flags+=(--bf16-weights); fi
    ours "$shape" "$kept" Switchyard "${flags[@]}"
    if [ "$kept" = fp32 ]; then SWITCHYARD_MKL_AVX512=0 ours "$shape" "$kept" "Switchyard, AVX2 kernels of MKL" "${flags[@]}"; fi
    for peer in sort_loop grouped mixtral deepspeed fairscale; do
      theirs "$shape" "$kept" "${names[$peer]}" "" "$peer" "${flags[@]}"
      if [ "$kept" = fp32 ]; then theirs "$shape" "$kept" "${names[$peer]}, AVX-512 kernels of MKL" "$fast_kernels" "$peer" "${flags[@]}"; fi
    done
  done
done
