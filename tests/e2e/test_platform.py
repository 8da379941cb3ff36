"""The whole way of a model whose server is a C++ program, against the real program."""
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time

from world import Traffic, wait_for


def test_whole_way(fresh):
    fresh.commit()
    lines = fresh.done("payload").out
    assert re.search(r"^[0-9a-f]{64}  server$", lines, re.MULTILINE)

    certified = fresh.done("certify")
    assert re.search(r"^PASSED, signed in evidence/\S+\.json$", certified.out, re.MULTILINE), certified
    fresh.done("notes", "draft", "1.0.0", "-m", "as certified")
    fresh.refused(1, "the work tree is not what HEAD says", "release", "1.0.0")
    fresh.commit()
    assert fresh.done("payload").out == lines
    assert fresh.done("release", "1.0.0").out.startswith("released line@v1.0.0 on ")
    assert fresh.done("release", "1.0.0").out.startswith("was released already: line@v1.0.0 on ")
    assert fresh.done("release", "--check", "line@v1.0.0").out.startswith("line@v1.0.0 holds: ")

    fresh.set_weights(1.003)
    fresh.release("1.1.0")

    fresh.up()
    assert fresh.ask()[0] == 404
    assert fresh.done("promote", "line@1.0.0", "-m", "first").out.startswith("promoted line to 1.0.0 in stage dev (")
    assert fresh.ask(1) == (200, 3.0)
    assert fresh.done("promote", "line@1.1.0", "-m", "better").out.startswith("promoted line from 1.0.0 to 1.1.0 in stage dev (")
    assert fresh.ask() == (200, 1.003)
    assert fresh.done("rollback", "line", "-m", "worse").out.startswith("rolled back line from 1.1.0 to 1.0.0 in stage dev (")
    assert fresh.ask() == (200, 1.0)
    fresh.refused(1, "there is no version before line@1.0.0 to go back to", "rollback", "line", "-m", "again")
    assert fresh.git("tag", "--list", "line#*").split() == ["line#dev#1", "line#dev#2", "line#dev#3"]

    records = fresh.history()
    assert [(r["kind"], (r["from"] or {}).get("version"), r["to"]["version"], r["reason"]) for r in records] == [
        ("promote", None, "1.0.0", "first"), ("promote", "1.0.0", "1.1.0", "better"), ("rollback", "1.1.0", "1.0.0", "worse")]
    assert records[0]["actor"]["uid"] == {"value": str(os.getuid()), "standing": "verified"}
    assert records[1]["requests"] == 1 and records[2]["failed"] == 0
    text = fresh.done("history", "line").out.splitlines()
    assert len(text) == 4 and text[3].split()[1:8] == ["dev", "line", "3", "rollback", "1.1.0", "1.0.0", "ada"]

    at = lambda when: json.loads(fresh.done("history", "--at", when, "--format", "json").out)["records"]
    assert [r["to"]["version"] for r in at(records[1]["switched"])] == ["1.1.0"]
    assert [r["to"]["version"] for r in at(records[2]["switched"])] == ["1.0.0"]
    assert at("2020-01-01") == []

    model = fresh.model()
    assert (model["primary"]["version"], model["standby"], [v["version"] for v in model["withdrawn"]]) == ("1.0.0", None, ["1.1.0"])
    assert re.search(r"^line +1\.0\.0 +primary +ready ", fresh.done("status").out, re.MULTILINE)
    assert "listening on 127.0.0.1:" in fresh.done("logs", "line").out
    assert fresh.done("logs", "line", "--lines", "0").out == ""

    fresh.assert_nothing_left(serving=1)
    fresh.done("down")
    fresh.assert_nothing_left()
    fresh.refused(3, "no platform runs on", "status")


