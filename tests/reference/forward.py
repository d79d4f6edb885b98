#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Computes a trace again, in PyTorch, from docs/model.md: python forward.py MODEL_DIR TRACE.safetensors

Prints one line of JSON: the largest differences of every output, and how many routing choices differ.
"""
import json
import math
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


def read_config(path):
    """The exported config is block YAML with one `key: value` a line, lists as [a, b]."""
    root, stack = {}, [(-1, None)]
    stack[0] = (-1, root)
    for line in open(path, encoding="utf-8"):
        text = line.split(" #")[0].rstrip()
        if not text.strip() or text.lstrip().startswith("#"):
            continue
        indent = len(text) - len(text.lstrip())
        key, _, value = text.strip().partition(":")
        while stack[-1][0] >= indent:
            stack.pop()
        value = value.strip()
        if not value:
            stack[-1][1][key] = {}
            stack.append((indent, stack[-1][1][key]))
        elif value.startswith("["):
            stack[-1][1][key] = [word.strip() for word in value[1:-1].split(",") if word.strip()]
        else:
            for kind in (int, float, str):
                try:
                    stack[-1][1][key] = kind(value)
                    break
                except ValueError:
                    continue
    return root


class Reference:
    def __init__(self, folder):
        self.config = read_config(folder + "/config.yaml")
        # fp64, so that what differs is the other side's rounding.
        self.w = {name: tensor.double() for name, tensor in load_file(folder + "/model.safetensors").items()}
        self.layers = {}

    def model(self, *path):
        value = self.config["model"]
        for name in path:
            value = value[name]
        return value

    def act(self, x):
        return F.relu(x) if self.model("moe", "activation") == "relu" else F.gelu(x)

    def linear(self, x, name, slices=None):
        y = x @ self.w[name + ".weight"].T
        if name + ".bias" in self.w:
            y = y + self.w[name + ".bias"]
        lora = self.model("vision", "lora")
        for target, begin, columns in slices or []:
            if f"{name}.lora_{target}_a" not in self.w:
                continue
            a, b = self.w[f"{name}.lora_{target}_a"], self.w[f"{name}.lora_{target}_b"]
            rank = a.shape[0]
            scale = lora["alpha"] / (math.sqrt(rank) if lora["rank_stabilized"] == "true" else rank)
            y[..., begin:begin + columns] += scale * (x @ a.T) @ b.T
        return y

    def norm(self, x, name):
        mean = x.mean(-1, keepdim=True)
        variance = ((x - mean) ** 2).mean(-1, keepdim=True)
        return (x - mean) / torch.sqrt(variance + 1e-5) * self.w[name + ".weight"] + self.w[name + ".bias"]

    @staticmethod
    def slopes(heads):
        power = 2 ** int(math.floor(math.log2(heads)))
        slopes = [2.0 ** (-8.0 * i / power) for i in range(1, power + 1)]
        wider = [2.0 ** (-8.0 * i / (2 * power)) for i in range(1, 2 * power + 1)]
        return slopes + wider[0::2][: heads - power]

    @staticmethod
    def attention(q, k, v, heads, bias=None):
        out = []
        size = q.shape[-1] // heads
        for h in range(heads):
            part = slice(h * size, (h + 1) * size)
            scores = q[:, part] @ k[:, part].T / math.sqrt(size)
            if bias is not None:
                scores = scores + bias[h]
            out.append(torch.softmax(scores, -1) @ v[:, part])
        return torch.cat(out, -1)

    def mixture(self, x, name):
        moe = self.config["model"]["moe"]
        logits = x @ self.w[name + ".router.weight"].T
        sigmoid = moe["gate"] == "topk" and moe["score"] == "sigmoid"
        probs = torch.sigmoid(logits) if sigmoid else torch.softmax(logits, -1)
        tokens, experts = logits.shape
        count = int(moe["top_k"])
        first = probs.argmax(-1)
        if moe["gate"] == "top2":
            second = logits.scatter(1, first[:, None], -math.inf).argmax(-1)
            chosen = torch.stack([first, second], 1)
        elif moe["gate"] == "switch":
            chosen = first[:, None]
        elif moe["gate"] == "topk":
            wanted = probs + self.w[name + ".router.bias"] if name + ".router.bias" in self.w else probs
            chosen = wanted.sort(-1, descending=True).indices[:, :count]
        elif moe["gate"] == "noisy_topk":
            chosen = logits.sort(-1, descending=True).indices[:, :count]
        else:
            return self.expert_choice(x, name, logits, probs)
        weights = probs.gather(1, chosen)
        if moe["gate"] == "topk":
            weights = weights / weights.sum(-1, keepdim=True)
        if moe["gate"] == "noisy_topk":
            weights = torch.softmax(logits.gather(1, chosen), -1)
        dropped = torch.zeros_like(chosen, dtype=torch.bool)
        factor = float(moe["eval_capacity_factor"])
        if factor > 0:
            slots = max(int(moe["min_capacity"]), math.ceil(factor * chosen.shape[1] * tokens / experts))
            order = list(range(tokens))
            if moe["drop"] == "priority":
                order.sort(key=lambda t: -weights[t, 0].item())
            placed = [0] * experts
            for k in range(chosen.shape[1]):
                for t in order:
                    expert = int(chosen[t, k])
                    dropped[t, k] = placed[expert] >= slots
                    placed[expert] += 1
            weights = weights.masked_fill(dropped, 0.0)
        if moe["gate"] == "top2":
            weights = weights / weights.sum(-1, keepdim=True).clamp_min(torch.finfo(torch.float32).eps)
        self.layers[name] = {"logits": logits, "experts": chosen, "weights": weights, "dropped": dropped}
        return self.experts(x, name, chosen, weights)

    def expert_choice(self, x, name, logits, probs):
        """Each expert takes its best tokens; a token's choices then stand by falling probability, -1 behind the last."""
        moe = self.config["model"]["moe"]
        factor = float(moe["eval_capacity_factor"])
        tokens, experts = probs.shape
        slots = min(tokens, math.ceil((factor if factor > 0 else 1.0) * int(moe["top_k"]) * tokens / experts))
        taken = [[] for _ in range(tokens)]
        for e in range(experts):
            for t in probs[:, e].sort(descending=True).indices[:slots].tolist():
                taken[t].append(e)
        widest = max(1, max(len(own) for own in taken))
        chosen = torch.full((tokens, widest), -1)
        weights = torch.zeros(tokens, widest, dtype=torch.double)
        for t, own in enumerate(taken):
            for k, e in enumerate(sorted(own, key=lambda e: -probs[t, e].item())):
                chosen[t, k], weights[t, k] = e, probs[t, e]
        self.layers[name] = {"logits": logits, "experts": chosen, "weights": weights, "dropped": chosen < 0}
        return self.experts(x, name, chosen, weights)

    def experts(self, x, name, chosen, weights):
        y = torch.zeros_like(x)
        for t in range(chosen.shape[0]):
            for k in range(chosen.shape[1]):
                e = int(chosen[t, k])
                if e < 0:
                    continue
                hidden = x[t] @ self.w[name + ".experts.w1"][e]
                if name + ".experts.b1" in self.w:
                    hidden = hidden + self.w[name + ".experts.b1"][e]
                if self.model("moe", "activation") == "swiglu":
                    gate, value = hidden.chunk(2)
                    hidden = F.silu(gate) * value
                else:
                    hidden = self.act(hidden)
                out = hidden @ self.w[name + ".experts.w2"][e]
                if name + ".experts.b2" in self.w:
                    out = out + self.w[name + ".experts.b2"][e]
                y[t] += weights[t, k] * out
        return y

    def block(self, x, name, heads, bias=None):
        dim = x.shape[-1]
        slices = [("q", 0, dim), ("k", dim, dim), ("v", 2 * dim, dim)]
        q, k, v = self.linear(self.norm(x, name + ".norm1"), name + ".attention.qkv", slices).split(dim, -1)
        attended = self.attention(q, k, v, heads, bias)
        x = x + self.linear(attended, name + ".attention.out", [("o", 0, dim)])
        normed = self.norm(x, name + ".norm2")
        if name + ".moe.router.weight" in self.w:
            return x + self.mixture(normed, name + ".moe")
        hidden = self.w[name + ".ffn.fc1.weight"].shape[0]
        return x + self.linear(self.act(self.linear(normed, name + ".ffn.fc1", [("fc1", 0, hidden)])), name + ".ffn.fc2",
                               [("fc2", 0, dim)])

    def text(self, ids):
        heads, length = int(self.model("text", "heads")), len(ids)
        x = self.w["text.embedding.weight"][ids.long()]
        place = torch.arange(length, dtype=torch.double)
        bias = torch.stack([-slope * (place[:, None] - place[None, :]).abs() for slope in self.slopes(heads)])
        if self.model("text", "causal") == "true":
            bias = bias.masked_fill(place[None, :] > place[:, None], -math.inf)
        for i in range(int(self.model("text", "layers"))):
            x = self.block(x, f"text.blocks.{i}", heads, bias)
        return self.norm(x, "text.norm")

    def image(self, pixels):
        patch = int(self.model("vision", "patch_size"))
        if self.model("vision", "stem") == "linear":
            grid = pixels.shape[1] // patch
            rows = [pixels[:, r * patch:(r + 1) * patch, c * patch:(c + 1) * patch].reshape(-1) for r in range(grid)
                    for c in range(grid)]
            x = self.linear(torch.stack(rows), "vision.stem.linear")
        else:
            x, count = pixels[None], 0
            while f"vision.stem.convs.{count}.weight" in self.w:
                count += 1
            for i in range(count):
                weight = self.w[f"vision.stem.convs.{i}.weight"]
                last = i == count - 1
                x = F.conv2d(F.gelu(x) if i > 0 else x, weight, self.w[f"vision.stem.convs.{i}.bias"],
                             stride=1 if last else 2, padding=0 if last else 1)
            x = x[0].flatten(1).T
        x = x + self.w["vision.position"]
        for i in range(int(self.model("vision", "layers"))):
            x = self.block(x, f"vision.blocks.{i}", int(self.model("vision", "heads")))
        return self.norm(x, "vision.norm")

    def fusion(self, text, image):
        heads = int(self.model("fusion", "heads"))
        t, i = self.linear(text, "fusion.text_in"), self.linear(image, "fusion.image_in")
        dim = t.shape[-1]
        for number in range(int(self.model("fusion", "layers"))):
            name = f"fusion.blocks.{number}"
            nt, ni = self.norm(t, name + ".text_norm"), self.norm(i, name + ".image_norm")
            k, v = self.linear(ni, name + ".image_kv").split(dim, -1)
            new_t = t + self.linear(self.attention(self.linear(nt, name + ".text_q"), k, v, heads), name + ".text_out")
            k, v = self.linear(nt, name + ".text_kv").split(dim, -1)
            new_i = i + self.linear(self.attention(self.linear(ni, name + ".image_q"), k, v, heads), name + ".image_out")
            both = torch.cat([new_t, new_i])
            normed = self.norm(both, name + ".ffn_norm")
            if name + ".moe.router.weight" in self.w:
                both = both + self.mixture(normed, name + ".moe")
            else:
                both = both + self.linear(self.act(self.linear(normed, name + ".ffn.fc1")), name + ".ffn.fc2")
            t, i = both[: len(t)], both[len(t):]
        pooled = torch.cat([self.norm(t, "fusion.text_norm").mean(0), self.norm(i, "fusion.image_norm").mean(0)])
        hidden = F.gelu(self.linear(pooled, "match_head.fc1"))
        return self.linear(hidden, "match_head.fc2")[0]

    def unit(self, tokens, name):
        x = self.linear(tokens.mean(0), name)
        return x / x.norm().clamp_min(1e-12)


