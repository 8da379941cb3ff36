"""`mops up` of a later version takes the place of the one that runs: the same addresses, the same versions, no request lost."""
import array
import contextlib
import http.client
import json
import os
import pathlib
import resource
import signal
import socket
import threading
import time

import pytest

from world import Traffic, ask_on, gone, wait_for


def program(name):
    return str(pathlib.Path(os.environ["MOPS_BIN"]) / name)


@pytest.fixture
def as_release(monkeypatch):
    """Programs are those of another release from here on."""
    return lambda name: monkeypatch.setenv("MOPS", program(name))


def whole_status(world):
    return json.loads(world.done("status", "--format", "json").out)


def two_versions(world):
    world.done("promote", "line@1.0.0", "-m", "first", "--no-push")
    world.done("promote", "line@1.1.0", "-m", "second", "--no-push")


def test_no_request_fails_when_a_later_version_takes_over(platform, as_release):
    two_versions(platform)
    serving, listen, before = platform.served(), platform.listen, platform.platform_pid
    with Traffic(platform.listen, rate=500, senders=8) as traffic:
        traffic.wait_for_more(300)
        as_release("mops_next")
        # Without `--listen`: it listens where the other one did.
        answer = platform.done("up", "-d")
        assert f"stage dev serves on http://{listen}\n" in answer.err, answer
        traffic.wait_for_more(300)
        wait_for(lambda: gone(before), "the old platform to end")
        traffic.wait_for_more(300)
    print(f"\n{traffic.sent()} requests sent, {len(traffic.failures)} failed")
    assert traffic.failures == []
    assert {y for _, y in traffic.answers} == {1.002}
    status = whole_status(platform)
    platform.platform_pid = status["pid"]
    assert (status["mops_version"], status["pid"] != before) == ("0.2.0", True)
    # Adopted, not started anew.
    assert platform.served() == serving
    platform.done("rollback", "line", "-m", "the way back is still warm")
    assert platform.ask() == (200, 1.0)
    assert platform.history()[-1]["mops_version"] == "0.2.0"
    platform.done("audit")
    platform.done("down")
    platform.assert_nothing_left()


def test_the_same_version_takes_over_when_it_is_told_to(platform):
    two_versions(platform)
    answer = platform.refused(1, f"a platform runs already on `{platform.state}` (process {platform.platform_pid})", "up", "-d")
    assert "`mops up --replace` takes its place" in answer.err
    serving, before = platform.served(), platform.platform_pid
    with Traffic(platform.listen, rate=300) as traffic:
        for _ in range(3):
            traffic.wait_for_more(100)
            platform.done("up", "-d", "--replace", "--listen", platform.listen)
        traffic.wait_for_more(100)
    assert traffic.failures == []
    platform.platform_pid = whole_status(platform)["pid"]
    assert platform.platform_pid != before and platform.served() == serving


def test_in_the_foreground_and_in_several_stages(world, as_release):
    world.state.mkdir()
    (world.state / "stages.yaml").write_text('format: stages/v1\nstages:\n  - {name: dev, listen: "127.0.0.1:0"}\n  - {name: production, listen: "127.0.0.1:0"}\n')
    first = world.start("up")
    wait_for(lambda: world.mops("status").code == 0, "the platform to serve")
    for stage in ("dev", "production"):
        world.done("promote", "line@1.0.0", "--to", stage, "-m", "first", "--no-push")
    before = {stage["name"]: stage["listen"] for stage in whole_status(world)["stages"]}
    as_release("mops_next")
    second = world.start("up")
    answer = world.finish(first)
    assert answer.code == 0 and f"mops 0.2.0 (process {second.pid}) takes the place of this platform" in answer.err, answer
    status = wait_for(lambda: (s := whole_status(world))["pid"] == second.pid and s, "the second one to serve")
    assert {stage["name"]: stage["listen"] for stage in status["stages"]} == before
    for world.listen in before.values():
        assert world.ask() == (200, 1.0)
    second.send_signal(signal.SIGTERM)
    assert "stopping: " in world.finish(second).err
    world.assert_nothing_left()


