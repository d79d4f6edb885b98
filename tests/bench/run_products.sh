#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the step of `bench step` can not go below: its fp32 products one by one on one core, other ways to do them, and
# two ranks that exchange nothing. Writes Markdown.
#   bash tests/bench/run_products.sh
# Needs a build, a C compiler and a Python with torch: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# The other core works as well, as it does in a run.
LD_PRELOAD="$fast_kernels" OMP_NUM_THREADS=1 taskset -c 1 "$python" tests/bench/peers/products.py >"$scratch/beside" 2>&1 &
LD_PRELOAD="$fast_kernels" OMP_NUM_THREADS=1 taskset -c 0 "$python" tests/bench/peers/products.py
wait
alone() { # CORE: a rank's share of the step, alone
  taskset -c "$1" "$switchyard" bench step --precision fp32 --set parallel.threads=1 --set train.global_batch=16 \
    --set task.matching_block=16 --json | python3 -c 'import json, sys; print("half a step on core '"$1"': {:.0f} ms".format(json.load(sys.stdin)["rows"][0]["ms"]))'
}
echo
alone 0 >"$scratch/0" &
alone 1
wait
cat "$scratch/0"
