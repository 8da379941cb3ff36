"""Promotions in steps: requests shift share by share, each held against the certificate, and go back at once when it is not kept."""
import json
import re
import signal
import time

import pytest

from world import Traffic, wait_for

STEPS = ("--steps", "10,50,100", "--step-time", "0.3", "--step-requests", "20")


def test_no_request_fails_through_steps(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    with Traffic(platform.listen, rate=300) as traffic:
        traffic.wait_for_more(100)
        answer = platform.done("promote", "line@1.1.0", *STEPS, "-m", "carefully")
        traffic.first_answer(1.002, after=0)
        traffic.wait_for_more(100)
    assert traffic.failures == []
    record = platform.history()[-1]
    assert [step["share"] for step in record["steps"]] == [10, 50, 100]
    assert all(step["failed"] == 0 and step["requests"] >= 20 and step["seconds"] >= 0.3 for step in record["steps"]), record
    for share in (10, 50, 100):
        assert f"{share} % of the requests to line@1.1.0, for at least 0.3 s and 20 requests" in answer.err, answer
        assert re.search(f"^{share} % held: [0-9]+ requests, 0 failed, p99 [0-9.]+ ms", answer.err, re.MULTILINE), answer
    assert platform.model()["primary"]["version"] == "1.1.0"
    platform.done("audit")


def test_a_step_gives_the_share_that_it_says(faulty):
    world = faulty("")
    process = world.start("promote", "line@1.1.0", "--steps", "10,100", "--step-time", "60", "-m", "carefully")
    wait_for(lambda: world.model()["candidate"], "the new version to get requests")
    assert re.search(r"^line +1\.1\.0 +candidate, 10 % +ready ", world.done("status").out, re.MULTILINE)
    answers = world.ask_many(1000)
    # Dealt out evenly, not by chance.
    assert (answers.count(1.002), answers.count(1.0)) == (100, 900)
    process.send_signal(signal.SIGINT)
    answer = world.finish(process)
    assert answer.code == 130, answer
    assert set(world.ask_many(200)) == {1.0}
    world.assert_nothing_left(serving=1)


@pytest.mark.parametrize("options, text", [
    ("--crash-at-request 60", "was ended by signal 6 (SIGABRT)"),
    ("--after 60 --answer-500", "requests failed, certified are at most 0 %"),
    ("--after 60 --garble", "requests failed, certified are at most 0 %"),
    ("--after 60 --delay 800", "requests took longer than the certified p99 of 500 ms"),
    ("--after 60 --delay 100000", "requests took longer than the certified p99 of 500 ms"),
], ids=["crashes", "answers 500", "answers garbage", "answers too slowly", "never answers"])
def test_a_version_that_fails_under_load_goes_back(faulty, options, text):
    world = faulty(options)
    serving = world.served()
    with Traffic(world.listen, rate=200, senders=16) as traffic:
        traffic.wait_for_more(50)
        answer = world.refused(1, text, "promote", "line@1.1.0", "--steps", "20,100", "--step-time", "60", "-m", "carefully")
        assert re.search(r"^error: line@1\.1\.0 got 20 % of the requests: ", answer.err, re.MULTILINE), answer
        assert "all requests go to the old version again" in answer.err, answer
        back = time.monotonic()
        failed = len(traffic.failures)
        traffic.wait_for_more(200)
        # From here on only those that were under way may still fail.
        assert all(y == 1.0 for when, y in traffic.answers if when > back + 2)
    # A fifth of the requests went to it, and not for long.
    assert failed <= 0.4 * traffic.sent(), traffic.failures
    assert [r["to"]["version"] for r in world.history()] == ["1.0.0"]
    world.assert_nothing_left(serving=1)
    assert world.served() == serving
    assert world.model()["standby"] is None
    world.done("promote", "line@1.2.0", "-m", "another")
    assert world.ask() == (200, 1.004)


def test_without_requests_there_is_no_verdict(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.refused(1, "INCONCLUSIVE: it answered 0 requests in 0.", "promote", "line@1.1.0", "--steps", "50,100", "--step-time", "0.05", "-m", "nobody asks")
    assert platform.ask() == (200, 1.0)
    platform.assert_nothing_left(serving=1)
    platform.done("promote", "line@1.1.0", "--steps", "50,100", "--step-time", "0.05", "--step-requests", "0", "-m", "nobody asks")
    assert platform.ask() == (200, 1.002)


def test_more_requests_than_were_certified(world):
    world.edit("mops.yaml", "rate_per_second: 1000, duration_seconds: 0.3", "rate_per_second: 60, duration_seconds: 2")
    world.edit("mops.yaml", "capacity_seconds: 0", "capacity_seconds: 2")
    # 83 requests a second, and no more.
    world.edit("mops.yaml", "command: [./server", "command: [./server, --busy, '12'")
    world.set_weights(1.006)
    world.commit()
    # Where the generator came late, nobody knows what the model can do.
    attempts = (json.loads(world.done("certify", "--again", "--format", "json").out)["capacity"] for _ in range(6))
    assert any(capacity and not capacity["at_least"] for capacity in attempts)
    world.release("1.3.0")
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    with Traffic(world.listen, rate=200) as traffic:
        traffic.wait_for_more(100)
        answer = world.refused(1, "requests/s come in; with 30 % to spare that is more than the ", "promote", "line@1.3.0", "-m", "small")
        assert "because: the local target runs 1 instance of `line@1.3.0`, not " in answer.err, answer
        world.assert_nothing_left(serving=1)
        plan = world.done("promote", "line@1.3.0", "--dry-run", "-m", "small").out
        assert re.search(r"^  5\. capacity  (1[5-9]|2[0-9])[0-9] requests/s come in now, one instance can answer [4-9][0-9]/s: [2-9] needed$", plan, re.MULTILINE), plan
        world.done("promote", "line@1.3.0", "--emergency", "-m", "small, and the other one is wrong")
        traffic.first_answer(1.006, after=0)
    assert traffic.failures == []
    assert world.history()[-1]["gates"] == "skipped"


def test_a_dry_run_changes_nothing(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    before = (platform.status(), sorted(p.name for p in (platform.state / "versions").iterdir()))
    answer = platform.done("promote", "line@1.1.0", "--dry-run", *STEPS, "-m", "try")
    lines = answer.out.splitlines()
    assert lines[0] == "plan: promote line from 1.0.0 to 1.1.0 in stage dev"
    assert [line.split()[1] for line in lines[1:]] == ["look", "keep", "start", "warm", "capacity", "shift", "gate", "record", "drain"], answer
    assert json.loads(platform.done("promote", "line@1.1.0", "--dry-run", "--format", "json", "-m", "try").out)["format_version"] == 1
    platform.refused(1, "line@1.0.0 serves already", "promote", "line@1.0.0", "--dry-run", "-m", "try")
    assert (platform.status(), sorted(p.name for p in (platform.state / "versions").iterdir())) == before
    platform.assert_nothing_left(serving=1)
