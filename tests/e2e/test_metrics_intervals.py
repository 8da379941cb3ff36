"""Intervals, slices and comparison of `mops metrics` against scikit-learn and scipy."""
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
import scipy.stats
import yaml
from jsonschema import Draft202012Validator
from sklearn import metrics

SEED = 20261123
SOURCE = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = Draft202012Validator(yaml.safe_load((SOURCE / "schemas" / "metrics-v1.yaml").read_text()))
TASKS = {"binary": "binary-classification", "multiclass": "multiclass-classification", "regression": "regression"}


def run(*words):
    return subprocess.run([os.environ["MOPS"], "metrics", *map(str, words)], capture_output=True, text=True)


def report_on(path, kind, *words):
    answer = run(path, "--task", TASKS[kind], "--truth", "truth", *words, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    SCHEMA.validate(report)
    return report


def write_csv(path, table):
    path.write_text(",".join(table) + "\n" + "".join(",".join(str(cell) for cell in row) + "\n" for row in zip(*table.values())))


def words_for(kind, table):
    words = [word for name in table if name.startswith("p_") for word in ("--score", f"{name[2:]}={name}")]
    if "score" in table:
        words += ["--score", "score"]
    if "prediction" in table:
        words += ["--prediction", "prediction"]
    if "weight" in table:
        words += ["--weight", "weight"]
    return words




@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    draw = np.random.default_rng(SEED)
    rows = 1500
    truth = (draw.random(rows) < 0.4).astype(int)
    table = {"truth": truth, "score": np.round(np.clip(truth * 0.3 + draw.random(rows) * 0.7, 0, 1), 2),
             "worse": np.round(draw.random(rows), 2), "region": np.array(["north", "south", "east"])[draw.integers(0, 3, rows)],
             "weight": draw.random(rows)}
    table["region"][:5] = "tiny"
    path = tmp_path_factory.mktemp("scored") / "scored.csv"
    write_csv(path, table)
    return path, table


STATISTICS = {
    "roc_auc": lambda truth, score: metrics.roc_auc_score(truth, score),
    "average_precision": lambda truth, score: metrics.average_precision_score(truth, score),
    "log_loss": lambda truth, score: metrics.log_loss(truth, score, labels=[0, 1]),
    "f1": lambda truth, score: metrics.f1_score(truth, score >= 0.5),
    "matthews_corrcoef": lambda truth, score: metrics.matthews_corrcoef(truth, score >= 0.5),
}


def test_intervals_are_those_of_scipys_bootstrap(scored):
    path, table = scored
    ours = report_on(path, "binary", "--score", "score", "--bootstrap", 2000)["metrics"]
    for name, statistic in STATISTICS.items():
        theirs = scipy.stats.bootstrap((table["truth"], table["score"]), statistic, paired=True, vectorized=False, n_resamples=300,
                                       method="percentile", rng=np.random.default_rng(1))
        # Both ends are estimates: of 300 resamples to about a twenty-fifth of the width.
        width = theirs.confidence_interval.high - theirs.confidence_interval.low
        assert ours[name]["low"] == pytest.approx(theirs.confidence_interval.low, abs=0.18 * width), name
        assert ours[name]["high"] == pytest.approx(theirs.confidence_interval.high, abs=0.18 * width), name
        assert ours[name]["low"] < ours[name]["value"] < ours[name]["high"]


def test_intervals_of_numbers_and_of_several_classes(tmp_path):
    draw = np.random.default_rng(SEED)
    truth = draw.standard_normal(400)
    table = {"truth": truth, "prediction": truth + draw.standard_normal(400)}
    write_csv(tmp_path / "numbers.csv", table)
    ours = report_on(tmp_path / "numbers.csv", "regression", "--prediction", "prediction", "--bootstrap", 2000)["metrics"]
    score = draw.dirichlet(np.ones(3), 400)
    classes = {"truth": np.array([draw.choice(3, p=row) for row in score])} | {f"p_{name}": score[:, name] for name in range(3)}
    write_csv(tmp_path / "classes.csv", classes)
    ours |= report_on(tmp_path / "classes.csv", "multiclass", *words_for("multiclass", classes), "--bootstrap", 2000)["metrics"]
    cases = {"r2": metrics.r2_score, "median_absolute_error": metrics.median_absolute_error, "mean_absolute_error": metrics.mean_absolute_error}
    for name, statistic in cases.items():
        check_interval(ours[name], (table["truth"], table["prediction"]), statistic, name)
    by_row = (classes["truth"], *score.T)
    check_interval(ours["roc_auc_ovr"], by_row, lambda truth, *columns: metrics.roc_auc_score(truth, np.column_stack(columns), multi_class="ovr", labels=[0, 1, 2]), "ovr")
    check_interval(ours["f1_macro"], by_row, lambda truth, *columns: metrics.f1_score(truth, np.column_stack(columns).argmax(axis=1), average="macro"), "f1")


def check_interval(ours, data, statistic, what):
    theirs = scipy.stats.bootstrap(data, statistic, paired=True, vectorized=False, n_resamples=300, method="percentile", rng=np.random.default_rng(2)).confidence_interval
    width = theirs.high - theirs.low
    assert ours["low"] == pytest.approx(theirs.low, abs=0.18 * width), what
    assert ours["high"] == pytest.approx(theirs.high, abs=0.18 * width), what


def test_weighted_intervals(scored):
    path, table = scored
    ours = report_on(path, "binary", "--score", "score", "--weight", "weight", "--bootstrap", 2000)["metrics"]
    data = (table["truth"], table["score"], table["weight"])
    check_interval(ours["roc_auc"], data, lambda truth, score, weight: metrics.roc_auc_score(truth, score, sample_weight=weight), "roc_auc")
    check_interval(ours["f1"], data, lambda truth, score, weight: metrics.f1_score(truth, score >= 0.5, sample_weight=weight), "f1")


def test_the_seed_decides(scored):
    path, _ = scored
    words = ("binary", "--score", "score", "--bootstrap", 100)
    first = report_on(path, *words, "--seed", 7)
    assert report_on(path, *words, "--seed", 7) == first
    assert report_on(path, *words, "--seed", 8)["metrics"]["roc_auc"]["low"] != first["metrics"]["roc_auc"]["low"]


def test_slices(scored):
    path, table = scored
    [sliced] = report_on(path, "binary", "--score", "score", "--slice", "region")["slices"]
    assert [row["value"] for row in sliced["slices"]] == ["east", "north", "south", "tiny"]
    areas = {}
    for row in sliced["slices"]:
        chosen = table["region"] == row["value"]
        assert row["rows"] == chosen.sum()
        assert row["too_little_data"] == (row["value"] == "tiny")
        for name, statistic in STATISTICS.items():
            found = row["metrics"][name]
            if found["value"] is None:
                assert name == "roc_auc" and table["truth"][chosen].min() == table["truth"][chosen].max() and found["reason"]
            else:
                assert found["value"] == pytest.approx(statistic(table["truth"][chosen], table["score"][chosen]), rel=1e-12)
        areas[row["value"]] = row["metrics"]["roc_auc"]["value"]
    del areas["tiny"]
    assert sliced["worst"]["roc_auc"] == min(areas, key=areas.get)


def test_comparison(scored):
    path, table = scored
    comparison = report_on(path, "binary", "--score", "score", "--against", "worse", "--bootstrap", 2000)["comparison"]
    truth, first, second = table["truth"], table["score"], table["worse"]
    for name, statistic in STATISTICS.items():
        row = comparison["metrics"][name]
        assert row["value"] == pytest.approx(statistic(truth, first), rel=1e-12)
        assert row["against"] == pytest.approx(statistic(truth, second), rel=1e-12)
        assert row["difference"] == row["value"] - row["against"]
        check_interval(row, (truth, first, second), lambda t, a, b: statistic(t, a) - statistic(t, b), name)  # noqa: B023
    right, other_right = (first >= 0.5) == truth, (second >= 0.5) == truth
    only, only_other = int((right & ~other_right).sum()), int((~right & other_right).sum())
    test = comparison["mcnemar"]
    assert (test["only_this_right"], test["only_other_right"], test["method"]) == (only, only_other, "chi-squared")
    assert test["p_value"] == pytest.approx(scipy.stats.chi2.sf((abs(only - only_other) - 1) ** 2 / (only + only_other), 1), rel=1e-10)


@pytest.mark.parametrize("only, only_other", [(0, 0), (1, 0), (7, 3), (12, 12), (3, 21), (20, 5), (13, 12), (40, 40)])
def test_mcnemar(tmp_path, only, only_other):
    truth = np.ones(only + only_other + 10, dtype=int)
    first, second = truth.copy(), truth.copy()
    second[:only] = 0
    first[only:only + only_other] = 0
    write_csv(tmp_path / "pairs.csv", {"truth": truth, "first": first, "second": second})
    test = report_on(tmp_path / "pairs.csv", "binary", "--prediction", "first", "--against", "second")["comparison"]["mcnemar"]
    discordant = only + only_other
    if discordant < 25:
        expected = scipy.stats.binomtest(only, discordant).pvalue if discordant else 1
        assert (test["method"], test["p_value"]) == ("exact", pytest.approx(expected, rel=1e-10))
    else:
        expected = scipy.stats.chi2.sf(max(0, abs(only - only_other) - 1) ** 2 / discordant, 1)
        assert (test["method"], test["p_value"]) == ("chi-squared", pytest.approx(expected, rel=1e-10))


BAD_WORDS = {
    "a negative number": (("--score", "score", "--bootstrap", -1), "found `--bootstrap -1`, expected a number from 0 to 1000000", ""),
    "a column that is not there": (("--score", "score", "--slice", "regoin"), "has no column `regoin`", "did you mean `region`?"),
    "too many slices": (("--score", "score", "--slice", "weight"), "column `weight` has more than 1000 different values", "slice by a column with few values"),
    "another score that is not there": (("--score", "score", "--against", "wors"), "has no column `wors`", "did you mean `worse`?"),
    "one prediction for two": (("--score", "score", "--against-prediction", "truth"), "the other model has a prediction, but no score", ""),
    "one prediction of two": (("--score", "score", "--prediction", "truth", "--against", "worse"), "only one of the two models has a column of predictions", ""),
}


@pytest.mark.parametrize("case", BAD_WORDS)
def test_bad_words(scored, case):
    words, message, help_text = BAD_WORDS[case]
    answer = run(scored[0], "--task", "binary-classification", "--truth", "truth", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ") and message in answer.stderr and help_text in answer.stderr
