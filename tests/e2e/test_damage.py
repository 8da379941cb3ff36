"""A platform that comes up over damage: one version that cannot be served, a journal that somebody changed, processes that a
killed platform left. The rest serves, and what is wrong is said first."""
import contextlib
import copy
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import time

import pytest

from world import World, wait_for

# A program that makes environments for the tests: the official one for Python asks for `python3`.
STUB = '#!/bin/sh\n[ "$1 $2" != "-m venv" ] || { /bin/mkdir -p "$3/bin" && /bin/cp "$0" "$3/bin/python"; }\n'


@pytest.fixture(scope="module")
def neighbour():
    """A released model `plain` in an environment that has to be made."""
    world = World()
    world.repository = world.root / "plain"
    world.new_repository()
    (world.programs / "python3").write_text(STUB)
    (world.programs / "python3").chmod(0o755)
    (world.repository / "requirements.lock").write_text("")
    for line in ("name: line", "--model, line", "model: line"):
        world.edit("mops.yaml", line, line.replace("line", "plain"))
    world.edit("mops.yaml", "environment: {name: native}", "environment: {name: python-3, lock: requirements.lock}")
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    world.release("1.0.0")
    yield world
    world.close()


@pytest.fixture
def pair(world, neighbour):
    """A platform that serves line 1.1.0 (1.0.0 stands by) and plain 1.0.0. `world.plain` is the same world from the other repository."""
    shutil.copytree(neighbour.repository, world.root / "plain", symlinks=True)
    shutil.copy(neighbour.programs / "python3", world.programs / "python3")
    world.plain = copy.copy(world)
    world.plain.repository = world.root / "plain"
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    world.done("promote", "line@1.1.0", "-m", "second")
    world.plain.done("promote", "plain@1.0.0", "-m", "first")
    assert (world.ask(), world.ask(model="plain")) == ((200, 1.002), (200, 1.0)), world.status()
    return world


def model_status(world, name):
    [model] = [m for m in world.status()["models"] if m["model"] == name]
    return model


def wait_for_state(world, name, role, *states):
    return wait_for(lambda: (version := model_status(world, name)[role]) and version["state"] in states and version, f"{role} of {name} to be {states}")


def damage(folder):
    # Beside and over it: the bytes of a program that runs cannot be changed in their place.
    (folder / "server.new").write_bytes((folder / "server").read_bytes() + b"x")
    shutil.copymode(folder / "server", folder / "server.new")
    (folder / "server.new").rename(folder / "server")


def assert_told_first(world, name, version, state, problem):
    status = json.loads(world.done("status", "--format", "json").out)
    first = status["problems"][0]
    assert (first["model"], first["version"], first["role"], first["state"]) == (name, version, "primary", state), status["problems"]
    assert problem in first["problem"]
    assert list(status).index("problems") < list(status).index("stages")
    assert status["stages"][0]["models"][0]["model"] == name
    lines = world.done("status").out.splitlines()
    assert lines[0].startswith(f"! primary {name}@{version} in stage dev is {state}: ") and problem in lines[0], lines
    return first


# One version that cannot be served

def test_a_damaged_primary_stops_nobody_else(pair):
    folder = pair.copy_of("1.1.0")
    pair.done("down")
    damage(folder)
    pair.up()
    wait_for(lambda: pair.ask(model="plain") == (200, 1.0), "the other model to serve")
    wait_for_state(pair, "line", "primary", "broken")
    first = assert_told_first(pair, "line", "1.1.0", "broken", "the platform's copy is damaged: `server` is not the file that payload")
    assert "promote the version anew" in first["help"]
    assert pair.ask()[0] == 503
    wait_for_state(pair, "line", "standby", "ready")
    pair.done("rollback", "line", "-m", "away from it")
    assert pair.ask() == (200, 1.0)
    assert json.loads(pair.done("status", "--format", "json").out)["problems"] == []
    pair.refused(1, "the platform's copy is damaged", "rollback", "line", "--to", "1.1.0", "-m", "and back")
    assert pair.ask() == (200, 1.0)
    pair.done("promote", "line@1.1.0", "-m", "a whole copy")
    assert pair.ask() == (200, 1.002)
    pair.assert_nothing_left(serving=3)


