#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# One update of a text-and-image model over ranks, ours and the peers', in turns on this machine. Writes a Markdown table.
#   bash tests/bench/run_ranks.sh [RANKS]           2 by default
# Needs a build, a C compiler and a Python with torch and fairscale: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
ranks="${1:-2}"

row() { # NAME: prints a row for a JSON object on stdin, or for its first of "rows"
  python3 -c '
import json, sys
row = json.load(sys.stdin)
row = row["rows"][0] if "rows" in row else row
print("| {} | {} | {:.0f} | {:.0f} | {:.0f} |".format(
    sys.argv[1], row["ranks"], row["ms"], row["median_ms"], row["peak_rss_bytes"] / 2**20))' "$1"
}
ours() { # NAME MODE FLAGS...
  "$switchyard" bench step --precision fp32 --ranks "$ranks" --mode "$2" "${@:3}" --json | row "$1"
}
theirs() { # NAME FLAGS...
  if OMP_NUM_THREADS="$(($(nproc) / ranks > 0 ? $(nproc) / ranks : 1))" "$python" -m torch.distributed.run --nproc-per-node "$ranks" \
    --master-addr 127.0.0.1 --master-port "$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')" \
    tests/bench/peers/step_ranks.py "${@:2}" >"$scratch/out" 2>"$scratch/problems"; then
    tail -n 1 "$scratch/out" | row "$1"
  else
    echo "switchyard: $1 was left out: $(grep -E 'Error' "$scratch/problems" | tail -n 1)" >&2
  fi
}
echo "| step | ranks | ms, fastest | ms, middle | largest peak memory of a rank, MiB |"
echo "|---|---|---|---|---|"
ours "Switchyard, none" none
ours "Switchyard, oss" oss
ours "Switchyard, zero2" zero2
ours "Switchyard, fsdp" fsdp
ours "Switchyard, fsdp, checkpointing by blocks" fsdp --set train.activation_checkpointing=block
ours "Switchyard, fsdp, experts shared out" fsdp --set parallel.expert="$ranks"
theirs "PyTorch DDP" ddp
theirs "fairscale OSS" oss
theirs "PyTorch FSDP2" fsdp2
theirs "PyTorch FSDP2, checkpointing by blocks" fsdp2 --checkpointing
