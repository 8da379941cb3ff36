"""`mops metrics` against scikit-learn: weights, files of all kinds, nasty numbers, and what must be refused."""
import json
import math
import os
import subprocess
from fractions import Fraction

import numpy as np
import pytest
import yaml
from jsonschema import Draft202012Validator
from sklearn import metrics
from test_metrics import SEED, assert_same, calibration_error, undefined_as_none

SCHEMA = yaml.safe_load(open(os.path.join(os.path.dirname(__file__), "..", "..", "schemas", "metrics-v1.yaml")))


def save(path, table):
    """The same table as CSV, JSON Lines or records of a .npy, by the name's end."""
    columns = {name: np.asarray(values) for name, values in table.items()}
    rows = list(zip(*(values.tolist() for values in columns.values()))) if path.suffix != ".npy" else None
    if path.suffix == ".npy":
        records = np.empty(len(next(iter(columns.values()))), dtype=[(name, values.dtype) for name, values in columns.items()])
        for name, values in columns.items():
            records[name] = values
        np.save(path, records)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(dict(zip(columns, row)), ensure_ascii=False) + "\n" for row in rows))
    else:
        path.write_text(",".join(columns) + "\n" + "".join(",".join(str(cell) for cell in row) + "\n" for row in rows))
    return path


def run(path, *words):
    return subprocess.run([os.environ["MOPS"], "metrics", str(path), *words, "--format", "json"], capture_output=True, text=True)


def measured(path, *words):
    result = run(path, *words)
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    Draft202012Validator(SCHEMA).validate(answer)
    return {name: entry["value"] if entry["value"] is not None else entry["reason"] for name, entry in answer["metrics"].items()}


def refused(path, *words):
    result = run(path, *words)
    assert result.returncode == 2 and result.stdout == "", (result.returncode, result.stdout, result.stderr)
    return result.stderr


BINARY = ["--task", "binary-classification", "--truth", "truth", "--score", "score"]
SUFFIXES = [".csv", ".jsonl", ".npy"]


def exact_correlation(truth, prediction, weight):
    """Matthews' coefficient in whole fractions: scikit-learn's differences lose half of the digits where one row is heavy."""
    cells = {(is_, said): sum((Fraction(float(w)) for w in weight[(truth == is_) & (prediction == said)]), Fraction()) for is_ in (0, 1) for said in (0, 1)}
    (tn, fp), (fn, tp) = (cells[0, 0], cells[0, 1]), (cells[1, 0], cells[1, 1])
    square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    difference = tp * tn - fp * fn
    return 0.0 if square == 0 else math.copysign(math.sqrt(difference**2 / square), difference)


def test_the_exact_correlation_is_scikit_learns():
    draw = np.random.default_rng(SEED)
    truth, prediction = draw.integers(0, 2, (2, 500))
    weight = draw.random(500)
    assert exact_correlation(truth, prediction, weight) == pytest.approx(metrics.matthews_corrcoef(truth, prediction, sample_weight=weight), rel=1e-12)


