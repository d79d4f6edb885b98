# SPDX-License-Identifier: MIT
"""One MoE layer of a peer, forward and backward, timed as `switchyard bench moe` times ours: prints one JSON row.

    python moe.py PEER --shape 512x2048x64 [--precision fp32|bf16] [--bf16-weights] [--tokens 4096] [--repeats 5]

PEER: sort_loop and grouped (plain PyTorch), fairscale, deepspeed, mixtral (Hugging Face, grouped_mm experts; a gated
expert has three matrices, whose work counts). Top-2 everywhere; every step has other tokens. In bf16, weights and
gradients are fp32 and the products bf16 under autocast, as mixed precision trains, or with --bf16-weights all bf16.
"""
import argparse
import json
import os
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn


def sort_by_expert(x, gate, experts):
    """Top-2 of a softmax: rows sorted by expert, their tokens, weights and counts."""
    probs = torch.softmax((x @ gate).float(), -1)
    weight, chosen = probs.topk(2, -1)
    weight = weight / weight.sum(-1, keepdim=True)
    flat = chosen.flatten()
    order = flat.argsort(stable=True)
    count = torch.bincount(flat, minlength=experts)
    return order // 2, weight.flatten()[order], count


class Plain(nn.Module):
    """Dropless top-2 in PyTorch's own operations: one product an expert, or torch's grouped product."""

    def __init__(self, dim, hidden, experts, grouped, dtype):
        super().__init__()
        self.experts, self.grouped = experts, grouped
        self.gate = nn.Parameter(torch.randn(dim, experts, dtype=dtype) * 0.02)
        self.w1 = nn.Parameter(torch.randn(experts, dim, hidden, dtype=dtype) * 0.02)
        self.w2 = nn.Parameter(torch.randn(experts, hidden, dim, dtype=dtype) * 0.02)

    def forward(self, x):
        token, weight, count = sort_by_expert(x, self.gate, self.experts)
        rows = x.index_select(0, token)
        if self.grouped:
            ends = count.cumsum(0).to(torch.int32)
            w1, w2 = self.w1.to(x.dtype), self.w2.to(x.dtype)  # autocast does not know the grouped product
            out = F.grouped_mm(F.gelu(F.grouped_mm(rows, w1, offs=ends)), w2, offs=ends)
        else:
            parts = rows.split(count.tolist())
            out = torch.cat([F.gelu(part @ a) @ b for part, a, b in zip(parts, self.w1.unbind(0), self.w2.unbind(0))])
        return torch.zeros_like(x).index_add(0, token, out * weight.to(x.dtype)[:, None])


def single_process_group():
    os.environ.update({"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29641", "RANK": "0", "WORLD_SIZE": "1", "LOCAL_RANK": "0"})


def make(peer, dim, hidden, experts, dtype):
    """A function from [T, dim] to [T, dim], its parameters, and the matrices of an expert."""
    if peer in ("sort_loop", "grouped"):
        layer = Plain(dim, hidden, experts, peer == "grouped", dtype)
        return layer, layer, 2
    block = lambda: nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim))
    if peer == "fairscale":
        from fairscale.nn import MOELayer, Top2Gate

        torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
        layer = MOELayer(Top2Gate(dim, experts), nn.ModuleList([block() for _ in range(experts)])).to(dtype)
        return (lambda x: layer(x.view(experts, -1, dim)).reshape(-1, dim)), layer, 2
    if peer == "deepspeed":
        os.environ["DS_ACCELERATOR"] = "cpu"
        single_process_group()
        import deepspeed
        from deepspeed.moe.layer import MoE

        deepspeed.init_distributed("gloo", verbose=False)
        layer = MoE(dim, block(), num_experts=experts, k=2, capacity_factor=1.25).to(dtype)
        layer.set_deepspeed_parallelism()
        return (lambda x: layer(x.unsqueeze(0))[0].squeeze(0)), layer, 2
    if peer == "mixtral":
        from transformers import MixtralConfig
        from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock

        config = MixtralConfig(hidden_size=dim, intermediate_size=hidden, num_local_experts=experts, num_experts_per_tok=2)
        config._experts_implementation = "grouped_mm"
        layer = MixtralSparseMoeBlock(config).to(dtype)
        for parameter in layer.parameters():
            nn.init.normal_(parameter, std=0.02)

        def run(x):
            out = layer(x.unsqueeze(0))
            return (out[0] if isinstance(out, tuple) else out).reshape(-1, dim)

        return run, layer, 3
    raise SystemExit(f"unknown peer {peer}")


def ceiling(dtype):
    a, b = torch.randn(1024, 1024).to(dtype), torch.randn(1024, 1024).to(dtype)
    out, best = torch.empty_like(a), 1e30
    for _ in range(18):
        begin = time.perf_counter()
        torch.mm(a, b, out=out)
        best = min(best, time.perf_counter() - begin)
    return 2 * 1024**3 / best / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer")
    parser.add_argument("--shape", default="512x2048x8", help="DIMxHIDDENxEXPERTS")
    parser.add_argument("--precision", default="fp32", choices=["fp32", "bf16"])
    parser.add_argument("--bf16-weights", action="store_true")
    parser.add_argument("--tokens", type=int, default=4096)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    dim, hidden, experts = (int(n) for n in options.shape.split("x"))
    dtype = torch.bfloat16 if options.precision == "bf16" else torch.float32
    torch.manual_seed(1)
    top = ceiling(dtype)
    mixed = dtype == torch.bfloat16 and not options.bf16_weights
    run, layer, matrices = make(options.peer, dim, hidden, experts, torch.float32 if mixed else dtype)
    layer.train()
    inputs = [torch.randn(options.tokens, dim).to(dtype).requires_grad_() for _ in range(4)]
    upstream = torch.randn(options.tokens, dim).to(dtype)
    times = []
    for index in range(options.repeats + 2):
        x = inputs[index % 4]
        x.grad = None
        for parameter in layer.parameters():
            parameter.grad = None
        begin = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            y = run(x)
        y.backward(upstream.to(y.dtype))
        times.append(time.perf_counter() - begin)
    best = min(times[2:])
    top = max(top, ceiling(dtype))
    flops = 6 * matrices * 2 * dim * hidden * options.tokens
    print(json.dumps({
        "peer": options.peer, "dim": dim, "hidden": hidden, "experts": experts, "tokens": options.tokens,
        "precision": options.precision, "weights": "fp32" if mixed else options.precision, "ms": best * 1e3, "gflops": flops / best / 1e9, "ceiling_gflops": top,
        "share_of_ceiling": flops / best / 1e9 / top,
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }))


if __name__ == "__main__":
    main()
