# SPDX-License-Identifier: MIT
"""Writes moe_gates.json beside this file: routing and losses of fairscale's Top2Gate, of Hugging Face's Switch router and
of two papers' formulas written out literally (noisy top-k, expert choice; double precision, one token or one expert at a
time, gradients by autograd), on fixed numbers, which tests/core/model/gate_peers_test.cpp compares with ours.

    python3 -m venv V && V/bin/pip install torch==2.15.0 numpy fairscale==0.4.13 transformers==5.24.0
    V/bin/python tests/golden/moe_gates.py

The noise is drawn here by the formulas of core/model/layers/draws.h, so the C++ side makes the same from its keys.
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


def uniform(keys, columns, stream):
    rows = []
    for row_key in keys:
        key = mix64(row_key ^ stream)
        rows.append([((mix64((key + c) & MASK) >> 41) + 0.5) * 2.0**-23 for c in range(columns)])
    return np.array(rows)


def gumbel(keys, columns, stream):
    return torch.tensor(uniform(keys, columns, stream).astype(np.float32)).log().neg().log().neg()


def normal(keys, columns, stream):
    u = uniform(keys, 2 * columns, stream)
    return torch.tensor(np.sqrt(-2 * np.log(u[:, :columns])) * np.cos(2 * np.pi * u[:, columns:]))


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


def squared_variation(sums):
    """CV(x)^2 of Shazeer et al. 2017 (arXiv 1701.06538), with the unbiased variance."""
    return sums.var() / (sums.mean() ** 2 + 1e-10)


def noisy_topk_case(tokens, experts, dim, kept, seed, step, layer_key):
    """Equations 3 to 5 and 8 to 11 of Shazeer et al. 2017 (arXiv 1701.06538), token by token."""
    torch.manual_seed(seed)
    keys = [31 * t + 7 for t in range(tokens)]
    draws = normal(keys, experts, random_key([seed, step, layer_key, 6]))
    x = torch.randn(tokens, dim, dtype=torch.float64, requires_grad=True)
    w_gate = (torch.randn(experts, dim, dtype=torch.float64) * 0.7).requires_grad_()
    w_noise = (torch.randn(experts, dim, dtype=torch.float64) * 0.7).requires_grad_()
    upstream = torch.randn(tokens, experts, dtype=torch.float64)
    standard = torch.distributions.Normal(0.0, 1.0)
    gates, loads = [], []
    for t in range(tokens):
        clean = [(x[t] * w_gate[e]).sum() for e in range(experts)]
        scale = [torch.log1p(torch.exp((x[t] * w_noise[e]).sum())) + 1e-2 for e in range(experts)]
        h = [clean[e] + draws[t, e] * scale[e] for e in range(experts)]
        best = sorted(range(experts), key=lambda e: -h[e].item())[:kept]
        total = sum(torch.exp(h[e]) for e in best)
        gates.append(torch.stack([torch.exp(h[e]) / total if e in best else torch.zeros((), dtype=torch.float64) for e in range(experts)]))
        chances = []
        for e in range(experts):
            others = sorted((h[i] for i in range(experts) if i != e), key=lambda v: -v.item())
            chances.append(standard.cdf((clean[e] - others[kept - 1]) / scale[e]))
        loads.append(torch.stack(chances))
    gates, loads = torch.stack(gates), torch.stack(loads)
    importance, load = squared_variation(gates.sum(0)), squared_variation(loads.sum(0))
    ((gates * upstream).sum() + importance + load).backward()
    return {
        "tokens": tokens, "experts": experts, "dim": dim, "top_k": kept, "seed": seed, "step": step, "layer_key": layer_key, "keys": keys,
        "x": floats(x), "weight": floats(w_gate), "noise_weight": floats(w_noise), "upstream": floats(upstream),
        "combine": floats(gates), "importance": float(importance.detach()), "load": float(load.detach()),
        "weight_grad": floats(w_gate.grad), "noise_weight_grad": floats(w_noise.grad), "x_grad": floats(x.grad),
    }


def expert_choice_case(tokens, experts, dim, factor, seed):
    """Section 3.2 of Zhou et al. 2022 (arXiv 2202.09368): S = softmax(X Wg), each expert its top k = n c / e rows of S^T."""
    torch.manual_seed(seed)
    x = torch.randn(tokens, dim, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(experts, dim, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(tokens, experts, dtype=torch.float64)
    score = torch.softmax(x @ weight.t(), -1)
    combine = torch.zeros(tokens, experts, dtype=torch.float64)
    for e in range(experts):
        for t in sorted(range(tokens), key=lambda t: -score[t, e].item())[: tokens * factor // experts]:
            one = torch.zeros(tokens, experts, dtype=torch.float64)
            one[t, e] = 1
            combine = combine + one * score
    (combine * upstream).sum().backward()
    return {
        "tokens": tokens, "experts": experts, "dim": dim, "factor": factor,
        "x": floats(x), "weight": floats(weight), "upstream": floats(upstream), "combine": floats(combine),
        "weight_grad": floats(weight.grad), "x_grad": floats(x.grad),
    }


if __name__ == "__main__":
    cases = {
        "fairscale": [fairscale_case(32, 4, 1, 0, 5), fairscale_case(64, 8, 2, 17, 6), fairscale_case(24, 2, 3, 3, 7)],
        "switch": [switch_case(24, 4, 8, 7, 1), switch_case(40, 8, 6, 4, 2)],
        "noisy_topk": [noisy_topk_case(20, 5, 6, 2, 4, 0, 8), noisy_topk_case(32, 8, 6, 3, 5, 11, 9)],
        "expert_choice": [expert_choice_case(24, 4, 6, 2, 6), expert_choice_case(40, 8, 6, 3, 7)],
    }
    out = pathlib.Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(out, out.stat().st_size, "bytes")
