"""The model as it is served: a linear regression by its coefficients. No training library is needed here."""

import json
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
        progression = []
        for row in range(rows):
            value = self._intercept
            for coefficient, values in ordered:
                value += coefficient * values[row]
            progression.append(value)
        return {"progression": progression}
