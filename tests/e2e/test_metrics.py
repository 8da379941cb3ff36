"""Every metric of lib/stats against scikit-learn, on random and on nasty input."""
import json
import os
import pathlib
import subprocess
import warnings

import numpy as np
import pytest
from sklearn import metrics
from sklearn.calibration import calibration_curve

SEED = 20261123


def measure(kind, tables, folder):
    """One dict of metrics for each table ({column: values}); an undefined metric is the text that says why."""
    paths = []
    for number, table in enumerate(tables):
        path = folder / f"{number}.csv"
        rows = zip(*table.values())
        path.write_text(",".join(table) + "\n" + "".join(",".join(str(cell) for cell in row) + "\n" for row in rows))
        paths.append(path)
    probe = pathlib.Path(os.environ["MOPS_BIN"]) / "metrics_probe"
    answer = subprocess.run([probe, kind, *paths], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def undefined_as_none(function, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = function(*arguments, **options)
    return None if np.isnan(value) else float(value)


def assert_same(ours, theirs, what):
    wrong = {}
    assert set(ours) == set(theirs)
    for name, expected in theirs.items():
        found = ours[name]
        same = isinstance(found, str) if expected is None else found == pytest.approx(expected, rel=1e-12, abs=1e-15)
        if not same:
            wrong[name] = (found, expected)
    assert wrong == {}, what


def calibration_error(truth, score, weight=None):
    """By bins of scikit-learn's calibration_curve(strategy="uniform"): (0, 0.1], … (0.9, 1]."""
    weight = np.ones(len(truth)) if weight is None else np.asarray(weight, dtype=float)
    bins = np.searchsorted(np.linspace(0, 1, 11)[1:-1], score)
    distances = np.bincount(bins, weights=weight * (np.asarray(score, dtype=float) - truth), minlength=10)
    return float(np.abs(distances).sum() / weight.sum())


def test_our_calibration_error_is_what_the_calibration_curve_says():
    draw = np.random.default_rng(SEED)
    score = np.round(draw.random(5000), 2)
    truth = (draw.random(5000) < score**2).astype(int)
    of_bins, predicted = calibration_curve(truth, score, n_bins=10)
    rows = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], score), minlength=10)
    assert calibration_error(truth, score) == pytest.approx(np.average(np.abs(of_bins - predicted), weights=rows), rel=1e-12)


def binary_by_scikit_learn(truth, score, prediction):
    return {
        "accuracy": undefined_as_none(metrics.accuracy_score, truth, prediction),
        "balanced_accuracy": undefined_as_none(metrics.balanced_accuracy_score, truth, prediction),
        "precision": undefined_as_none(metrics.precision_score, truth, prediction),
        "recall": undefined_as_none(metrics.recall_score, truth, prediction),
        "f1": undefined_as_none(metrics.f1_score, truth, prediction),
        "matthews_corrcoef": undefined_as_none(metrics.matthews_corrcoef, truth, prediction),
        "roc_auc": undefined_as_none(metrics.roc_auc_score, truth, score),
        "average_precision": undefined_as_none(metrics.average_precision_score, truth, score),
        "log_loss": undefined_as_none(metrics.log_loss, truth, score, labels=[0, 1]),
        "brier_score": undefined_as_none(metrics.brier_score_loss, truth, score, labels=[0, 1], pos_label=1),
        "expected_calibration_error": calibration_error(truth, score),
    }


def binary_tables():
    draw = np.random.default_rng(SEED)

    def table(truth, score, prediction=None):
        score = np.asarray(score, dtype=float)
        prediction = (score >= 0.5).astype(int) if prediction is None else prediction
        return {"truth": np.asarray(truth, dtype=int), "score": score, "prediction": prediction}

    for rows in (1, 2, 3, 10, 500, 5000):
        for share in (0.01, 0.5, 0.97):
            truth = (draw.random(rows) < share).astype(int)
            yield "random", table(truth, draw.random(rows))
            yield "good", table(truth, np.clip(truth * 0.4 + draw.random(rows) * 0.6, 0, 1))
            yield "ties", table(truth, np.round(draw.random(rows), 1))
    truth = draw.integers(0, 2, 4000)
    yield "all scores equal", table(truth, np.full(4000, 0.5))
    yield "sure and right", table(truth, truth)
    yield "sure and wrong", table(truth, 1 - truth)
    yield "nearly sure", table(truth, np.where(truth == 1, 1 - 2.0**-53, 2.0**-60))
    yield "tiny scores", table(truth, draw.random(4000) * 1e-300)
    yield "subnormal scores", table(truth, draw.integers(0, 50, 4000) * 5e-324)
    yield "neighbouring doubles", table(truth, 0.5 + draw.integers(-20, 20, 4000) * 2.0**-53)
    yield "signed zeros", table([0, 1, 0, 1], [0.0, -0.0, -0.0, 0.0])
    yield "only positive", table(np.ones(50), draw.random(50))
    yield "only negative", table(np.zeros(50), draw.random(50))
    yield "never said", table(truth, draw.random(4000) * 0.4)
    yield "always said", table(truth, 0.5 + draw.random(4000) * 0.4)
    yield "prediction of its own", table(truth, draw.random(4000), draw.integers(0, 2, 4000))
    yield "one positive of many", table(np.arange(3000) == 1234, draw.random(3000))


