# SPDX-License-Identifier: MIT
"""What flat buffers would bring AdamW: PyTorch's fused kernel over the tensors of `bench step`, and over one of their size.

    python adamw.py [--threads 2]

Prints one JSON row: milliseconds, fastest of 20, and those of copying the gradients into the flat buffer.
"""
import argparse
import json
import time

import torch

SHAPES = ([(16, 256, 1024)] * 2 + [(16, 1024, 256)] * 2 + [(8192, 256)] + [(1024, 256)] * 16 + [(768, 256)] * 8 + [(256, 256)] * 24
          + [(256,)] * 120 + [(1024,)] * 8)


def fastest(body):
    best = 1e30
    for _ in range(20):
        begin = time.perf_counter()
        body()
        best = min(best, time.perf_counter() - begin)
    return best * 1e3


def update(tensors):
    weights, gradients, averages, squares = tensors
    steps = [torch.tensor(5.0)] * len(weights)
    torch._fused_adamw_(weights, gradients, averages, squares, [], steps, lr=1e-3, beta1=0.9, beta2=0.98, weight_decay=0.1, eps=1e-8,
                        amsgrad=False, maximize=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(parser.parse_args().threads)
    lists = [[torch.rand(shape) for shape in SHAPES] for _ in range(4)]
    flat = [[torch.cat([tensor.flatten() for tensor in tensors])] for tensors in lists]
    places = torch.split(flat[1][0], [tensor.numel() for tensor in lists[1]])
    gradients = [tensor.flatten() for tensor in lists[1]]
    print(json.dumps({
        "parameters": flat[0][0].numel(), "tensors": len(SHAPES),
        "list_ms": round(fastest(lambda: update(lists)), 2), "flat_ms": round(fastest(lambda: update(flat)), 2),
        "copy_gradients_ms": round(fastest(lambda: torch._foreach_copy_(list(places), gradients)), 2)}))


if __name__ == "__main__":
    main()
