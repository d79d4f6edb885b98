# SPDX-License-Identifier: MIT
"""Writes moe_gates.json beside this file: routing and losses of fairscale's Top2Gate and Hugging Face's Switch router
on fixed logits, which tests/core/model/gate_peers_test.cpp compares with ours.

    python3 -m venv V && V/bin/pip install torch==2.15.0 numpy fairscale==0.4.13 transformers==5.24.0
    V/bin/python tests/golden/moe_gates.py

The Gumbel noise is drawn here by the formula of core/model/layers/draws.h, so the C++ side makes the same from its keys.
"""
import json
import pathlib

import numpy as np
import torch

MASK = (1 << 64) - 1


def mix64(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def random_key(parts):
    key = 0x5377697463687964
    for part in parts:
        key = mix64(key ^ mix64(part))
    return key


def gumbel(keys, columns, stream):
    rows = []
    for row_key in keys:
        key = mix64(row_key ^ stream)
        rows.append([((mix64((key + c) & MASK) >> 41) + 0.5) * 2.0**-23 for c in range(columns)])
    return torch.tensor(np.array(rows, dtype=np.float32)).log().neg().log().neg()


def floats(tensor):
    return [float(v) for v in tensor.detach().flatten()]


def fairscale_case(tokens, experts, seed, step, layer_key):
    from fairscale.nn.moe import top2gate

    torch.manual_seed(seed)
    keys = [97 * t + 13 for t in range(tokens)]
    noise = gumbel(keys, experts, random_key([seed, step, layer_key, 6]))
    top2gate.gumbel_rsample = lambda shape, device: noise
    logits = (torch.randn(tokens, experts) * 2).requires_grad_()
    upstream = torch.randn(tokens, experts)
    l_aux, combine, _ = top2gate.top2gating(logits)
    per_expert = combine.sum(2)
    ((per_expert * upstream).sum() + l_aux * experts).backward()
    return {
        "tokens": tokens, "experts": experts, "seed": seed, "step": step, "layer_key": layer_key, "keys": keys,
        "logits": floats(logits), "upstream": floats(upstream), "combine": floats(per_expert),
        "l_aux": float(l_aux.detach()), "logits_grad": floats(logits.grad),
    }


def switch_case(tokens, experts, dim, capacity, seed):
    from transformers import SwitchTransformersConfig
    from transformers.models.switch_transformers import modeling_switch_transformers as hf

    torch.manual_seed(seed)
    config = SwitchTransformersConfig(hidden_size=dim, d_model=dim, num_experts=experts, expert_capacity=capacity, router_jitter_noise=0.0,
                                      router_bias=False, router_dtype="float32")
    router = hf.SwitchTransformersTop1Router(config).train()
    x = torch.randn(1, tokens, dim, requires_grad=True)
    returned = router(x)
    mask = next(r for r in returned if r.dtype in (torch.int64, torch.int32, torch.bool))
    logits = next(r for r in returned if r.dtype == torch.float32 and r.shape[-1] == experts)
    prob = next(r for r in returned if r.dtype == torch.float32 and r.shape[-1] == 1)
    probs = torch.softmax(logits, -1)
    chosen = probs.argmax(-1)
    balance = hf.load_balancing_loss_func(probs, chosen)
    z = hf.router_z_loss_func(logits)
    combine = mask.to(torch.float32) * prob
    upstream = torch.randn(1, tokens, experts)
    ((combine * upstream).sum() + balance + z).backward()
    return {
        "tokens": tokens, "experts": experts, "dim": dim, "capacity": capacity,
        "x": floats(x), "weight": floats(router.classifier.weight), "upstream": floats(upstream),
        "combine": floats(combine), "balance": float(balance.detach()), "z": float(z.detach()),
        "weight_grad": floats(router.classifier.weight.grad), "x_grad": floats(x.grad),
    }


if __name__ == "__main__":
    cases = {
        "fairscale": [fairscale_case(32, 4, 1, 0, 5), fairscale_case(64, 8, 2, 17, 6), fairscale_case(24, 2, 3, 3, 7)],
        "switch": [switch_case(24, 4, 8, 7, 1), switch_case(40, 8, 6, 4, 2)],
    }
    out = pathlib.Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(out, out.stat().st_size, "bytes")