def test_binary_classification(tmp_path):
    cases = list(binary_tables())
    for (name, table), ours in zip(cases, measure("binary", [table for _, table in cases], tmp_path), strict=True):
        assert_same(ours, binary_by_scikit_learn(table["truth"], table["score"], table["prediction"]), (name, len(table["truth"])))


def test_scores_beyond_probabilities_are_ranked_but_have_no_loss(tmp_path):
    draw = np.random.default_rng(SEED)
    truth = draw.integers(0, 2, 3000)
    score = draw.standard_normal(3000) * 10.0 ** draw.integers(-200, 200, 3000)
    [ours] = measure("binary", [{"truth": truth, "score": score, "prediction": truth}], tmp_path)
    assert ours["roc_auc"] == pytest.approx(metrics.roc_auc_score(truth, score), rel=1e-12)
    assert ours["average_precision"] == pytest.approx(metrics.average_precision_score(truth, score), rel=1e-12)
    assert "expected a probability" in ours["log_loss"] and "expected a probability" in ours["brier_score"]
    for loss in (metrics.log_loss, metrics.brier_score_loss):
        with pytest.raises(ValueError):
            loss(truth, score)


def multiclass_by_scikit_learn(truth, prediction):
    return {
        "accuracy": undefined_as_none(metrics.accuracy_score, truth, prediction),
        "balanced_accuracy": undefined_as_none(metrics.balanced_accuracy_score, truth, prediction),
        **{f"{name}_{average}": undefined_as_none(function, truth, prediction, average=average)
           for average in ("macro", "micro", "weighted")
           for name, function in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score))},
        **dict.fromkeys(("roc_auc_ovr", "roc_auc_ovr_weighted", "roc_auc_ovo", "roc_auc_ovo_weighted", "log_loss", "brier_score")),
        "matthews_corrcoef": undefined_as_none(metrics.matthews_corrcoef, truth, prediction),
    }


def multiclass_tables():
    draw = np.random.default_rng(SEED)
    for classes in (1, 2, 3, 10, 200):
        names = np.array([f"class {number}" for number in range(classes)])
        for rows in (1, 2, 30, 3000):
            truth = draw.integers(0, classes, rows)
            yield "random", {"truth": names[truth], "prediction": names[draw.integers(0, classes, rows)]}
            mostly = np.where(draw.random(rows) < 0.8, truth, draw.integers(0, classes, rows))
            yield "good", {"truth": names[truth], "prediction": names[mostly]}
    yield "disjoint", {"truth": ["a", "b", "a"], "prediction": ["x", "y", "z"]}
    yield "one said", {"truth": ["a", "b", "c", "c"], "prediction": ["c"] * 4}
    yield "one true", {"truth": ["a"] * 4, "prediction": ["a", "b", "c", "c"]}


def test_multiclass_classification(tmp_path):
    cases = list(multiclass_tables())
    for (name, table), ours in zip(cases, measure("multiclass", [table for _, table in cases], tmp_path), strict=True):
        assert_same(ours, multiclass_by_scikit_learn(table["truth"], table["prediction"]), (name, len(table["truth"])))


def regression_by_scikit_learn(truth, prediction):
    return {
        "mean_absolute_error": undefined_as_none(metrics.mean_absolute_error, truth, prediction),
        "mean_squared_error": undefined_as_none(metrics.mean_squared_error, truth, prediction),
        "root_mean_squared_error": undefined_as_none(metrics.root_mean_squared_error, truth, prediction),
        "median_absolute_error": undefined_as_none(metrics.median_absolute_error, truth, prediction),
        "mean_absolute_percentage_error": undefined_as_none(metrics.mean_absolute_percentage_error, truth, prediction),
        "mean_pinball_loss": undefined_as_none(metrics.mean_pinball_loss, truth, prediction),
        "max_error": undefined_as_none(metrics.max_error, truth, prediction),
        "r2": undefined_as_none(metrics.r2_score, truth, prediction),
    }


def regression_tables():
    draw = np.random.default_rng(SEED)
    for rows in (1, 2, 3, 100, 101, 20000):
        truth = draw.standard_normal(rows)
        yield "random", {"truth": truth, "prediction": draw.standard_normal(rows)}
        yield "good", {"truth": truth, "prediction": truth + 0.01 * draw.standard_normal(rows)}
        yield "large offset", {"truth": 1e6 + truth, "prediction": 1e6 + truth + draw.standard_normal(rows)}
        yield "many magnitudes", {"truth": truth * 10.0 ** draw.integers(-60, 60, rows), "prediction": truth}
    yield "exact", {"truth": [1.5, 2.5], "prediction": [1.5, 2.5]}
    yield "zeros in the truth", {"truth": [0.0, -0.0, 1.0, 1e-300], "prediction": [1.0, 0.0, 2.0, 0.0]}
    yield "constant, exact", {"truth": [2.0] * 5, "prediction": [2.0] * 5}
    yield "constant, not exact", {"truth": [2.0] * 5, "prediction": [2.0, 2.0, 2.0, 2.0, 3.0]}


def test_regression(tmp_path):
    cases = list(regression_tables())
    for (name, table), ours in zip(cases, measure("regression", [table for _, table in cases], tmp_path), strict=True):
        assert_same(ours, regression_by_scikit_learn(table["truth"], table["prediction"]), (name, len(table["truth"])))