def test_an_earlier_version_does_not_take_over(platform, as_release):
    two_versions(platform)
    as_release("mops_next")
    platform.done("up", "-d", "--listen", platform.listen)
    platform.platform_pid = whole_status(platform)["pid"]
    as_release("mops")
    for words in (["up"], ["up", "-d"], ["up", "--replace"]):
        answer = platform.refused(2, "a platform of mops 0.2.0 runs on", *words)
        assert "this is mops 0.1.0" in answer.err, answer
    # One release apart they talk.
    platform.done("rollback", "line", "-m", "by the earlier client")
    assert platform.ask() == (200, 1.0)
    assert whole_status(platform)["pid"] == platform.platform_pid


def test_releases_that_are_too_far_apart_do_not_talk(platform, as_release):
    two_versions(platform)
    as_release("mops_far")
    for words in (["status"], ["rollback", "line", "-m", "x"], ["promote", "line@1.0.0", "-m", "x"], ["history"], ["up", "-d"], ["drill", "line"]):
        platform.refused(2, "this is mops 0.4.0, the platform is mops 0.1.0: they may differ by one release", *words)
    as_release("mops")
    assert len(platform.history()) == 2
    assert platform.ask() == (200, 1.002)


def test_nobody_takes_over_in_the_middle_of_a_switch(faulty, as_release):
    world = faulty("")
    process = world.start("promote", "line@1.1.0", "--steps", "50,100", "--step-time", "60", "-m", "carefully")
    wait_for(lambda: world.model()["candidate"], "the new version to get requests")
    as_release("mops_next")
    world.refused(1, "ada is switching line in dev", "up")
    answer = world.mops("up", "-d")
    assert (answer.code, "ada is switching line in dev" in answer.err) == (3, True), answer
    as_release("mops")
    assert whole_status(world)["pid"] == world.platform_pid
    process.send_signal(signal.SIGINT)
    assert world.finish(process).code == 130
    assert world.ask() == (200, 1.0)


