"""The data: 569 tumours of the breast, measured from images of cell nuclei (Wisconsin, 1995; scikit-learn ships it)."""

import random

from sklearn.datasets import load_breast_cancer

HOLDOUT = "data/holdout.csv"
TARGET = "malignant"
INPUTS = (
    "mean_radius",
    "mean_texture",
    "mean_perimeter",
    "mean_area",
    "mean_smoothness",
    "mean_compactness",
    "mean_concavity",
    "mean_concave_points",
    "mean_symmetry",
    "mean_fractal_dimension",
)
HOLDOUT_SHARE = 0.3
SEED = 20


def load() -> list:
    """One list a row: the inputs in their order, then 1 for malignant or 0 for benign."""
    data = load_breast_cancer()
    names = [name.replace(" ", "_") for name in data.feature_names]
    columns = [names.index(name) for name in INPUTS]
    # scikit-learn calls benign 1
    return [[float(row[column]) for column in columns] + [1 - int(benign)] for row, benign in zip(data.data, data.target)]


def split() -> tuple:
    """(header, rows to train on, rows of the holdout): the same ones on every machine."""
    rows = load()
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)
    count = round(len(rows) * HOLDOUT_SHARE)
    holdout = set(order[:count])
    header = [*INPUTS, TARGET]
    return header, [row for i, row in enumerate(rows) if i not in holdout], [row for i, row in enumerate(rows) if i in holdout]
