#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tokenizer_speed.py TOKENIZER TEXT [REPEATS]: PyPI `tokenizers` on the lines of a text, one by one and as a batch.

One JSON object: bytes, tokens, and the fastest run's seconds of the processor for each. One thread only when
RAYON_NUM_THREADS=1 and TOKENIZERS_PARALLELISM=false.
"""
import json
import sys
import time

from tokenizers import Tokenizer


def main():
    path, text = sys.argv[1:3]
    repeats = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with open(text, encoding="utf-8", newline="\n") as file:
        lines = file.read().removesuffix("\n").split("\n")
    result = {"bytes": sum(len(line.encode()) for line in lines)}

    def one_by_one():
        return sum(len(tokenizer.encode(line).ids) for line in lines)

    def batch():
        return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(lines))

    for name, run in {"encode": one_by_one, "encode_batch": batch}.items():
        times = []
        for _ in range(repeats):
            begin = time.process_time()
            result["tokens"] = run()
            times.append(time.process_time() - begin)
        result[name] = min(times)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