def test_a_damaged_primary_without_another_is_promoted_anew(pair):
    folder = pair.plain.copy_of("1.0.0")
    pair.done("down")
    shutil.rmtree(folder.parent)
    pair.up()
    wait_for(lambda: pair.ask() == (200, 1.002), "the other model to serve")
    wait_for_state(pair, "plain", "primary", "broken")
    assert_told_first(pair, "plain", "1.0.0", "broken", "the platform keeps no version with payload")
    assert pair.ask(model="plain")[0] == 503
    pair.refused(1, "there is no version before plain@1.0.0", "rollback", "plain", "-m", "away from it")
    pair.plain.done("promote", "plain@1.0.0", "-m", "a whole copy")
    assert pair.ask(model="plain") == (200, 1.0)
    pair.plain.refused(1, "plain@1.0.0 serves already", "promote", "plain@1.0.0", "-m", "again")


def test_a_copy_that_was_repaired_is_taken_up_without_a_word(pair):
    folder = pair.copy_of("1.1.0")
    pair.done("down")
    whole = (folder / "server").read_bytes()
    damage(folder)
    pair.up()
    wait_for_state(pair, "line", "primary", "broken")
    (folder / "server").write_bytes(whole)
    wait_for(lambda: pair.ask() == (200, 1.002), "the repaired copy to serve")


def test_a_version_that_runs_on_a_damaged_copy_serves_and_is_told(pair):
    folder = pair.copy_of("1.1.0")
    before = pair.served()
    pair.kill_platform()
    (folder / "server").unlink()
    pair.up()
    assert pair.ask() == (200, 1.002)
    wait_for(lambda: model_status(pair, "line")["primary"]["problem"], "the damage to be seen")
    assert_told_first(pair, "line", "1.1.0", "ready", "the platform's copy is damaged: `server` of payload")
    assert pair.served() == before
    [pid] = [pid for pid, where in before.items() if where == str(folder)]
    os.kill(pid, signal.SIGKILL)
    wait_for_state(pair, "line", "primary", "broken")
    assert pair.ask()[0] == 503
    pair.done("rollback", "line", "-m", "away from it")
    assert pair.ask() == (200, 1.0)


def test_an_environment_that_cannot_be_made_stops_nobody_else(pair):
    pair.done("down")
    shutil.rmtree(pair.state / "environments")
    (pair.programs / "python3").write_text('#!/bin/sh\n[ "$1" = -c ] || { echo "no such index" >&2; exit 1; }\n')
    pair.up()
    wait_for(lambda: pair.ask() == (200, 1.002), "the other model to serve")
    wait_for_state(pair, "plain", "primary", "broken")
    assert_told_first(pair, "plain", "1.0.0", "broken", "the environment `python-3`")
    assert pair.ask(model="plain")[0] == 503
    # It is tried again by itself.
    (pair.programs / "python3").write_text(STUB)
    wait_for(lambda: pair.ask(model="plain") == (200, 1.0), "the environment to be made")


def test_an_environment_that_takes_its_time_holds_up_nobody(pair):
    pair.done("down")
    shutil.rmtree(pair.state / "environments")
    os.mkfifo(pair.root / "gate")
    (pair.programs / "python3").write_text(STUB.replace("\n[", f"\n[ \"$1 $2\" != \"-m venv\" ] || read line < {pair.root}/gate\n[", 1))
    pair.up()
    wait_for(lambda: pair.ask() == (200, 1.002), "the other model to serve")
    assert model_status(pair, "plain")["primary"]["state"] == "preparing"
    assert pair.ask(model="plain")[0] == 503
    (pair.root / "gate").write_text("go on\n")
    wait_for(lambda: pair.ask(model="plain") == (200, 1.0), "the environment to be made")


