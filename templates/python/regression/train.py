"""Fits the model and writes model/weights.json: python train.py"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data import INPUTS, split
from lock import write_lock

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / "model" / "weights.json"


def train() -> dict:
    _, rows, _ = split()
    table = np.array(rows)
    pipeline = make_pipeline(StandardScaler(), Ridge(alpha=1.0, solver="cholesky"))
    pipeline.fit(table[:, :-1], table[:, -1])
    scaler, regression = pipeline
    coefficients = regression.coef_ / scaler.scale_
    intercept = regression.intercept_ - np.dot(coefficients, scaler.mean_)
    return {
        "intercept": nine_digits(intercept),
        "coefficients": {name: nine_digits(value) for name, value in zip(INPUTS, coefficients)},
    }


def nine_digits(value: float) -> float:
    """As many as every machine finds alike."""
    return float(f"{value:.9g}")


def main() -> None:
    weights = train()
    WEIGHTS.parent.mkdir(exist_ok=True)
    WEIGHTS.write_text(json.dumps(weights, indent=2) + "\n", encoding="utf-8")
    write_lock(WEIGHTS)
    print(f"wrote {WEIGHTS.relative_to(HERE)} and mops.lock")


if __name__ == "__main__":
    main()
