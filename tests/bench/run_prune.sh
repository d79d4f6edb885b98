#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What pruning costs: a run's last checkpoint loses a quarter and a half of its experts, once by each rule and, where it has
# several MoE layers, once over all of them together, and is trained on for a short while. Writes a Markdown table of the development set's figure to stdout.
#   bash tests/bench/run_prune.sh RUN_FOLDER TASK TRAIN_FILE DEV_FILE METRIC [STEPS] [KEY=VALUE...]
#   bash tests/bench/run_prune.sh RUN sst2 GLUE/SST-2/train.tsv GLUE/SST-2/dev.tsv accuracy 200
# STEPS (200) of training afterwards, at a tenth of the run's rate, without warm-up; keys change that.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run="${1:?a run folder}" task="${2:?a task of its model}" train="${3:?training file}" dev="${4:?development file}" metric="${5:?of eval}"
steps="${6:-200}"; shift $(($# < 6 ? $# : 6))
export OMP_WAIT_POLICY=passive

field() { # PATH: of the object on stdin
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."): value = value[key]
print(value)' "$1"
}
rate="$(python3 -c '
import re, sys
text = open(sys.argv[1]).read()
print(float(re.search(r"^optim:.*?^  lr: *(\S+)", text, re.S | re.M).group(1)) / 10)' "$run/config.resolved.yaml")"
root="$(dirname "$train")"; [ "$task" = retrieval ] && root="$(python3 -c '
import re, sys
print(re.search(r"^  root: *\"?([^\"\n]*)", open(sys.argv[1]).read(), re.M).group(1))' "$run/config.resolved.yaml")"
measured() { # FOLDER
  "$switchyard" eval --checkpoint "$1" --task "$task" --data "$dev" --root "$root" --json | field "metrics.$metric"
}
# Training alone may change it: the whole model, trained on likewise.
tuned() { # CHECKPOINT NAME [KEY=VALUE...]: the run folder that it makes
  local from="$1" name="$2" sets=(); shift 2
  for key in "optim.lr=$rate" optim.warmup_steps=0 train.epochs=0 "train.steps=$steps" eval.every=0 "eval.tasks=[]" checkpoint.every=0 "$@"; do
    sets+=(--set "$key")
  done
  "$switchyard" train --config "$from/config.resolved.yaml" --resume "$from" --run-dir "$scratch/$name" "${sets[@]}" >"$scratch/$name.log" 2>&1 ||
    { tail -3 "$scratch/$name.log" >&2; exit 1; }
  echo "$scratch/$name"
}
whole="$(measured "$run")"
"$switchyard" ckpt average "$run" "$run" --out "$scratch/whole" >/dev/null  # itself, as weights alone
echo "| experts taken out | by | before | pruned | after $steps steps | less the whole model's | weights |"
echo "|---|---|---|---|---|---|---|"
folder="$(tuned "$scratch/whole" whole-tuned "$@")"
again="$(measured "$folder")"
python3 -c 'import sys; w, a = map(float, sys.argv[1:]); print(f"| none | – | {w:.4f} | – | {a:.4f} | {a - w:+.4f} | 1.00 |")' "$whole" "$again"
for fraction in 0.25 0.5; do
  for rule in usage reap merge "reap all"; do
    by="${rule% all}" budget="${rule#"$by"}" name="${rule/ /-}-$fraction"
    budget="${budget:+all}"
    [ "$budget" ] && [ "$(field layers <"$scratch/usage-$fraction.json" | grep -o "'layer'" | wc -l)" -lt 2 ] && continue
    "$switchyard" ckpt prune "$run" --fraction "$fraction" --by "$by" --budget "${budget:-layer}" --task "$task" --data "$train" --eval "$dev" --root "$root" \
      --out "$scratch/$name" --json >"$scratch/$name.json"
    folder="$(tuned "$scratch/$name" "$name-tuned" "$@")"
    after="$(measured "$folder")"
    python3 - "$scratch/$name.json" "$metric" "$fraction" "$by${budget:+, of all layers}" "$after" <<'PY'
import json, sys
report, metric, fraction, by, after = json.load(open(sys.argv[1])), *sys.argv[2:]
quality, weights = report["quality"], report["weights_bytes"]
before, pruned, after = quality["before"][metric], quality["after"][metric], float(after)
print(f"| {float(fraction):.0%} | {by} | {before:.4f} | {pruned:.4f} | {after:.4f} | {after - before:+.4f} | {weights['after'] / weights['before']:.2f} |")
PY
    rm -rf "$scratch/$name" "$scratch/$name-tuned"
  done
done
