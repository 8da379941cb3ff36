"""Metrics that a team computes itself: a program of the repository, run on every answer in the model's environment."""
import json
import sys

import numpy
import pytest
from sklearn.metrics import mean_pinball_loss

PROGRAM = '''import csv, json, os, sys
rows = list(csv.DictReader(sys.stdin))
errors = [float(row["truth"]) - float(row["output.y"]) for row in rows]
loss = sum(0.9 * e if e >= 0 else -0.1 * e for e in errors) / len(errors)
print("rows", len(rows), file=sys.stderr)
print(json.dumps({"pinball": loss, "rows_seen": len(rows), "weights_here": int(os.path.exists("model/weights.json")), "unnamed": 1}))
'''


@pytest.fixture
def scored(candidate):
    """A world whose model has metrics of its own; takes their limits."""

    def make(limits, program=PROGRAM):
        (candidate.repository / "evaluate.py").write_text(program)
        candidate.edit("mops.yaml", "  load: {", f"  own_metrics: [{{command: [{sys.executable}, evaluate.py], metrics: {limits}}}]\n  load: {{")
        candidate.commit()
        return candidate

    return make


def checks_of(answer):
    [model] = json.loads(answer.out)["models"] if "models" in json.loads(answer.out) else [json.loads(answer.out)]
    return {check["name"]: check for check in model["checks"]}


def test_a_program_of_the_team_computes_metrics(scored):
    world = scored("{pinball: {max: 1}, rows_seen: {min: 100}, weights_here: {min: 1}}")
    assert world.done("check").code == 0
    checks = checks_of(world.done("certify", "--format", "json"))
    x, truth = numpy.loadtxt(world.repository / "data" / "holdout.csv", delimiter=",", skiprows=1, unpack=True)
    weights = json.loads((world.repository / "model" / "weights.json").read_text())
    expected = mean_pinball_loss(truth, weights["slope"] * x + weights["intercept"], alpha=0.9)
    assert checks["metrics/pinball"]["value"] == pytest.approx(expected, rel=1e-12)
    assert (checks["metrics/pinball"]["verdict"], checks["metrics/pinball"]["n"]) == ("PASSED", len(x))
    assert (checks["metrics/rows_seen"]["value"], checks["metrics/weights_here"]["value"]) == (len(x), 1)
    shown = world.done("certificate", "show").out
    assert "metrics/pinball" in shown and "unnamed" not in shown
    assert "pinball" in world.done("certificate", "report").out


def test_a_limit_that_is_not_kept_fails(scored):
    answer = scored("{pinball: {max: 1.0e-9}}").mops("certify")
    assert answer.code == 1
    assert "metrics/pinball" in answer.out and "FAILED" in answer.out


@pytest.mark.parametrize("program, told", [
    ("import sys; sys.exit('the price list is missing')", "evaluate.py` ended with code 1"),
    ("print('pinball is 3')", "evaluate.py` printed something else than one JSON object"),
    ("print('{}')", "evaluate.py` printed no `pinball`"),
])
def test_a_program_that_does_something_else_is_an_error(scored, program, told):
    world = scored("{pinball: {max: 1}}", program)
    before = world.git("status", "--porcelain")
    answer = world.refused(1, told, "certify")
    assert ("price list" in answer.err) == ("price list" in program)
    assert "the model printed" not in answer.err
    assert world.git("status", "--porcelain") == before
    world.assert_nothing_left()
