"""A candidate beside the version that it would replace, on the same rows: differences with intervals, and what a manifest allows of them."""
import base64
import hashlib
import json

import numpy
import pytest
from sklearn import metrics

LINE_1_2_0 = 1.004


def certify(world, *words):
    answer = world.mops("certify", "--format", "json", *words)
    world.assert_nothing_left()
    certified = json.loads(answer.out)
    checks = {check["name"]: check for check in certified["checks"]}
    statement = json.loads(base64.b64decode(json.loads((world.repository / certified["certificate"]).read_text())["payload"]))
    return answer, checks, statement["predicate"]["mops_certification"]


@pytest.fixture
def limited(world):
    """A world whose next version answers `intercept` for x = 0, on a holdout set that scatters about the line, and may be worse by `margin` than 1.2.0."""

    def make(margin, intercept, rows=400, scatter=0.5):
        draw = numpy.random.default_rng(20261127)
        x = draw.uniform(-50, 50, rows)
        truth = 2 * x + 1 + scatter * draw.standard_normal(rows)
        table = world.repository / "data" / "holdout.csv"
        digest = hashlib.sha256(table.read_bytes()).hexdigest()
        table.write_text("x,truth\n" + "".join(f"{a},{b}\n" for a, b in zip(x, truth)))
        world.edit("mops.yaml", digest, hashlib.sha256(table.read_bytes()).hexdigest())
        world.edit("mops.yaml", "mean_absolute_error: {max: 0.01}", f"mean_absolute_error: {{not_worse_than_current: {margin}}}")
        world.set_weights(intercept)
        world.commit()
        return x, truth

    return make


def test_the_numbers_are_scikit_learns(world, limited):
    x, truth = limited(0.1, 1.05)
    answer, checks, certificate = certify(world)
    assert answer.code == 0, answer
    weights = json.loads((world.repository / "model" / "weights.json").read_text())
    now = weights["slope"] * x + weights["intercept"]
    before = now - weights["intercept"] + LINE_1_2_0
    compared = certificate["comparison"]
    assert compared["baseline"] == "1.2.0"
    assert f"Payload: {compared['payload']}\n" in world.git("cat-file", "tag", "line@v1.2.0")
    scores = {"mean_absolute_error": metrics.mean_absolute_error, "mean_squared_error": metrics.mean_squared_error, "r2": metrics.r2_score,
              "median_absolute_error": metrics.median_absolute_error, "max_error": metrics.max_error}
    for name, score in scores.items():
        found = compared["metrics"][name]
        assert (found["current"], found["candidate"]) == pytest.approx((score(truth, before), score(truth, now)), rel=1e-12), name
        assert found["low"] <= found["candidate"] - found["current"] <= found["high"], name
    assert compared["mean_distance"] == pytest.approx(abs(weights["intercept"] - LINE_1_2_0), rel=1e-9)
    # Of the difference of means a normal approximation is good.
    errors = abs(now - truth) - abs(before - truth)
    half = 1.96 * errors.std() / len(errors) ** 0.5
    found = compared["metrics"]["mean_absolute_error"]
    assert (found["low"], found["high"]) == pytest.approx((errors.mean() - half, errors.mean() + half), abs=0.3 * half)
    check = checks["current/mean_absolute_error"]
    assert (check["verdict"], check["value"], check["maximum"], check["n"]) == ("PASSED", pytest.approx(errors.mean(), rel=1e-9), 0.1, 400)
    assert (check["low"], check["high"]) == (found["low"], found["high"])
    shown = world.done("certificate", "show").out
    assert "compared     with 1.2.0 (payload " in shown and "current/mean_absolute_error" in shown
    for words in ((), ("--format", "markdown")):
        assert "Against 1.2.0, on the same rows" in world.done("certificate", "report", *words).out


@pytest.mark.parametrize("margin, intercept, rows, verdict", [
    (0.001, 1.6, 2000, "FAILED"),        # far worse
    (0.5, 1.6, 2000, "PASSED"),          # worse, and that is allowed
    (0.0001, 0.95, 40, "INCONCLUSIVE"),  # worse by more than is allowed, perhaps by chance
])
def test_a_regression_fails_when_it_is_outside_of_the_noise(world, limited, margin, intercept, rows, verdict):
    limited(margin, intercept, rows)
    answer, checks, certificate = certify(world)
    check = checks["current/mean_absolute_error"]
    assert check["verdict"] == verdict, (check, answer)
    assert (answer.code, certificate["verdict"]) == (0 if verdict == "PASSED" else 1, verdict), [one for one in checks.values() if one["verdict"] != "PASSED"]
    if verdict == "PASSED":
        return
    assert world.mops("certify").out.startswith(f"{verdict}: current/mean_absolute_error is ")
    assert ("too few to tell" in check["note"]) == (verdict == "INCONCLUSIVE")
    assert check["note"].count("1.2.0 has ") == 1


def test_a_first_version_is_compared_with_nothing(candidate):
    candidate.edit("mops.yaml", "mean_absolute_error: {max: 0.01}", "mean_absolute_error: {max: 0.01, not_worse_than_current: 0.1}")
    candidate.commit()
    answer, checks, certificate = certify(candidate)
    assert answer.code == 0 and "comparison" not in certificate and not any(name.startswith("current/") for name in checks)


def test_a_current_version_that_cannot_be_asked_is_a_warning(world):
    (world.repository / "run").write_text("#!/bin/sh\necho broken >&2; exit 7\n")
    (world.repository / "run").chmod(0o755)
    world.edit("mops.yaml", "command: [./server", "command: [./run")
    world.commit()
    world.git("tag", "-a", "line@v1.3.0", "-m", "line 1.3.0")
    world.edit("mops.yaml", "command: [./run", "command: [./server")
    world.edit("mops.yaml", "mean_absolute_error: {max: 0.01}", "mean_absolute_error: {max: 0.01, not_worse_than_current: 0.1}")
    world.commit()
    answer, checks, certificate = certify(world)
    assert (answer.code, certificate["verdict"]) == (0, "WARNED"), answer
    assert certificate["comparison"].keys() == {"baseline", "obstacle"}
    assert checks["current/mean_absolute_error"]["note"].startswith("not compared with 1.3.0: ")
    assert "compared     not with 1.3.0: " in world.done("certificate", "show").out


def test_evidence_is_not_used_again_beside_another_current_version(world, limited):
    limited(0.1, 1.05)
    first = certify(world)[2]["comparison"]["baseline"]
    assert json.loads(world.mops("certify", "--format", "json").out)["reused_from"]
    again, _, other = certify(world, "--against", "line@1.0.0")
    assert json.loads(again.out)["reused_from"] is None
    assert (first, other["comparison"]["baseline"]) == ("1.2.0", "1.0.0")


def test_a_margin_below_zero_is_refused(world):
    world.edit("mops.yaml", "mean_absolute_error: {max: 0.01}", "mean_absolute_error: {not_worse_than_current: -0.1}")
    answer = world.mops("check")
    assert answer.code == 1 and "found `-0.1` in `not_worse_than_current`, expected at least 0" in answer.out