def test_a_primary_that_crashes_at_start_stops_nobody_else(pair):
    pair.done("down")
    stages = 'format: stages/v1\nstages:\n  - {name: dev, listen: "127.0.0.1:0", configuration: {FAULTS_OF_1_1_0: "--exit-code 3"}}\n'
    (pair.state / "stages.yaml").write_text(stages)
    answer = pair.done("up", "-d")
    pair.listen = re.search(r"serves on http://(\S+)", answer.err)[1]
    wait_for(lambda: pair.ask(model="plain") == (200, 1.0), "the other model to serve")
    wait_for_state(pair, "line", "primary", "waiting")
    assert pair.ask()[0] == 503
    lines = wait_for(lambda: (out := pair.done("status").out.splitlines()) and "ended with exit code 3" in out[0] and out, "the crash to be told first")
    assert lines[0].startswith("! primary line@1.1.0 in stage dev is waiting: `line@1.1.0` ended with exit code 3"), lines
    wait_for_state(pair, "line", "standby", "ready")
    pair.done("rollback", "line", "-m", "away from it")
    assert pair.ask() == (200, 1.0)


def test_a_recorded_instance_that_cannot_be_read(pair):
    before = pair.served()
    pair.kill_platform()
    with contextlib.closing(sqlite3.connect(pair.state / "platform.sqlite")) as database:
        database.execute("UPDATE instance SET instance = '{' WHERE key LIKE 'dev/plain/%'")
        database.commit()
    pair.up()
    assert pair.ask() == (200, 1.002)
    wait_for(lambda: pair.ask(model="plain") == (200, 1.0), "the other one to be started anew")
    wait_for(lambda: len(pair.served()) == 3, "the unknown process to end")
    assert len(set(before) & set(pair.served())) == 2


# Processes that a killed platform left

def test_a_process_that_was_started_and_not_yet_recorded_is_ended(pair):
    folder = str(pair.copy_of("1.1.0"))
    [pid] = [pid for pid, where in pair.served().items() if where == folder]
    with contextlib.closing(sqlite3.connect(pair.state / "platform.sqlite", isolation_level=None)) as database:
        # Nobody else can write: the platform starts the process, and waits with its record.
        database.execute("BEGIN IMMEDIATE")
        os.kill(pid, signal.SIGKILL)
        unknown = wait_for(lambda: {p for p, where in pair.served().items() if where == folder and p != pid}, "the process to be started again")
        pair.kill_platform()
        database.execute("ROLLBACK")
        rows = {json.loads(text)["pid"] for [text] in database.execute("SELECT instance FROM instance")}
    assert unknown - rows, "the process was recorded: this test tests nothing"
    assert unknown <= set(pair.served())
    pair.up()
    assert not unknown & set(pair.served())
    wait_for(lambda: pair.ask() == (200, 1.002), "the route to come back")
    pair.assert_nothing_left(serving=3)


def test_kills_at_any_moment_leave_no_process_behind(pair):
    chance = random.Random(4)
    for number in range(15):
        version = ("1.0.0", "1.2.0", "1.1.0")[number % 3]
        promotion = pair.start("promote", f"line@{version}", "-m", "on")
        if number % 2:
            for pid in pair.served():
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(chance.uniform(0, 0.9 if number % 2 else 0.3))
        pair.kill_platform()
        pair.finish(promotion)
        pair.up()
    for name in ("line", "plain"):
        for role in ("primary", "standby"):
            if model_status(pair, name)[role]:
                wait_for_state(pair, name, role, "ready")
    pair.assert_nothing_left(serving=3)
    pair.done("down")
    pair.assert_nothing_left()


def test_a_copy_of_the_state_folder_ends_nothing_of_the_first(pair):
    before = pair.served()
    twin = pair.root / "twin"
    shutil.copytree(pair.state, twin, ignore=shutil.ignore_patterns("*.sock"))
    answer = pair.done("up", "-d", "--listen", "127.0.0.1:0", "--state", twin)
    assert "serves on" in answer.err
    assert before.items() <= pair.served().items()
    pair.done("down", "--state", twin)
    assert before.items() <= pair.served().items()
    assert pair.ask() == (200, 1.002)


# A journal that somebody changed

