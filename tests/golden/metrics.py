#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes metrics.json: predictions, truths, and what scikit-learn and scipy say of them.

    python -m pip install scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6
    python tests/golden/metrics.py tests/golden/metrics.json
"""
import json
import sys

import numpy as np
import scipy
import sklearn
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef


def classes(name, predicted, truth):
    two = max(max(predicted), max(truth)) < 2
    return {
        "name": name,
        "predicted": [int(x) for x in predicted],
        "truth": [int(x) for x in truth],
        "accuracy": accuracy_score(truth, predicted),
        "f1": f1_score(truth, predicted, zero_division=0.0) if two else None,
        "macro_f1": f1_score(truth, predicted, average="macro", zero_division=0.0),
        "matthews": matthews_corrcoef(truth, predicted),
    }


def numbers(name, predicted, truth):
    return {
        "name": name,
        "predicted": [float(x) for x in predicted],
        "truth": [float(x) for x in truth],
        "pearson": float(pearsonr(predicted, truth).statistic),
        "spearman": float(spearmanr(predicted, truth).statistic),
    }


def main():
    draw = np.random.default_rng(7)
    two = draw.integers(0, 2, 211)
    five = draw.integers(0, 5, 307)
    rare = (draw.random(400) < 0.03).astype(int)
    score = draw.normal(size=181)
    ties = np.round(draw.normal(size=240) * 2) / 2
    cases = {
        "made_with": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__, "numpy": np.__version__},
        "classes": [
            classes("two", np.where(draw.random(211) < 0.8, two, 1 - two), two),
            classes("five", np.where(draw.random(307) < 0.6, five, draw.integers(0, 5, 307)), five),
            classes("one predicted class", np.zeros(211, int), two),
            classes("never positive", np.zeros(50, int), np.zeros(50, int)),
            classes("rare", (draw.random(400) < 0.04).astype(int) | rare, rare),
            classes("a class that is only predicted", draw.integers(0, 4, 90), draw.integers(0, 3, 90)),
            classes("always wrong", 1 - two, two),
        ],
        "numbers": [
            numbers("noisy", score + draw.normal(size=181), score),
            numbers("ties on both sides", np.round(ties + draw.normal(size=240)), ties),
            numbers("far from zero", 1e6 + score, 3.0 - 2.0 * score + 0.1 * draw.normal(size=181)),
            numbers("monotone, not linear", np.exp(3 * score), score),
        ],
    }
    with open(sys.argv[1], "w") as out:
        json.dump(cases, out, separators=(",", ":"))
        out.write("\n")


main()