def test_versions_go_back_one_by_one(platform):
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        platform.done("promote", f"line@{version}", "-m", "on")
    platform.done("rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.002)
    # The one before it was stopped when 1.2.0 came; it is started anew as the way back.
    wait_for(lambda: platform.model()["standby"]["state"] == "ready", "1.0.0 to stand by")
    platform.done("rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.0)
    platform.refused(1, "there is no version before line@1.0.0", "rollback", "line", "-m", "back")
    platform.done("rollback", "line", "--to", "1.2.0", "-m", "known good after all")
    assert platform.ask() == (200, 1.004)
    platform.done("promote", "line@1.1.0", "-m", "anew")
    assert [v["version"] for v in platform.model()["withdrawn"]] == ["1.0.0"]


def test_no_request_fails_through_promote_and_rollback(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    with Traffic(platform.listen, rate=500) as traffic:
        traffic.wait_for_more(300)
        platform.done("promote", "line@1.1.0", "-m", "better")
        traffic.first_answer(1.002, after=0)
        traffic.wait_for_more(300)
        begin = time.monotonic()
        platform.done("rollback", "line", "-m", "worse")
        took = traffic.first_answer(1.0, after=begin) - begin
        # Until the withdrawn version has drained and ended.
        wait_for(lambda: len(platform.served()) == 1, "the withdrawn version to end")
        traffic.wait_for_more(300)
    print(f"\n{traffic.sent()} requests sent, {len(traffic.failures)} failed; first answer of the other version {took * 1000:.0f} ms after "
          "`mops rollback` was started")
    assert traffic.failures == []
    values = [y for _, y in traffic.answers]
    assert set(values) == {1.0, 1.002}
    model = platform.model()
    assert (model["primary"]["failed"], model["primary"]["requests"] > 0) == (0, True)


def test_versions_survive_a_killed_platform_and_are_adopted(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    before = platform.served()
    assert len(before) == 2
    port = platform.listen
    with Traffic(platform.listen, rate=200) as traffic:
        traffic.wait_for_more(50)
        platform.kill_platform()
        wait_for(lambda: traffic.failures, "clients to notice")
    assert platform.served() == before
    platform.done("up", "-d", "--listen", port)
    assert platform.ask() == (200, 1.002)
    assert platform.served() == before
    platform.platform_pid = json.loads(platform.done("status", "--format", "json").out)["pid"]
    model = platform.model()
    assert (model["primary"]["state"], model["standby"]["state"]) == ("ready", "ready")
    platform.done("rollback", "line", "-m", "the way back is still warm")
    assert platform.ask() == (200, 1.0)


def test_a_version_that_died_with_its_platform_is_started_anew(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    [pid] = platform.served()
    platform.kill_platform()
    os.kill(pid, signal.SIGKILL)
    platform.up()
    assert wait_for(lambda: platform.ask() == (200, 1.0), "the route to come back")
    platform.assert_nothing_left(serving=1)


def test_down_and_up_serve_the_same_routes(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.done("promote", "line@1.1.0", "-m", "second")
    platform.done("down")
    platform.assert_nothing_left()
    assert platform.done("down").err == f"no platform runs on `{platform.state}`\n"
    platform.up()
    wait_for(lambda: platform.ask() == (200, 1.002), "the route to come back")
    wait_for(lambda: platform.model()["standby"]["state"] == "ready", "the standby to come back")


def test_primary_that_crashes_is_restarted(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    [pid] = platform.served()
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: platform.ask()[0] != 200, "the crash to be seen")
    wait_for(lambda: platform.ask() == (200, 1.0), "the route to come back")
    assert pid not in platform.served() and len(platform.served()) == 1


def test_standby_that_crashes_is_restarted(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    [pid] = platform.served()
    platform.done("promote", "line@1.1.0", "-m", "second")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(served := platform.served()) == 2 and pid not in served, "the standby to be started again")
    wait_for(lambda: platform.model()["standby"]["state"] == "ready", "the standby to be ready")
    platform.done("rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.0)


def test_rollback_to_a_standby_that_died_a_moment_ago(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    [pid] = platform.served()
    platform.done("promote", "line@1.1.0", "-m", "second")
    os.kill(pid, signal.SIGKILL)
    platform.done("rollback", "line", "-m", "back")
    assert platform.ask() == (200, 1.0)


def test_one_platform_for_one_folder(platform):
    for words in (["up"], ["up", "-d"]):
        platform.refused(1, f"a platform runs already on `{platform.state}` (process {platform.platform_pid})", *words, "--listen", "127.0.0.1:0")


def test_platforms_started_at_the_same_time(world):
    """One of them serves, the others name it."""
    several = [world.start("up", "-d", "--listen", "127.0.0.1:0") for _ in range(5)]
    answers = [world.finish(process) for process in several]
    world.platform_pid = json.loads(world.done("status", "--format", "json").out)["pid"]
    for answer in answers:
        # One that asked while another came up is told that one's address: it runs, which is what was wanted.
        serves = answer.code == 0 and f"(process {world.platform_pid})" in answer.err
        refused = answer.code in (1, 3) and f"a platform runs already on `{world.state}` (process {world.platform_pid})" in answer.err
        assert serves or refused, answer
    assert any(answer.code == 0 for answer in answers)
    world.done("promote", "line@1.0.0", "-m", "first")
    world.assert_nothing_left(serving=1)


def test_a_port_that_was_taken_meanwhile_ends_no_version(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    before = platform.served()
    platform.kill_platform()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def take():
            with contextlib.suppress(OSError):
                taken.bind(("127.0.0.1", int(platform.listen.rpartition(":")[2])))
                return True

        # Its first thread has ended; the last one lets go of the port.
        wait_for(take, "the port to be free")
        taken.listen()
        platform.refused(3, "is in use by `python", "up", "-d", "--listen", platform.listen)
        assert platform.served() == before
    platform.up()
    assert (platform.ask(), platform.served()) == ((200, 1.0), before)


def test_port_in_use(world):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for words in (["up"], ["up", "-d"]):
            world.refused(3, f"port {port} is in use by `python", *words, "--listen", f"127.0.0.1:{port}")
    world.up()


def test_foreground_platform_ends_by_ctrl_c(world):
    process = world.start("up", "--listen", "127.0.0.1:0")
    wait_for(lambda: world.mops("status").code == 0, "the platform to serve")
    process.send_signal(signal.SIGINT)
    answer = world.finish(process)
    assert answer.code in (0, 130) and "stopping: " in answer.err, answer


def test_what_is_not_there(platform):
    platform.refused(2, "`other@v1.0.0`", "promote", "other@1.0.0", "-m", "x")
    platform.refused(2, "this repository has no annotated tag `line@v9.0.0`", "promote", "line@9.0.0", "-m", "x")
    platform.refused(2, "this platform has no stage `moon`", "promote", "line@1.0.0", "--to", "moon", "-m", "x")
    platform.refused(2, "no version of `line` serves in stage `dev`", "rollback", "line", "-m", "x")
    platform.refused(2, "this platform has no stage `moon`", "rollback", "line", "--in", "moon", "-m", "x")
    platform.refused(2, "no version of `line` serves here", "status", "line")
    platform.refused(2, "no version of `line` serves here", "logs", "line")
    platform.done("promote", "line@1.0.0", "-m", "first")
    platform.refused(1, "line@1.0.0 serves already", "promote", "line@1.0.0", "-m", "again")
    platform.refused(2, "line@v7.0.0", "rollback", "line", "--to", "7.0.0", "-m", "x")
    platform.refused(2, "`line` never served version 7.0.0 in stage `dev`", "logs", "line", "--version", "7.0.0")
    platform.refused(2, "the reason is empty", "rollback", "line", "-m", " ")
    platform.assert_nothing_left(serving=1)


def test_second_promoter_is_told_who_was_faster(faulty):
    # 1.1.0 answers slowly, so that its promotion is under way for as long as the other one takes.
    world = faulty("--delay 50")
    slow = world.start("promote", "line@1.1.0", "-m", "mine", env={**world.variables, "USER": "slow"})
    wait_for(lambda: len(world.served()) == 2, "the first promotion to be under way")
    answer = world.refused(1, "is switching line in dev since", "promote", "line@1.2.0", "-m", "yours")
    assert "ada" in answer.err or "slow" in answer.err, answer
    first = world.finish(slow)
    assert first.code == 0, first
    assert world.ask() == (200, 1.002)
    world.assert_nothing_left(serving=2)


def test_promoters_at_the_same_time(platform):
    """Whoever comes second, early or late, is refused with a name; the route is one of the two, and nothing is left over."""
    platform.done("promote", "line@1.0.0", "-m", "first")
    both = [platform.start("promote", f"line@{version}", "-m", "mine") for version in ("1.1.0", "1.2.0")]
    answers = [platform.finish(process) for process in both]
    codes = sorted(answer.code for answer in answers)
    # Both may win when one asks for the status after the other has ended.
    assert codes in ([0, 1], [0, 0]), answers
    for answer in answers:
        if answer.code == 1:
            assert "was faster: " in answer.err or "is switching line in dev since" in answer.err, answer
    platform.assert_nothing_left(serving=2)


def test_stage_tags_are_published(platform):
    hub = platform.root / "hub.git"
    subprocess.run(["git", "init", "-q", "--bare", hub], env=platform.variables, check=True)
    platform.git("remote", "add", "origin", str(hub))
    platform.done("promote", "line@1.0.0", "-m", "first")
    tags = lambda: subprocess.run(["git", "-C", hub, "tag"], env=platform.variables, check=True, capture_output=True, text=True).stdout.split()
    assert "line#dev#1" in tags()
    hub.rename(platform.root / "away.git")
    answer = platform.done("promote", "line@1.1.0", "-m", "second")
    assert "mops push" in answer.err, answer
    (platform.root / "away.git").rename(hub)
    platform.done("push")
    assert {"line#dev#1", "line#dev#2"} <= set(tags())
