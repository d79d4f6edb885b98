# SPDX-License-Identifier: MIT
"""Why attention runs in fp32 under bf16 on CPUs: forward and backward of PyTorch's in both types, and in fp32 between casts.

    python attention.py [--batch 32 --heads 8 --tokens 64 --width 32]

Prints one JSON row: milliseconds, fastest of 20.
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F


def fastest(body):
    times = []
    for _ in range(23):
        begin = time.perf_counter()
        body()
        times.append((time.perf_counter() - begin) * 1e3)
    return min(times[3:])


def main():
    parser = argparse.ArgumentParser()
    for name, value in (("batch", 32), ("heads", 8), ("tokens", 64), ("width", 32)):
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    shape = (options.batch, options.heads, options.tokens, options.width)
    row = {}
    for name, kept, computed in (("fp32", torch.float32, torch.float32), ("bf16", torch.bfloat16, torch.bfloat16),
                                 ("bf16_in_fp32", torch.bfloat16, torch.float32)):
        q, k, v = (torch.randn(shape).to(kept).requires_grad_() for _ in range(3))
        upstream = torch.randn(shape).to(kept)

        def forward():
            return F.scaled_dot_product_attention(q.to(computed), k.to(computed), v.to(computed)).to(kept)

        row[name + "_forward_ms"] = round(fastest(forward), 2)
        row[name + "_step_ms"] = round(fastest(lambda: forward().backward(upstream)), 2)
    print(json.dumps(row))


if __name__ == "__main__":
    main()
