"""What goes wrong: one clear error, the documented exit code, the old version serves on, nothing is left over."""
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess

import pytest

from world import gone, wait_for


# A model that fails where it is certified

BROKEN = {
    "exits": ("--exit-code, '3'", 1, "`line` ended with exit code 3"),
    "crashes at start": ("--crash-after-start, '0'", 1, "`line` was ended by signal 6 (SIGABRT)"),
    "crashes after ready": ("--crash-at-request, '2'", 1, "`line` was ended by signal 6 (SIGABRT)"),
    "never ready": ("--never-ready", 1, "`line` was not ready within 2 s: GET /v2/health/ready answered 503"),
    "answers 500": ("--answer-500", 1, "the model answered 500 to rows 1 to 64 of `data/holdout.csv`"),
    "answers garbage": ("--garbage", 1, "the model's answer to rows 1 to 64 of `data/holdout.csv` is not what the interface says"),
    "does not know its options": ("--nonsense", 1, "`line` ended with exit code 2"),
}


@pytest.mark.parametrize("options, code, text", BROKEN.values(), ids=BROKEN)
def test_certify_of_a_broken_model(world, options, code, text):
    world.edit("mops.yaml", "command: [./server", f"command: [./server, {options}")
    world.commit()
    before = world.git("status", "--porcelain")
    answer = world.refused(code, text, "certify")
    world.assert_nothing_left()
    assert "model.log" not in answer.err and "--- mops starts" not in answer.err, answer
    assert world.git("status", "--porcelain") == before


def test_certify_says_what_the_model_printed(world):
    world.edit("mops.yaml", "command: [./server", "command: [./server, --exit-code, '3'")
    world.commit()
    assert "because: made to end with exit code 3\n" in world.mops("certify").err


def test_certify_of_a_model_below_its_limits(world):
    world.edit("mops.yaml", "mean_absolute_error: {max: 0.01}", "mean_absolute_error: {max: 0.0001}")
    world.commit()
    answer = world.mops("certify")
    assert (answer.code, "FAILED, signed in evidence/" in answer.out) == (1, True), answer
    world.commit("evidence")
    world.refused(1, "there is no PASSED certificate for payload", "release", "2.0.0")
    world.refused(1, "there is no PASSED certificate for payload", "notes", "draft", "2.0.0")


# A version that fails where it is served

@pytest.mark.parametrize("options, code, text", [
    ("--exit-code 3", 1, "ended with exit code 3"),
    ("--crash-after-start 0", 1, "was ended by signal 6 (SIGABRT)"),
    ("--crash-at-request 2", 1, "was ended by signal 6 (SIGABRT)"),
    ("--never-ready", 1, "was not ready within 2 s: GET /v2/health/ready answered 503"),
    ("--answer-500", 1, "the model answered 500 to row 1 of `data/holdout.csv`"),
    ("--garbage", 1, "the model's answer to row 1 of `data/holdout.csv` is not what the interface says"),
    ("--shift 1", 1, "32 of 32 certified rows are answered otherwise than certified, first row 1 of `data/holdout.csv`"),
])
def test_promotion_of_a_version_that_fails(faulty, options, code, text):
    world = faulty(options)
    serving = world.served()
    answer = world.refused(code, text, "promote", "line@1.1.0", "-m", "better")
    assert re.search("^error: .*dev/line/|--- mops starts", answer.err, re.MULTILINE) is None, answer
    assert world.ask() == (200, 1.0)
    world.assert_nothing_left(serving=1)
    assert world.served() == serving
    assert [r["to"]["version"] for r in world.history()] == ["1.0.0"]
    assert world.git("tag", "--list", "line#*").split() == ["line#dev#1"]
    # Nothing stands in the way of the next one.
    world.done("promote", "line@1.2.0", "-m", "another")
    assert world.ask() == (200, 1.004)


