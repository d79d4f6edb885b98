#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# JPEG pictures of 512 x 512 to 224 x 224: ours, Pillow's and OpenCV's, in one run. Writes a Markdown table to stdout.
#   bash tests/bench/run_data.sh [FOLDER]
# FOLDER of *.jpg with a pictures.jsonl that names them; without one, synthetic pictures are made.
# Needs a build and a Python with Pillow and OpenCV: $PEER_PYTHON, or python3.
folder="${1:-}"
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

if [ -z "$folder" ]; then
  folder="$scratch/pictures"
  "$switchyard" bench data --synthetic --out "$folder" --repeats 1 --json >/dev/null
fi
echo "| pictures to 224 x 224 | images/s a core | ms |"
echo "|---|---|---|"
"$switchyard" bench data --data "$folder/pictures.jsonl" --json | python3 -c '
import json, sys
for row in json.load(sys.stdin)["rows"]:
    print("| Switchyard, {} | {:.0f} | {:.2f} |".format(row["stage"], row["images_per_s"], row["ms"]))'
"$python" tests/bench/peers/images.py "$folder" | python3 -c '
import json, sys
for row in json.load(sys.stdin)["rows"]:
    print("| {} | {:.0f} | {:.2f} |".format(row["name"], row["images_per_s"], row["ms"]))'
