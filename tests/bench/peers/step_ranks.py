# SPDX-License-Identifier: MIT
"""The update of step.py over several ranks with PyTorch's and fairscale's sharding: rank 0 prints one JSON row.

    torchrun --nproc-per-node 2 step_ranks.py ddp|fsdp2|oss [--checkpointing] [--repeats 7]

ddp: DistributedDataParallel; fsdp2: fully_shard of every block and of the rest; oss: fairscale's OSS with
ShardedDataParallel. Gloo; every rank has its share of the 32 samples and of the 33 pairs.
"""
import argparse
import json
import os
import resource
import time

import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.algorithms._checkpoint.checkpoint_wrapper import apply_activation_checkpointing

import step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["ddp", "fsdp2", "oss"])
    parser.add_argument("--checkpointing", action="store_true")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    dist.init_process_group("gloo")
    ranks, rank = dist.get_world_size(), dist.get_rank()
    torch.set_num_threads(max(1, os.cpu_count() // ranks))
    step.BATCH, step.ANCHORS = step.BATCH // ranks, -(-step.ANCHORS // ranks)
    torch.manual_seed(0)
    model = step.Model()
    parameters = sum(p.numel() for p in model.parameters())
    blocks = (step.EncoderBlock, step.FusionBlock)
    if options.checkpointing:
        apply_activation_checkpointing(model, check_fn=lambda module: isinstance(module, blocks))
    adamw = dict(lr=1e-4, weight_decay=0.01)
    if options.mode == "fsdp2":
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        mesh = init_device_mesh("cpu", (ranks,))
        model.scale = nn.Parameter(model.scale.detach().reshape(1))  # it refuses scalar parameters
        for module in model.modules():
            if isinstance(module, blocks):
                fully_shard(module, mesh=mesh)
        fully_shard(model, mesh=mesh)
        run = model
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **adamw, foreach=True)
    elif options.mode == "oss":
        from fairscale.nn.data_parallel import ShardedDataParallel
        from fairscale.optim.oss import OSS

        optimizer = OSS([p for p in model.parameters() if p.requires_grad], optim=torch.optim.AdamW, **adamw)
        run = ShardedDataParallel(model, optimizer)
    else:
        run = nn.parallel.DistributedDataParallel(model)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **adamw, fused=True)
    times = []
    torch.manual_seed(1 + rank)
    for index in range(2 + options.repeats):
        ids, images = torch.randint(step.VOCAB, (step.BATCH, step.TOKENS)), torch.randn(step.BATCH, 3, 128, 128)
        dist.barrier()
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        run(ids, images).backward()
        if options.mode == "oss":
            optimizer.clip_grad_norm(1.0)
        else:
            nn.utils.clip_grad_norm_([p for p in model.parameters() if p.requires_grad], 1.0)
        optimizer.step()
        if index >= 2:
            times.append((time.perf_counter() - begin) * 1e3)
    times.sort()
    peak = torch.tensor([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024])
    dist.all_reduce(peak, op=dist.ReduceOp.MAX)
    if rank == 0:
        print(json.dumps({
            "mode": options.mode, "ranks": ranks, "precision": "fp32", "ms": times[0], "median_ms": times[len(times) // 2],
            "parameters": parameters, "peak_rss_bytes": int(peak)}))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