def weighted_binary(truth, score, weight):
    prediction = (score >= 0.5).astype(int)
    options = {} if weight is None else {"sample_weight": weight}
    of_prediction = {"accuracy": metrics.accuracy_score, "balanced_accuracy": metrics.balanced_accuracy_score, "precision": metrics.precision_score,
                     "recall": metrics.recall_score, "f1": metrics.f1_score}
    return {**{name: undefined_as_none(function, truth, prediction, **options) for name, function in of_prediction.items()},
            "matthews_corrcoef": exact_correlation(truth, prediction, weight),
            "roc_auc": undefined_as_none(metrics.roc_auc_score, truth, score, **options),
            "average_precision": undefined_as_none(metrics.average_precision_score, truth, score, **options),
            "log_loss": undefined_as_none(metrics.log_loss, truth, score, labels=[0, 1], **options),
            "brier_score": undefined_as_none(metrics.brier_score_loss, truth, score, labels=[0, 1], pos_label=1, **options),
            "expected_calibration_error": calibration_error(truth, score, weight)}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_classes_with_weights(tmp_path, suffix):
    draw = np.random.default_rng(SEED)
    for rows in (3, 50, 3000):
        for kind in ("random", "zeros", "huge", "tiny", "one heavy"):
            truth = np.r_[0, 1, draw.integers(0, 2, rows - 2)]
            score = np.round(draw.random(rows), 2) if rows > 100 else draw.random(rows)
            weight = {"random": draw.random(rows), "zeros": draw.integers(0, 2, rows) * draw.random(rows), "huge": draw.random(rows) * 1e150,
                      "tiny": draw.random(rows) * 1e-150, "one heavy": np.where(np.arange(rows) == 1, 1e9, 1.0)}[kind]
            weight[:2] += weight.max()
            path = save(tmp_path / f"{kind}{rows}{suffix}", {"truth": truth, "score": score, "w": weight})
            assert_same(measured(path, *BINARY, "--weight", "w"), weighted_binary(truth, score, weight), (kind, rows))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_several_classes_with_weights_and_scores(tmp_path, suffix):
    draw = np.random.default_rng(SEED)
    for names in (["cat", "dog", "owl"], [0, 1, 2, 9], [2**53, 2**53 + 1, -(2**62)], ["é", "x y", "z=1"]):
        order = np.array(sorted(names, key=str))
        for weighted in (False, True):
            rows = 400
            truth = np.r_[np.arange(len(order)), draw.integers(0, len(order), rows - len(order))]
            scores = draw.dirichlet(np.ones(len(order)), rows)
            scores[draw.random(rows) < 0.3, :] = 1 / len(order)
            weight = draw.integers(0, 3, rows) * 0.5
            weight[: len(order)] = 1
            table = {"truth": order[truth], "w": weight, **{f"p{k}": scores[:, k] for k in range(len(order))}}
            words = ["--task", "multiclass-classification", "--truth", "truth", *(["--weight", "w"] if weighted else [])]
            for k, name in enumerate(order):
                words += ["--score", f"{name}=p{k}"]
            options = {"sample_weight": weight} if weighted else {}
            prediction = scores.argmax(axis=1)
            theirs = {
                "accuracy": metrics.accuracy_score(truth, prediction, **options),
                "balanced_accuracy": metrics.balanced_accuracy_score(truth, prediction, **options),
                "matthews_corrcoef": metrics.matthews_corrcoef(truth, prediction, **options),
                **{f"{name}_{average}": undefined_as_none(function, truth, prediction, average=average, **options)
                   for average in ("macro", "micro", "weighted")
                   for name, function in (("precision", metrics.precision_score), ("recall", metrics.recall_score), ("f1", metrics.f1_score))},
                "roc_auc_ovr": metrics.roc_auc_score(truth, scores, multi_class="ovr", **options),
                "roc_auc_ovr_weighted": metrics.roc_auc_score(truth, scores, multi_class="ovr", average="weighted", **options),
                "roc_auc_ovo": None if weighted else metrics.roc_auc_score(truth, scores, multi_class="ovo"),
                "roc_auc_ovo_weighted": None if weighted else metrics.roc_auc_score(truth, scores, multi_class="ovo", average="weighted"),
                "log_loss": metrics.log_loss(truth, scores, **options),
                "brier_score": metrics.brier_score_loss(truth, scores, **options),
            }
            path = save(tmp_path / f"{names[0]}{weighted}{suffix}", table)
            assert_same(measured(path, *words), theirs, (names, weighted))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_numbers_with_weights(tmp_path, suffix):
    draw = np.random.default_rng(SEED)
    for rows in (2, 3, 10, 999, 1000):
        for kind in ("real", "integers", "beyond 2^53", "large"):
            truth = {"real": draw.standard_normal(rows), "integers": draw.integers(-5, 5, rows), "beyond 2^53": draw.integers(2**53, 2**54, rows),
                     "large": draw.standard_normal(rows) * 1e100}[kind]
            predicted = truth * (1 + draw.standard_normal(rows) / 8)
            weight = draw.integers(0, 3, rows) / 2
            weight[:2] = 1
            options = {"sample_weight": weight}
            theirs = {
                "mean_absolute_error": metrics.mean_absolute_error(truth, predicted, **options),
                "mean_squared_error": metrics.mean_squared_error(truth, predicted, **options),
                "root_mean_squared_error": metrics.root_mean_squared_error(truth, predicted, **options),
                "median_absolute_error": metrics.median_absolute_error(truth, predicted, **options),
                "mean_absolute_percentage_error": metrics.mean_absolute_percentage_error(truth, predicted, **options),
                "mean_pinball_loss": metrics.mean_pinball_loss(truth, predicted, alpha=0.9, **options),
                "max_error": metrics.max_error(truth, predicted),
                "r2": metrics.r2_score(truth, predicted, **options),
            }
            path = save(tmp_path / f"{kind}{rows}{suffix}", {"truth": truth, "y": predicted, "w": weight})
            words = ["--task", "regression", "--truth", "truth", "--prediction", "y", "--weight", "w", "--quantile", "0.9"]
            assert_same(measured(path, *words), theirs, (kind, rows))


