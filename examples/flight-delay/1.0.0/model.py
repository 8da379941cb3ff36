"""The model as it is served: a logistic regression by its coefficients. No training library is needed here."""

import json
import math
from pathlib import Path

from features import terms


class Model:
    def __init__(self, weights: dict):
        self._intercept = weights["intercept"]
        self._threshold = weights["threshold"]
        self._fill = weights["fill"]
        self._coefficients = weights["coefficients"]

    @staticmethod
    def read(path: Path) -> "Model":
        return Model(json.loads(path.read_text(encoding="utf-8")))

    def predict(self, columns: dict, rows: int) -> dict:
        """A list for each output. Rows are summed one by one in a fixed order, so an answer does not depend on its batch."""
        probability = [self._probability(dict(zip(columns, values))) for values in zip(*columns.values())]
        return {"probability": probability, "label": [int(value >= self._threshold) for value in probability]}

    def _probability(self, row: dict) -> float:
        score = self._intercept
        for name, value in terms(row, self._fill).items():
            # a carrier that never flew in training says nothing
            score += self._coefficients.get(name, 0.0) * value
        return sigmoid(score)


def sigmoid(score: float) -> float:
    if score >= 0:
        return 1 / (1 + math.exp(-score))
    exponential = math.exp(score)
    return exponential / (1 + exponential)