def test_standby_that_does_not_come_up_is_no_way_back_and_stays_supervised(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    [pid] = platform.served()
    platform.done("promote", "line@1.1.0", "-m", "second")
    server = pathlib.Path(platform.served()[pid]) / "server"
    server.rename(server.with_name("away"))
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: platform.model()["standby"]["state"] == "waiting", "the crash to be seen")
    answer = platform.refused(1, "the platform's copy is damaged: `server` of payload", "rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.002), answer
    server.with_name("away").rename(server)
    wait_for(lambda: platform.model()["standby"]["state"] == "ready", "the standby to come back")
    platform.done("rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.0)


# Interrupted

def certifying(world):
    """A `mops certify` whose model runs."""
    process = world.start("certify")
    wait_for(lambda: world.served(), "the model to run")
    return process


def test_ctrl_c_while_a_model_is_measured(world):
    world.edit("mops.yaml", "duration_seconds: 0.3", "duration_seconds: 20")
    world.edit("mops.yaml", "rate_per_second: 100", "rate_per_second: 101")
    world.commit()
    process = certifying(world)
    process.send_signal(signal.SIGINT)
    answer = world.finish(process, seconds=5)
    assert (answer.code, answer.err.count("stopped: "), answer.err.count("error: ")) == (130, 1, 0), answer
    world.assert_nothing_left()
    assert world.git("status", "--porcelain") == ""
    world.edit("mops.yaml", "duration_seconds: 20", "duration_seconds: 0.3")
    world.commit()
    world.done("certify")


def test_ctrl_c_while_a_model_starts(world):
    world.edit("mops.yaml", "command: [./server", "command: [./server, --never-ready")
    world.edit("mops.yaml", "startup_timeout_seconds: 2", "startup_timeout_seconds: 60")
    world.commit()
    process = certifying(world)
    process.send_signal(signal.SIGINT)
    answer = world.finish(process, seconds=5)
    assert answer.code == 130 and answer.err.startswith("stopped: "), answer
    world.assert_nothing_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_promotion_that_is_stopped(faulty, number):
    world = faulty("--delay 60")
    process = world.start("promote", "line@1.1.0", "-m", "better")
    wait_for(lambda: len(world.served()) == 2, "the new version to run")
    process.send_signal(number)
    answer = world.finish(process, seconds=5)
    assert answer.code == 130 and answer.err.count("stopped: ") == 1, answer
    assert world.ask() == (200, 1.0)
    world.assert_nothing_left(serving=1)
    assert len(world.history()) == 1
    world.done("promote", "line@1.1.0", "-m", "better")
    assert world.ask() == (200, 1.002)


@pytest.mark.parametrize("number", [None, signal.SIGINT, signal.SIGTERM], ids=["down", "SIGINT", "SIGTERM"])
def test_a_platform_that_is_stopped_while_a_version_is_promoted(faulty, number):
    world = faulty("--delay 60")
    process = world.start("promote", "line@1.1.0", "-m", "better")
    wait_for(lambda: len(world.served()) == 2, "the new version to run")
    if number is None:
        world.done("down")
    else:
        os.kill(world.platform_pid, number)
        wait_for(lambda: gone(world.platform_pid), "the platform to end")
    answer = world.finish(process, seconds=5)
    assert answer.code in (3, 130) and answer.err.count("stopped: ") + answer.err.count("error: ") == 1, answer
    world.assert_nothing_left()
    world.up()
    wait_for(lambda: world.ask() == (200, 1.0), "the route to come back")


def kill_after(world, milliseconds, *words):
    """Kills a command in the middle; true when it was still there."""
    process = world.start(*words)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(milliseconds / 1000)
    process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_killed_certification_can_be_run_again(world):
    chance = random.Random(1)
    world.edit("mops.yaml", "rate_per_second: 100", "rate_per_second: 101")
    world.commit()
    killed = [kill_after(world, chance.uniform(5, 500), "certify") for _ in range(8)]
    assert any(killed)
    world.done("certify")
    world.assert_nothing_left()
    world.done("notes", "draft", "2.0.0", "-m", "as certified")
    world.commit()
    world.done("release", "2.0.0")


def test_killed_promotions_can_be_run_again(platform):
    chance = random.Random(2)
    platform.done("promote", "line@1.0.0", "-m", "first")
    killed = []
    for number in range(10):
        version = ("1.1.0", "1.2.0")[number % 2]
        killed.append(kill_after(platform, chance.uniform(5, 120), "promote", f"line@{version}", "-m", "on"))
        # What its client asked for before it was killed may go on.
        wait_for(lambda: (again := platform.mops("promote", f"line@{version}", "-m", "again")).code == 0 or "serves already" in again.err,
                 f"{version} to serve")
        assert platform.ask() == (200, {"1.1.0": 1.002, "1.2.0": 1.004}[version])
    assert any(killed)
    platform.assert_nothing_left(serving=2)


def test_platform_killed_in_a_promotion(faulty):
    world = faulty("--delay 60")
    process = world.start("promote", "line@1.1.0", "-m", "better")
    wait_for(lambda: len(world.served()) == 2, "the new version to run")
    world.kill_platform()
    answer = world.finish(process, seconds=10)
    assert answer.code == 3 and answer.err.count("error: ") == 1, answer
    world.up()
    assert world.ask() == (200, 1.0)
    world.assert_nothing_left(serving=1)
    world.done("promote", "line@1.1.0", "-m", "better")


# No room

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


@needs_root
def test_certify_on_a_full_disk(world):
    world.mount_small_disk(world.state, "256k")
    answer = world.refused(3, "no space left on device", "certify", "--again")
    assert str(world.state) in answer.err, answer
    world.assert_nothing_left()
    assert world.git("status", "--porcelain") == ""


@needs_root
def test_promote_on_a_full_disk(world):
    size = (world.repository / "server").stat().st_size
    world.mount_small_disk(world.state, str(size + 1_000_000))
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    world.refused(3, "no space left on device", "promote", "line@1.1.0", "-m", "second")
    assert world.ask() == (200, 1.0)
    world.assert_nothing_left(serving=1)
    subprocess.run(["mount", "-o", f"remount,size={size * 4}", world.state], check=True)
    world.done("promote", "line@1.1.0", "-m", "second")
    assert world.ask() == (200, 1.002)


@needs_root
def test_a_journal_that_cannot_be_written_switches_nothing(world):
    size = (world.repository / "server").stat().st_size
    world.mount_small_disk(world.state, str(size * 4))
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    world.done("promote", "line@1.1.0", "-m", "second")
    filler = world.state / "filler"
    with open(filler, "wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    world.refused(3, "free some disk space", "rollback", "line", "-m", "back")
    assert world.ask() == (200, 1.002)
    assert len(world.history()) == 2
    filler.unlink()
    world.done("rollback", "line", "-m", "back")
    assert world.ask() == (200, 1.0)


# Broken files

def test_broken_manifest(world):
    (world.repository / "mops.yaml").write_text("format: mops/v1\nname: [\n")
    world.refused(2, "mops.yaml:3:1: ", "certify")
    world.commit()
    for words in (["certify"], ["release", "2.0.0"]):
        world.refused(2, "mops.yaml:3:1: ", *words)
    world.assert_nothing_left()


def test_missing_manifest(world):
    world.git("rm", "-q", "mops.yaml")
    world.refused(2, "there is no `mops.yaml`", "certify")
    world.commit()
    for words in (["certify"], ["payload"], ["release", "2.0.0"]):
        world.refused(2, "there is no `mops.yaml`", *words)


def test_not_a_repository(empty):
    for words in (["certify"], ["payload"], ["release", "1.0.0"]):
        empty.refused(2, str(empty.root), *words)


def test_missing_holdout(world):
    world.git("rm", "-q", "data/holdout.csv")
    world.commit()
    world.refused(2, "the data set `data/holdout.csv` is not there", "certify")
    world.assert_nothing_left()


def test_holdout_with_another_digest(world):
    world.edit("data/holdout.csv", "-50.0,-99.005", "-50.0,-99.004")
    world.commit()
    world.refused(1, "`data/holdout.csv` has sha256", "certify")
    world.assert_nothing_left()


def test_artifact_with_another_digest(world):
    text = (world.repository / "mops.lock").read_text()
    start = text.index("sha256: ") + 8
    (world.repository / "mops.lock").write_text(text[:start] + "ab" * 32 + text[text.index(", size"):])
    world.commit()
    world.refused(1, "model/weights.json", "certify")
    world.assert_nothing_left()


def test_notes_that_are_not_there_or_wrong(world):
    world.refused(1, "there are no release notes `release-notes/2.0.0.yaml` in the commit", "release", "2.0.0")
    notes = (world.repository / "release-notes" / "1.2.0.yaml").read_text()
    (world.repository / "release-notes" / "2.0.0.yaml").write_text(re.sub("r2: .*", "r2: 0.5", notes))
    world.commit()
    answer = world.mops("release", "2.0.0")
    assert answer.code == 1 and "notes/version-mismatch" in answer.out and "r2" in answer.out, answer


# Evidence

def test_promotion_without_a_certificate(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    # A tag by hand, on a commit whose payload was never certified.
    platform.set_weights(1.006)
    platform.commit()
    platform.git("tag", "-a", "line@v3.0.0", "-m", "trust me")
    platform.refused(1, "there is no PASSED certificate for payload", "promote", "line@3.0.0", "-m", "x")
    assert platform.ask() == (200, 1.0)
    platform.assert_nothing_left(serving=1)


def certificate_of_head(world):
    [path] = [p for p in world.repository.glob(f"evidence/{payload_of(world)[:12]}*/certification-*.json") if "measurements" not in p.name]
    return path


def payload_of(world):
    return hashlib.sha256(world.done("payload").out.encode()).hexdigest()


def tag_with_evidence(world, change):
    """A tag by hand on a certified payload, whose envelope was changed."""
    path = certificate_of_head(world)
    envelope = json.loads(path.read_text())
    change(envelope)
    path.write_text(json.dumps(envelope))
    world.commit()
    world.git("tag", "-a", "line@v3.0.0", "-m", "trust me")


def forge(envelope):
    statement = json.loads(base64.b64decode(envelope["payload"]))
    text = json.dumps(statement).replace("line", "lime", 1) + " "
    envelope["payload"] = base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("change", [lambda e: e.update(signatures=[]), forge, lambda e: e["signatures"][0].update(sig=base64.b64encode(bytes(64)).decode())],
                         ids=["unsigned", "changed", "wrong signature"])
def test_promotion_with_a_forged_certificate(platform, change):
    tag_with_evidence(platform, change)
    answer = platform.refused(1, "there is no PASSED certificate for payload", "promote", "line@3.0.0", "-m", "x")
    assert "because: evidence/" in answer.err, answer
    platform.refused(1, "there is no PASSED certificate for payload", "release", "3.0.1")
    platform.assert_nothing_left()


def test_certificate_of_a_key_that_the_stage_does_not_trust(world):
    world.state.mkdir()
    (world.state / "stages.yaml").write_text(
        f'format: stages/v1\nstages:\n  - {{name: dev, listen: "127.0.0.1:0", trusted_keys: ["{"0" * 64}"]}}\n')
    world.up()
    world.refused(1, "which stage `dev` does not trust", "promote", "line@1.0.0", "-m", "x")
    world.assert_nothing_left()


def test_model_of_another_repository(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    shutil.rmtree(platform.repository / ".git")
    platform.git("init", "-q", "-b", "main")
    platform.commit("another beginning")
    platform.git("tag", "-a", "line@v5.0.0", "-m", "mine")
    platform.refused(1, "`line` belongs to another repository on this platform", "promote", "line@5.0.0", "-m", "x")
    platform.assert_nothing_left(serving=1)


def test_state_folder_whose_path_is_too_long(world):
    state = world.root / ("long" * 30)
    world.refused(2, "is too long for a Unix socket", "up", "-d", "--state", state)
    world.refused(2, "is too long for a Unix socket", "up", "--state", state)


def test_broken_stages_file(world):
    world.state.mkdir()
    (world.state / "stages.yaml").write_text("format: stages/v1\nstages:\n  - {name: dev, lisen: x}\n")
    assert "stages.yaml:3:" in world.refused(2, "unknown key `lisen` in `stages`", "up", "-d").err
