"""The model as it is served: a logistic regression by its coefficients. No training library is needed here."""

import json
import math
from pathlib import Path


class Model:
    def __init__(self, weights: dict):
        self._intercept = weights["intercept"]
        self._coefficients = list(weights["coefficients"].items())

    @staticmethod
    def read(path: Path) -> "Model":
        return Model(json.loads(path.read_text(encoding="utf-8")))

    def predict(self, columns: dict, rows: int) -> dict:
        """A list for each output. Rows are summed one by one in a fixed order, so an answer does not depend on its batch."""
        ordered = [(coefficient, columns[name]) for name, coefficient in self._coefficients]
        probability = []
        for row in range(rows):
            score = self._intercept
            for coefficient, values in ordered:
                score += coefficient * values[row]
            probability.append(sigmoid(score))
        return {"probability": probability, "label": [int(value >= 0.5) for value in probability]}


def sigmoid(score: float) -> float:
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    exponential = math.exp(score)
    return exponential / (1 + exponential)