def test_a_changed_journal_is_told_and_holds_up_promotions_only(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    assert platform.done("audit").out.splitlines() == [
        "holds  journal of 2 records", "holds  copy of line@1.1.0, primary in dev", "holds  copy of line@1.0.0, standby in dev",
        "holds  tag line#dev#1", "holds  tag line#dev#2"]
    platform.journal_by_hand("UPDATE journal SET record = replace(record, '\"reason\":\"first\"', '\"reason\":\"fist\"') WHERE number = 1")
    # Seen while the platform runs, and when the next one comes up.
    platform.refused(1, "the journal of this platform is broken: record 1 (line#dev#1, promote to 1.0.0, ", "promote", "line@1.2.0", "-m", "third")
    platform.done("down")
    answer = platform.up()
    assert answer.err.startswith("! the journal is broken: record 1 (line#dev#1, promote to 1.0.0, "), answer
    wait_for(lambda: platform.ask() == (200, 1.002), "the route to come back")
    wait_for_state(platform, "line", "standby", "ready")
    for words in (["status"], ["history"]):
        out = platform.done(*words).out
        assert out.startswith("! the journal is broken: record 1 (line#dev#1, ") and "`mops audit" in out, out
    status, history = (json.loads(platform.done(verb, "--format", "json").out) for verb in ("status", "history"))
    assert status["journal_faults"] == history["faults"] and len(history["faults"]) == 1
    platform.refused(1, "is broken", "promote", "line@1.2.0", "-m", "third")
    audit = platform.mops("audit")
    assert audit.code == 1 and "NO     journal: record 1 (line#dev#1, " in audit.out and "NO     tag line#dev#1: says another thing than the journal" in audit.out, audit
    platform.done("rollback", "line", "-m", "never held up")
    assert platform.ask() == (200, 1.0)

    platform.refused(2, "an acknowledgement needs a reason", "audit", "--acknowledge")
    platform.done("audit", "--acknowledge", "-m", "a slip of ours")
    platform.refused(1, "the journal has no fault that is not acknowledged", "audit", "--acknowledge", "-m", "again")
    platform.done("promote", "line@1.2.0", "-m", "third")
    assert platform.ask() == (200, 1.004)
    assert re.match(r"the journal is broken: record 1 .* ada acknowledged that at \S+: a slip of ours\n", platform.done("status").out)
    platform.journal_by_hand("DELETE FROM journal WHERE number = 4")
    platform.refused(1, "the journal of this platform is broken: record 3 (line#dev#3, rollback to 1.0.0, ", "promote", "line@1.1.0", "-m", "fourth")
    assert "NO     tag line#dev#4: has no record in this journal" in platform.mops("audit").out


def test_a_record_that_cannot_be_read(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    platform.done("promote", "line@1.2.0", "-m", "third")
    platform.journal_by_hand("UPDATE journal SET record = '{' WHERE number = 2")
    platform.done("down")
    answer = platform.up()
    assert "! the journal is broken: record 2 (line#dev#2) cannot be read: " in answer.err, answer
    wait_for(lambda: platform.ask() == (200, 1.004), "the route to come back")
    wait_for_state(platform, "line", "standby", "ready")
    platform.done("rollback", "line", "-m", "to what is left before it")
    assert platform.ask() == (200, 1.0)


def test_audit_of_a_damaged_copy_and_of_tags(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    damage(platform.copy_of("1.1.0"))
    platform.git("tag", "-d", "line#dev#1")
    platform.git("tag", "-a", "line#other#1", "-m", "of another platform")
    answer = platform.mops("audit")
    assert answer.code == 1, answer
    assert "NO     copy of line@1.1.0, primary in dev: `server` is not the file that payload" in answer.out
    assert "NO     tag line#dev#1: is not in this repository" in answer.out and "holds  tag line#dev#2" in answer.out
    assert "NO     tag line#other#1: has no record in this journal" in answer.out
    assert "line#other#1" not in platform.mops("audit", "--stage", "dev").out
    report = json.loads(platform.mops("audit", "--format", "json").out)
    assert (report["holds"], sum(not check["holds"] for check in report["checks"])) == (False, 3)
    platform.refused(2, "this platform has no stage `moon`", "audit", "--stage", "moon")
    # Elsewhere there are no tags to compare.
    assert platform.mops("audit", cwd=platform.root).out.count("tag") == 0
