"""Repeated runs of a load, and the highest rate that keeps to the latency limit: what certificates say of both, and what a promotion makes of it."""
import json
import re

import pytest

from world import Traffic

# 5 ms for each request, one after the other.
MOST = 200


def certify(world, *words):
    answer = world.mops("certify", "--format", "json", *words)
    return answer, json.loads(answer.out)


def check(certified, name):
    return next(check for check in certified["checks"] if check["name"] == name)


def slow_from(world, answer, milliseconds):
    """A model that takes so long from that request on, the limit being 40 ms."""
    world.edit("mops.yaml", "p50_ms: 50, p99_ms: 500", "p99_ms: 40")
    world.edit("mops.yaml", "command: [./server", f"command: [./server, --after, '{answer}', --delay, '{milliseconds}'")
    world.edit("mops.yaml", "rate_per_second: 400, duration_seconds: 1", "rate_per_second: 100, duration_seconds: 3")
    world.commit()


def measured_capacity(world):
    """Of a model that answers at most 200 requests a second, for its certificate. Where the generator came late, nothing is known: again."""
    for _ in range(6):
        answer, certified = certify(world, "--again")
        if certified["capacity"] and not certified["capacity"]["at_least"]:
            return answer, certified
    raise AssertionError(answer)


@pytest.fixture
def limited(fresh):
    fresh.release("1.0.0")
    fresh.edit("mops.yaml", "rate_per_second: 400, duration_seconds: 1", "rate_per_second: 50, duration_seconds: 2.5")
    fresh.edit("mops.yaml", "capacity_seconds: 0", "capacity_seconds: 4")
    fresh.edit("mops.yaml", "min_per_second: 50", "min_per_second: 25")
    fresh.edit("mops.yaml", "p50_ms: 50, p99_ms: 500", "p99_ms: 100")
    fresh.edit("mops.yaml", "command: [./server", "command: [./server, --busy, '5'")
    fresh.commit()
    return fresh


def test_runs_and_their_spread(fresh):
    fresh.commit()
    answer, certified = certify(fresh)
    assert (answer.code, len(certified["runs"]), certified["capacity"]) == (0, 3, None), answer
    for name, key in (("latency/p50_ms", "p50_ms"), ("latency/p99_ms", "p99_ms"), ("throughput/per_second", "throughput_per_second")):
        line = check(certified, name)
        runs = [run[key] for run in certified["runs"]]
        assert line["low"] == pytest.approx(min(*runs, line["value"])) and line["high"] == pytest.approx(max(*runs, line["value"])), line
        assert line["n"] == sum(run["requests"] for run in certified["runs"]) and 400 <= line["n"] <= 402, line
    fresh.edit("mops.yaml", "capacity_seconds: 0", "capacity_seconds: 0, repeats: 1")
    fresh.commit()
    answer, certified = certify(fresh)
    assert (answer.code, len(certified["runs"]), check(certified, "latency/p99_ms")["low"]) == (0, 1, None), answer


def test_a_limit_inside_the_spread_is_inconclusive(fresh):
    # Rows, certified answers and warm-up take some 90 requests; of 300 that are measured the second half is slow.
    slow_from(fresh, 240, 60)
    answer, certified = certify(fresh)
    line = check(certified, "latency/p99_ms")
    assert (answer.code, line["verdict"], line["note"]) == (1, "INCONCLUSIVE", "the limit lies between the best and the worst of 3 runs"), answer
    assert line["low"] < 40 < line["high"]


def test_a_regression_outside_the_spread_fails_in_the_first_line(fresh):
    slow_from(fresh, 0, 60)
    answer = fresh.mops("certify")
    assert answer.code == 1
    assert re.match(r"FAILED: latency/p99_ms is [6-9][0-9](\.\d+)? ms \(\S+ … \S+\), expected ≤ 40 ms", answer.out.splitlines()[0]), answer


def test_too_few_answers_are_no_pass(fresh):
    fresh.edit("mops.yaml", "rate_per_second: 400, duration_seconds: 1", "rate_per_second: 80, duration_seconds: 1")
    fresh.commit()
    answer, certified = certify(fresh)
    line = check(certified, "latency/p99_ms")
    assert (answer.code, line["verdict"]) == (1, "INCONCLUSIVE"), answer
    assert re.fullmatch(r"8[0-2] answers are too few, at least 100 are needed: a higher rate or a longer load", line["note"]), line


def test_capacity_is_the_highest_rate_that_keeps_to_the_limit(limited):
    """Never more than the model can do; a machine with other work finds less, but not less than the load that was kept."""
    answer, certified = certify(limited)
    capacity = certified["capacity"]
    assert 40 <= capacity["per_second"] <= 1.05 * MOST, answer
    text = f"capacity     {'at least ' if capacity['at_least'] else ''}{capacity['per_second']:.4g} requests/s keep to the latency limit"
    assert text in limited.done("certificate", "show", limited.repository / certified["certificate"]).out


def test_promotion_beyond_the_capacity_is_refused_and_beyond_what_was_certified_warned_of(limited):
    measured_capacity(limited)
    limited.release("2.0.0")
    # The same, where nobody looked for its capacity: it did 50 a second when it was certified.
    limited.edit("mops.yaml", "capacity_seconds: 4", "capacity_seconds: 0")
    limited.set_weights(1.002)
    limited.release("2.1.0")
    limited.up()
    limited.done("promote", "line@1.0.0", "-m", "first")
    with Traffic(limited.listen, rate=300) as traffic:
        traffic.wait_for_more(100)
        plan = limited.done("promote", "line@2.0.0", "--dry-run", "-m", "small").out
        assert re.search(r"^  5\. capacity  \d+ requests/s come in now, one instance can answer 1\d\d/s: [2-4] needed$", plan, re.MULTILINE), plan
        answer = limited.refused(1, "requests/s come in; with 30 % to spare that is more than the ", "promote", "line@2.0.0", "-m", "small")
        assert "that line@2.0.0 can answer" in answer.err and "because: the local target runs 1 instance of `line@2.0.0`, not " in answer.err, answer
        limited.assert_nothing_left(serving=1)
        plan = limited.done("promote", "line@2.1.0", "--dry-run", "-m", "unknown").out
        assert re.search(r"^  5\. capacity  .* one instance was certified at [45]\d/s, and may be able to answer more: a warning at most$", plan, re.MULTILINE), plan
        answer = limited.done("promote", "line@2.1.0", "-m", "unknown")
        assert re.search(r"warning: \d+ requests/s come in, line@2.1.0 was certified at [45]\d/s, and its capacity was not measured", answer.err), answer
