# SPDX-License-Identifier: MIT
"""Reads manifests of kubectl and holds each object against its published schema: the types that PyPI's kubeflow-training
(kubeflow.org/v1 PyTorchJob) and kubernetes (pods, ConfigMaps) carry, both generated from the projects' OpenAPI. Unknown
keys, wrong types and missing required keys are errors, which their own clients would pass over.

    check_pytorch_job.py FILE      prints the objects as JSON; exit code 1 with what is wrong
"""
import ast
import importlib.util
import json
import pathlib
import re
import sys

import yaml


def models(package, below):
    return pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0]) / below


FOLDERS = [models("kubeflow", "training/models"), models("kubernetes", "client/models")]
ROOTS = {"PyTorchJob": "KubeflowOrgV1PyTorchJob", "ConfigMap": "V1ConfigMap"}


def schema(name, seen={}):
    """Keys with their types, and which are required: read from the class without running it."""
    if name in seen:
        return seen[name]
    for folder in FOLDERS:
        for file in folder.glob("*.py"):
            if file.stem.replace("_", "") != name.lower():
                continue
            text = file.read_text()
            tables = {}
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("openapi_types", "attribute_map"):
                    tables[node.targets[0].id] = ast.literal_eval(node.value)
            keys = {tables["attribute_map"][key]: kind for key, kind in tables["openapi_types"].items()}
            required = {tables["attribute_map"][key] for key in re.findall(r"Invalid value for `(\w+)`, must not be `None`", text)}
            seen[name] = (keys, required)
            return seen[name]
    raise SystemExit(f"no published model {name}")


def check(value, kind, where, problems):
    def wrong(what):
        problems.append(f"{where}: {what}, should be {kind}")

    if match := re.fullmatch(r"list\[(.+)\]", kind):
        if not isinstance(value, list):
            return wrong(f"{value!r} is no list")
        for i, item in enumerate(value):
            check(item, match[1], f"{where}[{i}]", problems)
    elif match := re.fullmatch(r"dict\(str, (.+)\)", kind):
        if not isinstance(value, dict):
            return wrong(f"{value!r} is no map")
        for key, item in value.items():
            check(item, match[1], f"{where}.{key}", problems)
    elif kind in ("str", "int", "bool", "float"):
        if type(value) is not {"str": str, "int": int, "bool": bool, "float": float}[kind]:
            wrong(repr(value))
    elif kind not in ("object", "datetime"):
        if not isinstance(value, dict):
            return wrong(f"{value!r} is no map")
        keys, required = schema(kind)
        for key in sorted(required - value.keys()):
            problems.append(f"{where}.{key} is missing")
        for key, item in value.items():
            if key not in keys:
                problems.append(f"{where} has no key {key}")
            else:
                check(item, keys[key], f"{where}.{key}", problems)


documents = list(yaml.safe_load_all(pathlib.Path(sys.argv[1]).read_text()))
found = []
for document in documents:
    check(document, ROOTS[document["kind"]], document["kind"], found)
print("\n".join(found) if found else json.dumps(documents))
sys.exit(1 if found else 0)
