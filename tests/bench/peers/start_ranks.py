# SPDX-License-Identifier: MIT
"""The shortest program that sums one number over ranks with Gloo: rank 0 prints when the last rank had the sum, in
milliseconds of the machine's monotonic clock.

    torchrun --nproc-per-node 2 start_ranks.py
"""
import time

import torch
import torch.distributed as dist

dist.init_process_group("gloo")
number = torch.ones(1)
dist.all_reduce(number)
assert number.item() == dist.get_world_size()
finished = torch.tensor([time.monotonic() * 1e3], dtype=torch.float64)
dist.all_reduce(finished, op=dist.ReduceOp.MAX)
if dist.get_rank() == 0:
    print(finished.item(), flush=True)
dist.destroy_process_group()