def test_ten_million_rows(tmp_path):
    draw = np.random.default_rng(SEED)
    records = np.empty(10_000_000, dtype=[("truth", "u1"), ("score", "<f8")])
    records["truth"] = draw.random(len(records)) < 0.3
    records["score"] = np.clip(0.3 * records["truth"] + 0.7 * draw.random(len(records)), 0, 1)
    path = tmp_path / "large.npy"
    np.save(path, records)
    truth, score = records["truth"].astype(int), np.ascontiguousarray(records["score"])
    theirs = {"roc_auc": metrics.roc_auc_score(truth, score), "log_loss": metrics.log_loss(truth, score), "f1": metrics.f1_score(truth, score >= 0.5)}
    ours = measured(path, *BINARY, *(word for name in theirs for word in ("--metric", name)))
    assert {name: ours[name] == pytest.approx(value, rel=1e-12) for name, value in theirs.items()} == dict.fromkeys(theirs, True), (ours, theirs)


def test_kinds_of_npy_fields(tmp_path):
    truth = [0, 0, 1, 1]
    for kind in ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8", "U1", "S1"):
        for score in ("f4", "f8"):
            table = {"truth": np.array(truth).astype(kind), "score": np.array([0.1, 0.4, 0.35, 0.8]).astype(score)}
            assert measured(save(tmp_path / "kinds.npy", table), *BINARY, "--metric", "roc_auc") == {"roc_auc": 0.75}, kind
    aligned = np.zeros(4, dtype=np.dtype([("truth", "i1"), ("score", "f8"), ("note", "U3", (2,))], align=True))
    aligned["truth"], aligned["score"] = truth, [0.1, 0.4, 0.35, 0.8]
    np.save(tmp_path / "aligned.npy", aligned)
    assert measured(tmp_path / "aligned.npy", *BINARY, "--metric", "roc_auc") == {"roc_auc": 0.75}


@pytest.mark.filterwarnings("ignore:Stored array in format")
@pytest.mark.parametrize("version, name", [(1, "é"), (2, "é" + "x" * 70_000), (3, "é☃")])
def test_names_beyond_ascii(tmp_path, version, name):
    records = np.array([(0, 0.25), (1, 0.5)], dtype=[(name, "i1"), ("score", "<f8")])
    path = tmp_path / "names.npy"
    np.save(path, records)
    assert path.read_bytes()[6] == version
    words = ["--task", "binary-classification", "--truth", name, "--score", "score", "--metric", "accuracy"]
    assert measured(path, *words) == {"accuracy": 1}


