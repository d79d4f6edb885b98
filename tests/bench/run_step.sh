#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One update of a text-and-image model, ours and PyTorch's, in turns on this machine. Writes a Markdown table to stdout.
#   bash tests/bench/run_step.sh
# Needs a build, a C compiler and a Python with torch: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

row() { # NAME: prints a row for a JSON object on stdin, or for its first of "rows"
  python3 -c '
import json, sys
row = json.load(sys.stdin)
row = row["rows"][0] if "rows" in row else row
print("| {} | {} | {:.0f} | {:.0f} | {:.1f} M | {:.0f} |".format(
    sys.argv[1], row["precision"], row["ms"], row["median_ms"], row["parameters"] / 1e6, row["peak_rss_bytes"] / 2**20))' "$1"
}
echo "| step | precision | ms, fastest | ms, middle | parameters | peak memory, MiB |"
echo "|---|---|---|---|---|---|"
for precision in fp32 bf16; do
  "$switchyard" bench step --precision "$precision" --json | row "Switchyard"
  SWITCHYARD_MKL_AVX512=0 "$switchyard" bench step --precision "$precision" --json | row "Switchyard, AVX2 kernels of MKL"
  "$python" tests/bench/peers/step.py --precision "$precision" | row "PyTorch"
  LD_PRELOAD="$fast_kernels" "$python" tests/bench/peers/step.py --precision "$precision" | row "PyTorch, AVX-512 kernels of MKL"
done
