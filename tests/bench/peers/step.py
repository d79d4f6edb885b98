# SPDX-License-Identifier: MIT
"""One update of the model of `switchyard bench step` in PyTorch's own operations: prints one JSON row.

    python step.py [--precision fp32|bf16] [--repeats 7]

The same layers, sizes, pairs and losses: 4 + 4 encoder layers (LoRA on the vision encoder), two fusion blocks in which
text and picture attend to each other before 16 experts (top-2, one product an expert) work on the tokens of both, and
PyTorch's fused AdamW with clipping by norm.
"""
import argparse
import json
import resource
import time

import torch
import torch.nn.functional as F
from torch import nn

DIM, HEADS, TOKENS, PATCHES, VOCAB, RANK, EXPERTS, BATCH, ANCHORS = 256, 8, 64, 64, 8192, 8, 16, 32, 11


def heads(x):
    return x.view(x.shape[0], x.shape[1], HEADS, DIM // HEADS).transpose(1, 2)


def attend(q, k, v, bias=None):
    bias = None if bias is None else bias.to(q.dtype)
    y = F.scaled_dot_product_attention(heads(q), heads(k), heads(v), attn_mask=bias)
    return y.transpose(1, 2).reshape(q.shape)


class LoraLinear(nn.Linear):
    """A frozen linear layer whose output has `parts` adapted pieces."""

    def __init__(self, width, out, parts):
        super().__init__(width, out)
        self.requires_grad_(False)
        self.a = nn.ParameterList([nn.Parameter(torch.randn(RANK, width) * 0.02) for _ in range(parts)])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(out // parts, RANK)) for _ in range(parts)])

    def forward(self, x):
        added = [F.linear(F.linear(x, a), b) for a, b in zip(self.a, self.b)]
        return super().forward(x) + torch.cat(added, -1) * 2.0


class EncoderBlock(nn.Module):
    def __init__(self, lora):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.qkv = LoraLinear(DIM, 3 * DIM, 3) if lora else nn.Linear(DIM, 3 * DIM)
        self.out = LoraLinear(DIM, DIM, 1) if lora else nn.Linear(DIM, DIM)
        self.fc1, self.fc2 = nn.Linear(DIM, 4 * DIM), nn.Linear(4 * DIM, DIM)
        if lora:
            for module in (self.norm1, self.norm2, self.fc1, self.fc2):
                module.requires_grad_(False)

    def forward(self, x, bias=None):
        x = x + self.out(attend(*self.qkv(self.norm1(x)).chunk(3, -1), bias))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self.router = nn.Linear(DIM, EXPERTS, bias=False)
        self.w1 = nn.Parameter(torch.randn(EXPERTS, DIM, 4 * DIM) * 0.02)
        self.b1 = nn.Parameter(torch.zeros(EXPERTS, 4 * DIM))
        self.w2 = nn.Parameter(torch.randn(EXPERTS, 4 * DIM, DIM) * 0.02)
        self.b2 = nn.Parameter(torch.zeros(EXPERTS, DIM))

    def forward(self, x):
        probs = torch.softmax(self.router(x).float(), -1)
        weight, chosen = probs.topk(2, -1)
        weight, chosen = (weight / weight.sum(-1, keepdim=True)).flatten(), chosen.flatten()
        order = chosen.argsort(stable=True)
        count = torch.bincount(chosen, minlength=EXPERTS)
        token = order // 2
        w1, w2, b1, b2 = (p.unbind(0) for p in (self.w1, self.w2, self.b1, self.b2))
        rows = x.index_select(0, token).split(count.tolist())
        y = torch.cat([F.gelu(r @ w1[e] + b1[e]) @ w2[e] + b2[e] for e, r in enumerate(rows)])
        y = y * weight[order].to(y.dtype)[:, None]
        balance = EXPERTS * (probs.mean(0) * (count / count.sum())).sum()
        return torch.zeros(x.shape, dtype=y.dtype).index_add(0, token, y), balance


class FusionBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.text_norm, self.image_norm, self.ffn_norm = nn.LayerNorm(DIM), nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.text_q, self.image_q = nn.Linear(DIM, DIM), nn.Linear(DIM, DIM)
        self.text_kv, self.image_kv = nn.Linear(DIM, 2 * DIM), nn.Linear(DIM, 2 * DIM)
        self.text_out, self.image_out = nn.Linear(DIM, DIM), nn.Linear(DIM, DIM)
        self.experts = Experts()

    def forward(self, text, image):
        nt, ni = self.text_norm(text), self.image_norm(image)
        text = text + self.text_out(attend(self.text_q(nt), *self.image_kv(ni).chunk(2, -1)))
        image = image + self.image_out(attend(self.image_q(ni), *self.text_kv(nt).chunk(2, -1)))
        rows = torch.cat([text.reshape(-1, DIM), image.reshape(-1, DIM)])
        y, balance = self.experts(self.ffn_norm(rows))
        text, image = (rows + y).split([text.shape[0] * TOKENS, image.shape[0] * PATCHES])
        return text.view(-1, TOKENS, DIM), image.view(-1, PATCHES, DIM), balance


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, DIM)
        self.patches = nn.Linear(3 * 16 * 16, DIM)
        self.places = nn.Parameter(torch.randn(1, PATCHES, DIM) * 0.02)
        self.text = nn.ModuleList([EncoderBlock(lora=False) for _ in range(4)])
        self.vision = nn.ModuleList([EncoderBlock(lora=True) for _ in range(4)])
        self.text_norm, self.image_norm = nn.LayerNorm(DIM), nn.LayerNorm(DIM)
        self.text_in, self.image_in = nn.Linear(DIM, DIM), nn.Linear(DIM, DIM)
        self.fusion = nn.ModuleList([FusionBlock() for _ in range(2)])
        self.text_projection, self.image_projection = nn.Linear(DIM, 128), nn.Linear(DIM, 128)
        self.match = nn.Linear(2 * DIM, 1)
        self.scale = nn.Parameter(torch.tensor(2.6))
        slopes = torch.tensor([2.0 ** (-(i + 1)) for i in range(HEADS)])
        place = torch.arange(TOKENS)
        self.register_buffer("bias", (-(place[None] - place[:, None]).abs() * slopes[:, None, None])[None])

    def forward(self, ids, images):
        text = self.embedding(ids)
        for block in self.text:
            text = block(text, self.bias)
        image = images.unfold(2, 16, 16).unfold(3, 16, 16).permute(0, 2, 3, 1, 4, 5).reshape(BATCH, PATCHES, -1)
        image = self.patches(image) + self.places
        for block in self.vision:
            image = block(image)
        text, image = self.text_norm(text), self.image_norm(image)
        zt = F.normalize(self.text_projection(text.mean(1)), dim=-1)
        zi = F.normalize(self.image_projection(image.mean(1)), dim=-1)
        scores, label = zt @ zi.t() * self.scale.exp(), torch.arange(BATCH)
        loss = (F.cross_entropy(scores, label) + F.cross_entropy(scores.t(), label)) / 2
        # The first samples' own pairs, and each with its hardest other picture and text.
        other = scores.detach().float().clone().fill_diagonal_(-1e9)
        first = torch.arange(ANCHORS)
        pair_text = torch.cat([first, first, other.argmax(0)[:ANCHORS]])
        pair_image = torch.cat([first, other.argmax(1)[:ANCHORS], first])
        truth = torch.cat([torch.ones(ANCHORS), torch.zeros(2 * ANCHORS)])
        t, i = self.text_in(text)[pair_text], self.image_in(image)[pair_image]
        balance = 0.0
        for block in self.fusion:
            t, i, part = block(t, i)
            balance = balance + part / 2
        logit = self.match(torch.cat([t.mean(1), i.mean(1)], -1)).float().flatten()
        return loss + F.binary_cross_entropy_with_logits(logit, truth) + 0.01 * balance


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--precision", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--repeats", type=int, default=7)
    options = parser.parse_args()
    torch.manual_seed(0)
    model = Model()
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01, fused=True)
    times = []
    for index in range(2 + options.repeats):
        ids, images = torch.randint(VOCAB, (BATCH, TOKENS)), torch.randn(BATCH, 3, 128, 128)
        begin = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bf16"):
            loss = model(ids, images)
        loss.backward()
        nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        if index >= 2:
            times.append((time.perf_counter() - begin) * 1e3)
    times.sort()
    print(json.dumps({
        "mode": "none", "ranks": 1, "precision": options.precision, "ms": times[0], "median_ms": times[len(times) // 2],
        "parameters": sum(p.numel() for p in model.parameters()),
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


if __name__ == "__main__":
    main()