@pytest.mark.parametrize("when", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_a_successor_that_is_killed(platform, as_release, when):
    """Either the old platform serves on, or the new one had taken over and its versions are adopted by the next one."""
    two_versions(platform)
    serving, before = platform.served(), platform.platform_pid
    as_release("mops_next")
    successor = platform.start("up", "--listen", platform.listen)
    time.sleep(when)
    successor.kill()
    successor.communicate()
    as_release("mops")
    log = platform.state / "platform.log"
    wait_for(lambda: gone(before) or log.read_text().count("takes the place of this platform") == log.read_text().count("takes its place again")
             and platform.mops("status").code == 0, "the old platform to serve again, or to end")
    if gone(before):
        as_release("mops_next")
        platform.done("up", "-d", "--listen", platform.listen)
    wait_for(lambda: platform.ask() == (200, 1.002), "the route")
    assert platform.served() == serving
    wait_for(lambda: platform.mops("rollback", "line", "-m", "all is as before").code == 0, "the way back")
    platform.platform_pid = whole_status(platform)["pid"]
    assert platform.ask() == (200, 1.0)


def test_a_successor_that_cannot_serve_gives_the_place_back(platform, as_release):
    two_versions(platform)
    serving, before = platform.served(), platform.platform_pid
    (platform.state / "incoming").rmdir()
    (platform.state / "incoming").write_text("no folder")
    with Traffic(platform.listen, rate=300) as traffic:
        traffic.wait_for_more(100)
        as_release("mops_next")
        answer = platform.mops("up", "--listen", platform.listen)
        assert answer.code == 3, answer
        (platform.state / "incoming").unlink()
        (platform.state / "incoming").mkdir()
        wait_for(lambda: platform.mops("status").code == 0, "the old platform to take its place again")
        traffic.wait_for_more(100)
    assert traffic.failures == []
    assert whole_status(platform)["pid"] == before
    assert platform.served() == serving
    platform.done("rollback", "line", "-m", "all is as before")
    assert platform.ask() == (200, 1.0)


class Successor:
    """Asks a platform for its place as `mops up --replace` does; what it does then is up to the test."""

    def __init__(self, world, hello=None):
        self.connection = socket.socket(socket.AF_UNIX)
        self.connection.settimeout(20)
        self.connection.connect(str(world.state / "next.sock"))
        hello = hello or {"format": "handover/v1", "mops_version": "0.1.0", "pid": os.getpid()}
        self.connection.sendall(json.dumps(hello).encode() + b"\n")

    def answer(self):
        """What it is told: the names of the stages whose sockets came, which are closed at once."""
        text, ancillary, _, _ = self.connection.recvmsg(65536, 4096)
        for _, _, data in ancillary:
            for descriptor in array.array("i", data):
                os.close(descriptor)
        return json.loads(text)

    def go(self):
        self.connection.close()


@contextlib.contextmanager
def unanswered(world, version):
    """A request that this version has, and answers (with 200) when the block ends."""
    payload = world.copy_of(version).parent.name
    [pid] = [pid for pid, folder in world.served().items() if payload in folder]
    answers = []
    connection = http.client.HTTPConnection(world.listen, timeout=60)
    asking = threading.Thread(target=lambda: answers.append(ask_on(connection, 0.0, f"line/versions/{version}")[0]))
    os.kill(pid, signal.SIGSTOP)
    try:
        asking.start()
        wait_for(lambda: f'mops_requests_in_flight{{model="line",version="{version}"}} 1' in metrics(world), "the request to be in flight")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        asking.join()
        connection.close()
    assert answers == [200]


def metrics(world):
    with contextlib.closing(http.client.HTTPConnection(world.listen, timeout=10)) as connection:
        connection.request("GET", "/metrics")
        return connection.getresponse().read().decode()


def test_who_asks_while_another_one_is_waited_for_does_not_end_the_platform(platform):
    two_versions(platform)
    with unanswered(platform, "1.0.0"):
        platform.done("promote", "line@1.2.0", "-m", "third", "--no-push")
        # 1.0.0 has left its route and still answers: nobody gets the place before it is done.
        first = Successor(platform)
        wait_for(lambda: not (platform.state / "admin.sock").exists(), "the platform to leave")
        second = Successor(platform)
        # They are looked at one after the other: when this one is refused, the second one waits.
        assert "error" in Successor(platform, {"format": "handover/v1"}).answer()
    assert first.answer() == {"format": "handover/v1", "stages": ["dev"]}
    assert second.connection.recv(1) == b""
    first.go()
    wait_for(lambda: platform.mops("status").code == 0, "the platform to take its place again")
    third = Successor(platform)
    assert third.answer()["stages"] == ["dev"]
    third.go()
    wait_for(lambda: platform.mops("status").code == 0, "the platform to take its place again")
    assert whole_status(platform)["pid"] == platform.platform_pid
    assert platform.ask() == (200, 1.004)


def test_requests_in_flight_hold_up_nobody_when_the_place_comes_back(platform):
    two_versions(platform)
    with unanswered(platform, "1.1.0"):
        for _ in range(2):
            successor = Successor(platform)
            assert successor.answer()["stages"] == ["dev"]
            successor.go()
            wait_for(lambda: platform.mops("status").code == 0, "the platform to take its place again")
        platform.start("down")
        log = platform.state / "platform.log"
        wait_for(lambda: "stopping: " in log.read_text(), "the platform to stop")
    wait_for(lambda: gone(platform.platform_pid), "the platform to end")
    platform.assert_nothing_left()


def test_a_platform_that_cannot_hand_over_says_why_and_serves_on(world):
    stages = [f"s{number}" for number in range(40)]
    world.state.mkdir()
    (world.state / "stages.yaml").write_text("format: stages/v1\nstages:\n" + "".join(f'  - {{name: {name}, listen: "127.0.0.1:0"}}\n' for name in stages))
    world.done("up", "-d")
    world.platform_pid = whole_status(world)["pid"]
    listen = [stage["listen"] for stage in whole_status(world)["stages"]]
    highest = max(int(entry.name) for entry in pathlib.Path(f"/proc/{world.platform_pid}/fd").iterdir())
    limits = resource.prlimit(world.platform_pid, resource.RLIMIT_NOFILE)
    resource.prlimit(world.platform_pid, resource.RLIMIT_NOFILE, (highest + 10, limits[1]))
    world.refused(3, "cannot hand over a socket: too many open files", "up", "--replace")
    resource.prlimit(world.platform_pid, resource.RLIMIT_NOFILE, limits)
    status = wait_for(lambda: (answer := world.mops("status", "--format", "json")).code == 0 and json.loads(answer.out), "the platform to take its place again")
    assert status["pid"] == world.platform_pid
    assert [stage["listen"] for stage in status["stages"]] == listen
    assert "cannot take the place of this platform: cannot hand over a socket: too many open files" in (world.state / "platform.log").read_text()
