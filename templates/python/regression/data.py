"""The data: 442 people with diabetes, ten measurements each and the progression of the disease after one year
(Efron, Hastie, Johnstone and Tibshirani, 2004; scikit-learn ships it)."""

import random

from sklearn.datasets import load_diabetes

HOLDOUT = "data/holdout.csv"
TARGET = "progression_after_one_year"
INPUTS = (
    "age",
    "sex",
    "body_mass_index",
    "blood_pressure",
    "total_cholesterol",
    "low_density_lipoproteins",
    "high_density_lipoproteins",
    "total_to_high_density",
    "log_triglycerides",
    "glucose",
)
INTEGERS = {"age", "sex"}
HOLDOUT_SHARE = 0.3
SEED = 20


def load() -> list:
    """One list a row: the inputs in their order, then the progression."""
    data = load_diabetes(scaled=False)
    rows = []
    for values, target in zip(data.data, data.target):
        row = [int(value) if name in INTEGERS else float(value) for name, value in zip(INPUTS, values)]
        rows.append([*row, float(target)])
    return rows


def split() -> tuple:
    """(header, rows to train on, rows of the holdout): the same ones on every machine."""
    rows = load()
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)
    count = round(len(rows) * HOLDOUT_SHARE)
    holdout = set(order[:count])
    header = [*INPUTS, TARGET]
    return header, [row for i, row in enumerate(rows) if i not in holdout], [row for i, row in enumerate(rows) if i in holdout]