def compare(folder, trace_file):
    trace = load_file(trace_file)
    prefixes = sorted({name.split(".")[1] for name in trace if name.startswith("samples.")}, key=int)
    result = {"samples": 0, "choices": 0, "wrong_choices": 0, "wrong_drops": 0, "dropped": 0, "layers": set(),
              "difference": {}}

    def note(kind, ours, theirs):
        difference = (ours - theirs.double()).abs().max().item()
        result["difference"][kind] = max(result["difference"].get(kind, 0.0), difference)

    reference = Reference(folder)
    for prefix in [f"samples.{n}." for n in prefixes] or [""]:
        reference.layers = {}
        text = image = None
        result["samples"] += 1
        if prefix + "token_ids" in trace:
            text = reference.text(trace[prefix + "token_ids"])
            note("text_embedding", reference.unit(text, "text_projection"), trace[prefix + "text_embedding"])
        if prefix + "image" in trace:
            image = reference.image(trace[prefix + "image"].double())
            note("image_embedding", reference.unit(image, "image_projection"), trace[prefix + "image_embedding"])
        if text is not None and image is not None:
            note("match_logit", reference.fusion(text, image), trace[prefix + "match_logit"])
        for name, layer in reference.layers.items():
            key = prefix + "layers." + name + "."
            result["layers"].add(name)
            result["choices"] += layer["experts"].numel()
            result["dropped"] += int(layer["dropped"].sum())
            result["wrong_choices"] += int((layer["experts"] != trace[key + "experts"]).sum())
            result["wrong_drops"] += int((layer["dropped"] != trace[key + "dropped"]).sum())
            note("logits", layer["logits"], trace[key + "logits"])
            note("weights", layer["weights"], trace[key + "weights"])
    traced = {name.split("layers.")[1].rsplit(".", 1)[0] for name in trace if "layers." in name}
    result["missing_layers"] = sorted(traced ^ result["layers"])
    result["layers"] = sorted(result["layers"])
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        compare(sys.argv[1], sys.argv[2])
    else:  # one comparison a line of two tab-separated paths: PyTorch takes seconds to import
        for line in sys.stdin:
            compare(*line.rstrip("\n").split("\t"))
