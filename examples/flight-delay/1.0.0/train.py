"""Fits the model and writes model/weights.json: python train.py"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import INPUTS, load
from features import FILLED, MONTHS, terms
from lock import write_lock

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / "model" / "weights.json"
# about twice the share of late flights: above it a flight is called late
THRESHOLD = 0.25


def train() -> dict:
    rows = load(MONTHS)
    fill = {name: nine_digits(known_mean(rows, INPUTS.index(name))) for name in FILLED}
    found = [terms(dict(zip(INPUTS, row)), fill) for row in rows]
    names = sorted(set().union(*found))
    column = {name: index for index, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for row, present in enumerate(found):
        for name, value in present.items():
            table[row, column[name]] = value
    # this solver converges far below the nine digits that are kept, so every machine finds the same ones
    pipeline = make_pipeline(StandardScaler(), LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-10, max_iter=1000))
    pipeline.fit(table, np.array([row[-1] for row in rows]))
    scaler, regression = pipeline
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = regression.intercept_[0] - np.dot(coefficients, scaler.mean_)
    return {
        "intercept": nine_digits(intercept),
        "threshold": THRESHOLD,
        "fill": fill,
        "coefficients": {name: nine_digits(value) for name, value in zip(names, coefficients)},
    }


def known_mean(rows: list, index: int) -> float:
    known = [row[index] for row in rows if row[index] is not None]
    return sum(known) / len(known)


def nine_digits(value: float) -> float:
    return float(f"{value:.9g}")


def main() -> None:
    weights = train()
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    write_lock(WEIGHTS)
    print(f"wrote {WEIGHTS.relative_to(HERE)} and mops.lock")


if __name__ == "__main__":
    main()
