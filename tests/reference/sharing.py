#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs exported TorchScript beside traces, in PyTorch; reads model cards.

A line of standard input is a request of tab-separated words, its answer a line of JSON:
  script MODEL_DIR TRACES FIRSTS     model.pt by its methods
  triton REPOSITORY TRACES FIRSTS    every 1/model.pt by its config.pbtxt, which Triton's own message definition reads
  card FILE                          the YAML at its head, and the cells of its tables by their headings
TRACES: files, by commas. FIRSTS: how many tokens of each sample are its first text's, by commas; "" = all.
The samples pass alone and in padded batches of several sizes, three times each: the first passes of a TorchScript
are profiled, later ones optimised.
"""
import json
import os
import re
import sys
import warnings

import torch
from safetensors.torch import load_file

warnings.filterwarnings("ignore")
PAD = 10**6  # behind a text's end stands what no table holds: it must not be looked at


def samples_of(trace_files, firsts):
    found = []
    for trace_file in trace_files.split(","):
        trace = load_file(trace_file)
        numbers = sorted({name.split(".")[1] for name in trace if name.startswith("samples.")}, key=int)
        for prefix in [f"samples.{n}." for n in numbers] or [""]:
            found.append({name[len(prefix):]: value for name, value in trace.items() if name.startswith(prefix)})
    counts = [int(count) for count in firsts.split(",") if count]
    for i, sample in enumerate(found):
        if "token_ids" in sample:
            place = torch.arange(len(sample["token_ids"]))
            sample["token_types"] = (place >= counts[i]).long() if counts else torch.zeros_like(place)
    return found


def batches_of(samples):
    """Each alone, then by twos, by fives and all at once, so that short and long texts meet."""
    for size in (1, 2, 5, len(samples)):
        for begin in range(0, len(samples), size):
            yield samples[begin:begin + size]


def inputs_of(batch):
    inputs = {}
    if "token_ids" in batch[0]:
        length = max(len(s["token_ids"]) for s in batch)
        for name in ("token_ids", "token_types"):
            inputs[name] = torch.full([len(batch), length], PAD)
            for row, sample in enumerate(batch):
                inputs[name][row, : len(sample[name])] = sample[name]
        inputs["lengths"] = torch.tensor([len(s["token_ids"]) for s in batch])
    if "image" in batch[0]:
        inputs["images"] = torch.stack([s["image"] for s in batch])
    return inputs


class Differences:
    def __init__(self):
        self.largest, self.compared, self.batches = {}, {}, 0

    def note(self, name, ours, theirs):
        difference = (ours.double() - theirs.double()).abs().max().item()
        if difference != difference:
            difference = float("inf")
        self.largest[name] = max(self.largest.get(name, 0.0), difference)
        self.compared[name] = self.compared.get(name, 0) + 1


# What a method's output is called in a trace.
TRACED = {"encode_text": "text_embedding", "encode_image": "image_embedding", "match": "match_logit", "answer": "logits.vqa"}


def compare(samples, call, methods):
    """@param call (method, inputs) -> outputs [B, ...]"""
    found = Differences()
    for batch in batches_of(samples):
        inputs = inputs_of(batch)
        found.batches += 1
        for method in methods:
            traced = TRACED.get(method) or "logits." + method[len("classify_"):]
            wanted = [i for i, sample in enumerate(batch) if traced in sample]
            if not wanted:
                continue
            for _ in range(3):
                outputs = call(method, inputs)
                assert len(outputs) == len(batch), (method, outputs.shape)
                for i in wanted:
                    wanted_one = batch[i][traced]
                    found.note(method, wanted_one, outputs[i].reshape(wanted_one.shape))
    return found


def script(folder, trace_files, firsts):
    extra = {"signature.json": ""}
    model = torch.jit.load(os.path.join(folder, "model.pt"), _extra_files=extra)
    model.eval()
    signature = json.loads(extra["signature.json"])
    assert signature == json.load(open(os.path.join(folder, "signature.json")))
    samples = samples_of(trace_files, firsts)
    methods = signature["methods"]

    def call(name, inputs):
        return getattr(model, name)(*[inputs[port["name"]] for port in methods[name]["inputs"]])

    with torch.no_grad():
        found = compare(samples, call, methods)
        whole = samples[: 4]
        inputs = inputs_of(whole)
        names = [n for n in ("token_ids", "lengths", "token_types", "images") if n in inputs]
        if signature["task"] != "text":
            names.remove("token_types")
        forward = model(*[inputs[n] for n in names])
        if signature["task"] == "multimodal":
            parts = dict(zip(("encode_text", "encode_image", "match"), forward))
        elif signature["task"] == "vqa":
            parts = {"answer": forward}
        else:
            parts = {"encode_text" if k == "embedding" else "classify_" + k: v for k, v in forward.items()}
        for name, value in parts.items():
            found.note("forward", call(name, inputs), value)
        refused = []
        for what, change in (("lengths", lambda v: v + 1000), ("lengths", lambda v: v * 0), ("images", lambda v: v[:, :, 1:]),
                             ("token_ids", lambda v: torch.cat([v, v.repeat(1, 100)], 1))):
            if what not in inputs:
                continue
            method = next(m for m in methods if any(p["name"] == what for p in methods[m]["inputs"]))
            try:
                call(method, {**inputs, what: change(inputs[what])})
                refused.append(what + " passed")
            except Exception as error:  # noqa: BLE001: TorchScript raises its own kind
                refused.append(str(error).strip().splitlines()[-1])
    return {"samples": len(samples), "batches": found.batches, "difference": found.largest, "compared": found.compared,
            "state": sorted(model.state_dict()), "refused": refused}


def triton(folder, trace_files, firsts):
    from google.protobuf import text_format
    from tritonclient.grpc import model_config_pb2

    signature = json.load(open(os.path.join(folder, "signature.json")))
    served, models, configs = {m["model"]: name for name, m in signature["methods"].items()}, {}, {}
    for name in sorted(os.listdir(folder)):
        if not os.path.isdir(os.path.join(folder, name)):
            continue
        config = text_format.Parse(open(os.path.join(folder, name, "config.pbtxt")).read(), model_config_pb2.ModelConfig())
        assert config.name == name and config.platform == "pytorch_libtorch" and config.max_batch_size > 0, config
        assert config.HasField("dynamic_batching")
        models[served[name]] = torch.jit.load(os.path.join(folder, name, "1", "model.pt"))
        configs[served[name]] = config
    assert set(models) == set(signature["methods"]), models.keys()
    kinds = {model_config_pb2.TYPE_INT64: torch.int64, model_config_pb2.TYPE_FP32: torch.float32}
    labels = {}

    def fits(port, tensor):
        dims = list(tensor.shape[1:])
        assert kinds[port.data_type] == tensor.dtype, (port, tensor.dtype)
        assert len(dims) == len(port.dims) and all(w in (-1, d) for w, d in zip(port.dims, dims)), (port, dims)

    def call(name, inputs):
        config, values = configs[name], []
        for i, port in enumerate(signature["methods"][name]["inputs"]):
            value = inputs[port["name"]]
            value = value[:, None] if port["name"] == "lengths" else value
            assert config.input[i].name == f"INPUT__{i}"
            fits(config.input[i], value)
            values.append(value)
        assert len(config.input) == len(values) and len(config.output) == 1 and config.output[0].name == "OUTPUT__0"
        result = models[name](*values)
        fits(config.output[0], result)
        return result

    for name, config in configs.items():
        if config.output[0].label_filename:
            path = os.path.join(folder, config.name, config.output[0].label_filename)
            labels[name] = open(path, encoding="utf-8").read().splitlines()
            assert len(labels[name]) == config.output[0].dims[0], labels
    samples = samples_of(trace_files, firsts)
    with torch.no_grad():
        found = compare(samples, call, list(models))
    return {"samples": len(samples), "batches": found.batches, "difference": found.largest, "compared": found.compared,
            "models": sorted(c.name for c in configs.values()), "labels": labels}


def card(path):
    import yaml

    head, body = re.match(r"---\n(.*?)\n---\n(.*)", open(path, encoding="utf-8").read(), re.S).groups()
    tables, heading = {}, ""
    for line in body.splitlines():
        if line.startswith("## "):
            heading = line[3:]
        elif line.startswith("|") and not line.startswith("|---"):
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            tables.setdefault(heading, []).append(cells)
    return {"head": yaml.safe_load(head) or {}, "tables": tables, "body": body}


def main():
    torch.set_num_threads(1)
    for line in sys.stdin:
        kind, *words = line.rstrip("\n").split("\t")
        answer = {"script": script, "triton": triton, "card": card}[kind](*words)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