def test_npy_files_that_are_refused(tmp_path):
    good = save(tmp_path / "good.npy", {"truth": np.array([0, 1]), "score": np.array([0.25, 0.5])})
    whole = good.read_bytes()
    for size in range(0, len(whole), 7):
        (tmp_path / "cut.npy").write_bytes(whole[:size])
        message = refused(tmp_path / "cut.npy", *BINARY)
        assert "truncated" in message or "no `.npy` file" in message, (size, message)
    pickled = np.empty(2, dtype=[("truth", "i8"), ("score", "O")])
    np.save(tmp_path / "pickled.npy", pickled, allow_pickle=True)
    assert "its field `score` holds pickled objects, which are never loaded" in refused(tmp_path / "pickled.npy", *BINARY)
    np.save(tmp_path / "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "pickled objects" in refused(tmp_path / "objects.npy", *BINARY)
    for array in (np.zeros(3), np.zeros((2, 2), dtype=[("truth", "i8"), ("score", "f8")]), np.zeros((), dtype=[("truth", "i8"), ("score", "f8")])):
        np.save(tmp_path / "shape.npy", array)
        assert "expected" in refused(tmp_path / "shape.npy", *BINARY)
    for kind in (">f8", "c16", "M8[s]", "U4", "f2", "V8"):
        np.save(tmp_path / "kind.npy", np.zeros(2, dtype=[("truth", "i1"), ("score", kind)]))
        assert "column `score` is of type" in refused(tmp_path / "kind.npy", *BINARY), kind


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("column", ["truth", "score", "w"])
def test_what_is_not_finite_is_refused_with_its_place(tmp_path, suffix, bad, column):
    table = {"truth": [0.0, 1.0, 1.0], "score": [0.25, 0.5, 0.75], "w": [1.0, 1.0, 1.0]}
    table[column][1] = bad
    message = refused(save(tmp_path / f"bad{suffix}", table), *BINARY, "--weight", "w")
    assert ("row 2" if suffix == ".npy" else f"bad{suffix}:") in message


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_weights_and_probabilities_that_are_none(tmp_path, suffix):
    def why(**columns):
        table = {"truth": [0, 1], "score": [0.25, 0.5], "w": [1.0, 1.0], **columns}
        return refused(save(tmp_path / f"bad{suffix}", table), *BINARY, "--weight", "w")

    assert "found -1, expected at least 0" in why(w=[1.0, -1.0])
    assert "all weights in `w` are 0" in why(w=[0.0, 0.0])
    assert "too large for a number" in why(w=[1e308, 1e308])
    assert "found 1.5, expected a probability" in why(score=[1.5, 0.5])
    assert "found the classes `0`, `1` and `2`, expected two" in why(truth=[0, 1, 2], score=[0.1, 0.1, 0.1], w=[1.0, 1.0, 1.0])


def test_one_class_only_still_has_what_is_defined(tmp_path):
    path = save(tmp_path / "one.csv", {"truth": [1, 1], "score": [0.5, 0.75]})
    ours = measured(path, *BINARY)
    assert ours["roc_auc"] == "the truth has only one class" and ours["recall"] == 1 and ours["average_precision"] == 1


def test_texts_are_classes(tmp_path):
    path = save(tmp_path / "texts.csv", {"truth": ["no", "yes", "yes", "no"], "score": [0.1, 0.4, 0.35, 0.2]})
    assert measured(path, *BINARY, "--positive", "yes", "--metric", "roc_auc") == {"roc_auc": 1}
    assert measured(path, *BINARY, "--positive", "no", "--metric", "roc_auc") == {"roc_auc": 0}
    assert "no row of `truth` is `maybe`" in refused(path, *BINARY, "--positive", "maybe")


def test_no_matrix_of_very_many_classes(tmp_path):
    for classes, has_matrix in ((1000, True), (1001, False)):
        path = save(tmp_path / f"{classes}.csv", {"truth": np.arange(classes), "said": np.arange(classes)})
        answer = run(path, "--task", "multiclass-classification", "--truth", "truth", "--prediction", "said")
        assert answer.returncode == 0, answer.stderr
        report = json.loads(answer.stdout)
        Draft202012Validator(SCHEMA).validate(report)
        assert (report["confusion_matrix"] is not None) == has_matrix
        assert report["metrics"]["accuracy"]["value"] == 1
