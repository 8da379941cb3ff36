"""The example with real flights: candidates that are worse or slower are refused, and the first line says why; the second version is
better, and its certificate and report tell in what."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from world import World

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "flight-delay"
SECONDS = 240


@pytest.fixture(scope="module")
def flights():
    """1.0.0 of the example with a small load, certified and released; its environment is made once."""
    world = World()
    world.repository = world.root / "flight-delay"
    shutil.copytree(EXAMPLE / "1.0.0", world.repository)
    # Its environment is Python's; where that is, and what it needs to start, is this machine's business.
    world.variables["PATH"] = os.environ["PATH"]
    world.variables |= {name: value for name, value in os.environ.items() if name.startswith("PIP_") or name.lower().endswith("_proxy") or name == "SSL_CERT_FILE"}
    lighten(world)
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=world.repository, env=world.variables, check=True)
    world.commit("1.0.0")
    answer = mops(world, "certify")
    assert (answer.code, "\nPASSED, signed in evidence/" in answer.out) == (0, True), answer
    world.commit("evidence of 1.0.0")
    assert mops(world, "release", "1.0.0").code == 0
    yield world
    world.close()


def lighten(world):
    """Other work on this machine must not decide; what is slow on purpose is much slower."""
    world.edit("mops.yaml", "rate_per_second: 700, duration_seconds: 10, warmup_seconds: 1", "rate_per_second: 60, duration_seconds: 2, warmup_seconds: 0.2, capacity_seconds: 2")
    world.edit("mops.yaml", "{p50_ms: 30, p99_ms: 250}", "{p50_ms: 200, p99_ms: 2000}")
    world.edit("mops.yaml", "{min_per_second: 90}", "{min_per_second: 5}")


def mops(world, *words):
    return world.finish(world.start(*words), SECONDS)


@pytest.fixture
def candidate(flights):
    yield flights
    flights.git("checkout", "-q", "-f", "main")
    flights.git("clean", "-qfd")


def refused(world):
    """The first line about what is in the work tree."""
    world.git("checkout", "-q", "-B", "try")
    world.commit("a candidate")
    answer = mops(world, "certify")
    assert answer.code == 1, answer
    assert "\nFAILED, signed in evidence/" in answer.out
    return answer.out.splitlines()[0]


def test_a_worse_candidate_is_refused(candidate):
    weights = candidate.repository / "model" / "weights.json"
    content = json.loads(weights.read_text())
    content["coefficients"] = {name: -value for name, value in content["coefficients"].items()}
    weights.write_text(json.dumps(content))
    lock = candidate.repository / "mops.lock"
    text = lock.read_text()
    [artifact] = yaml.safe_load(text)["artifacts"]
    lock.write_text(text.replace(artifact["sha256"], hashlib.sha256(weights.read_bytes()).hexdigest()).replace(str(artifact["size"]), str(weights.stat().st_size)))
    first = refused(candidate)
    assert re.match(r"FAILED: metrics/(roc_auc is 0\.[34]\d+( \([^)]*\))?, expected ≥ |brier_score is 0\.\d+( \([^)]*\))?, expected ≤ |log_loss is [\d.]+( \([^)]*\))?, expected ≤ )", first), first


def test_a_slower_candidate_is_refused(candidate):
    candidate.edit("model.py", "        probability = [", "        time.sleep(0.05)\n        probability = [")
    candidate.edit("model.py", "import math\n", "import math\nimport time\n")
    first = refused(candidate)
    assert re.match(r"FAILED: latency/p50_ms is [\d,]+(\.\d+)? ms \(.+ … .+\), expected ≤ 200 ms", first), first


def test_the_second_version_is_better_and_its_report_tells_in_what(candidate):
    candidate.git("checkout", "-q", "-B", "second")
    shutil.copytree(EXAMPLE / "1.1.0", candidate.repository, dirs_exist_ok=True)
    lighten(candidate)
    candidate.commit("1.1.0")
    answer = mops(candidate, "certify", "--format", "json")
    certified = json.loads(answer.out)
    assert (answer.code, certified["verdict"]) == (0, "PASSED"), answer
    rehearsal = next(check for check in certified["checks"] if check["name"] == "rehearsal/failed_requests")
    assert (rehearsal["value"], rehearsal["note"].startswith("1.0.0 to this and back: ")) == (0, True), rehearsal
    report = candidate.done("certificate", "report", "--format", "markdown").out
    compared = report.split("### Compared with 1.0.0")[1]
    assert re.search(r"^Better in .*roc\\_auc \(0\.66\d+, now 0\.76\d+\)", compared, re.MULTILINE), report
    rows = {line.split(" | ")[0].strip("| ").replace("\\", ""): line.strip("| ").split(" | ") for line in compared.splitlines() if line.startswith("| ")}
    for metric in ("roc_auc", "log_loss", "brier_score"):
        assert rows[metric][-1] == "better", rows[metric]
    assert certified["capacity"]["per_second"] > 60 and "requests/s keep to the latency limit" in report
    page = candidate.root / "report.html"
    assert mops(candidate, "certificate", "report", "--output", page).code == 0
    html = page.read_text()
    assert "Latency under more load" in html and "Compared with 1.0.0" in html and "roc_auc (0.66" in html
