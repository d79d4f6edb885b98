#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fine-tuning of a BERT encoder on a GLUE table with PyTorch and transformers, as `switchyard train` does it with
configs/glue.yaml: cross-encoder, [u, v, |u - v|, u * v] of segment means (single texts: u), AdamW, dropout of hidden
features and attention 0.1, batches padded to their longest text. Prints the median step and the sentences a second.
With --dev it trains for --epochs, warms up over 100 steps and falls to zero as ours, and prints accuracy and Matthews
correlation (two classes) of that table too.

    python tests/bench/peers/text_step.py MODEL TABLE.tsv TEXT_COLUMN LABEL_COLUMN [--pair COLUMN] [--steps 60] [--bf16]
        [--dev TABLE.tsv --epochs 4 --seed 1] [--names COLUMN ...]
"""
import argparse
import csv
import json
import os
import random
import time

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("table")
parser.add_argument("text")
parser.add_argument("label")
parser.add_argument("--pair")
parser.add_argument("--steps", type=int, default=60)
parser.add_argument("--batch", type=int, default=32)
parser.add_argument("--attention", default="sdpa")
parser.add_argument("--bf16", action="store_true", help="under autocast")
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--dev")
parser.add_argument("--epochs", type=int, default=4)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--names", nargs="*", help="of the columns, where the table has no head")
a = parser.parse_args()
torch.set_num_threads(a.threads)
torch.manual_seed(a.seed)


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, a.names, delimiter="\t", quoting=csv.QUOTE_NONE))


rows = table(a.table)
classes = sorted({row[a.label] for row in rows})
tokenizer = Tokenizer.from_file(os.path.join(a.model, "tokenizer.json"))
tokenizer.enable_truncation(128)
tokenizer.no_padding()
encoder = AutoModel.from_pretrained(a.model, attn_implementation=a.attention, add_pooling_layer=False).train()
width = encoder.config.hidden_size * (4 if a.pair else 1)
head = torch.nn.Linear(width, len(classes))
decayed = [p for p in encoder.parameters() if p.dim() > 1]
plain = [p for p in encoder.parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0},
                               {"params": head.parameters(), "lr": 1e-3, "weight_decay": 0.0}], lr=1e-4, fused=True)
if a.dev:
    a.steps = (a.epochs * len(rows) + a.batch - 1) // a.batch
    warm = 100
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, (a.steps - step) / max(1, a.steps - warm)))


def outputs(batch):
    """Scores of the classes, and how many tokens were read."""
    texts = [(row[a.text], row[a.pair]) if a.pair else row[a.text] for row in batch]
    encoded = tokenizer.encode_batch(texts)
    longest = max(len(e.ids) for e in encoded)
    pad = lambda values: torch.tensor([list(v) + [0] * (longest - len(v)) for v in values])
    ids, types, mask = (pad([getattr(e, name) for e in encoded]) for name in ("ids", "type_ids", "attention_mask"))
    hidden = encoder(input_ids=ids, token_type_ids=types, attention_mask=mask).last_hidden_state
    mean = lambda which: (hidden * which.unsqueeze(-1)).sum(1) / which.sum(1, keepdim=True).clamp_min(1)
    u = mean((mask * (1 - types)).float())
    if a.pair:
        v = mean((mask * types).float())
        u = torch.cat([u, v, (u - v).abs(), u * v], -1)
    return head(torch.nn.functional.dropout(u, 0.1, encoder.training)), sum(len(e.ids) for e in encoded)


draw = random.Random(a.seed)
order, times, tokens = [], [], 0
for step in range(a.steps):
    begin = time.perf_counter()
    while len(order) < a.batch:
        order += draw.sample(range(len(rows)), len(rows))
    batch, order = [rows[i] for i in order[: a.batch]], order[a.batch :]
    with torch.autocast("cpu", torch.bfloat16, enabled=a.bf16):
        scores, read = outputs(batch)
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor([classes.index(row[a.label]) for row in batch]))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_([*encoder.parameters(), *head.parameters()], 1.0)
    optimizer.step()
    if a.dev:
        schedule.step()
    tokens += read
    times.append(time.perf_counter() - begin)
times = sorted(times[5:])
seconds = sum(times)
told = {"step_ms": 1000 * times[len(times) // 2], "sentences_per_s": a.batch * len(times) / seconds,
        "tokens_per_step": tokens / a.steps, "loss": loss.item()}
if a.dev:
    encoder.eval()
    held_out = table(a.dev)
    with torch.no_grad():
        guesses = [i for at in range(0, len(held_out), a.batch) for i in outputs(held_out[at : at + a.batch])[0].argmax(-1).tolist()]
    truths = [classes.index(row[a.label]) for row in held_out]
    told["accuracy"] = sum(g == t for g, t in zip(guesses, truths)) / len(truths)
    if len(classes) == 2:
        count = lambda g, t: sum(x == g and y == t for x, y in zip(guesses, truths))
        tp, tn, fp, fn = count(1, 1), count(0, 0), count(1, 0), count(0, 1)
        told["mcc"] = (tp * tn - fp * fn) / max(1.0, ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) ** 0.5)
print(json.dumps(told))
