"""The platform is killed at each call that leaves something behind or reaches another process, in the middle of a promotion and of a
rollback. It starts again on the same folder: routes are the journal's, the primary answers, nothing is half done, and the same
command, run again, completes."""
import pathlib
import shutil
import subprocess

import pytest

from conftest import VERSIONS
from world import World, gone, wait_for


@pytest.fixture(scope="session")
def kill_points(tmp_path_factory):
    library = tmp_path_factory.mktemp("kill_points") / "kill_points.so"
    source = pathlib.Path(__file__).with_name("kill_points.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-O1", "-o", library, source, "-ldl", "-lpthread"], check=True)
    return library


class Scene:
    """A platform that serves 1.0.0 (and 1.1.0 before a rollback), and dies where it is told to."""

    def __init__(self, released, library, command):
        self.world = World()
        shutil.copytree(released.repository, self.world.repository, symlinks=True)
        shutil.copytree(released.home, self.world.home, dirs_exist_ok=True)
        self.arming = self.world.root / "kill"
        self.log = self.world.root / "kill.log"
        self.armed = {**self.world.variables, "LD_PRELOAD": str(library), "KILL_POINTS": str(self.arming)}
        self.command = command

    def __enter__(self):
        self.world.up(env=self.armed)
        self.world.done("promote", "line@1.0.0", "-m", "first", "--no-push")
        if self.command[0] != "promote":
            self.world.done("promote", "line@1.1.0", "-m", "second", "--no-push")
            self.world.done("promote", "line@1.2.0", "-m", "third", "--no-push")
        return self

    def __exit__(self, *_):
        self.world.close()

    def arm(self, number):
        """A new file each time: the count begins anew."""
        self.arming.unlink(missing_ok=True)
        (self.world.root / "next").write_text(str(number))
        (self.world.root / "next").rename(self.arming)

    def check(self):
        world = self.world
        records = [r for r in world.history() if r["kind"] != "drill"]
        serving = records[-1]["to"]["version"]
        assert wait_for(lambda: world.ask() == (200, VERSIONS[serving]), f"{serving} to answer, as the journal says")
        model = world.model()
        assert (model["primary"]["version"], model["candidate"]) == (serving, None)
        wait_for(lambda: all(v is None or v["state"] == "ready" for v in (world.model()["primary"], world.model()["standby"])), "both to be ready")
        world.assert_nothing_left(serving=1 if model["standby"] is None else 2)
        assert world.journal_faults() == []
        return serving


COMMANDS = {
    "promote": (["promote", "line@1.1.0", "-m", "on", "--no-push"], "1.1.0", "serves already"),
    "promote in steps": (["promote", "line@1.1.0", "--steps", "50,100", "--step-time", "0.05", "--step-requests", "0", "-m", "on", "--no-push"], "1.1.0",
                         "serves already"),
    "rollback": (["rollback", "line", "-m", "back", "--no-push"], "1.1.0", None),
    "rollback to a version that is not warm": (["rollback", "line", "--to", "1.0.0", "-m", "back", "--no-push"], "1.0.0", "serves already"),
    "drill": (["drill", "line", "--no-push"], "1.2.0", None),
}


def chosen(log):
    """Every call, but of runs of the same one only the first and the last."""
    return [number for number, name in enumerate(log, 1) if log[number - 2:number - 1] != [name] or log[number:number + 1] != [name]]


@pytest.mark.parametrize("command, version, done_before", COMMANDS.values(), ids=COMMANDS)
def test_platform_killed_at_each_step(released, kill_points, command, version, done_before):
    with Scene(released, kill_points, command) as scene:
        scene.arm(0)
        scene.world.done(*command)
        scene.check()
        calls = scene.log.read_text().split()
    numbers = chosen(calls)
    assert len(numbers) >= 3 and "fdatasync" in calls, calls
    outcomes = set()
    for number in numbers:
        with Scene(released, kill_points, command) as scene:
            world = scene.world
            before = len(world.history())
            scene.arm(number)
            process = world.start(*command)
            wait_for(lambda: gone(world.platform_pid) or process.poll() is not None, "the platform to die")
            answer = world.finish(process)
            scene.arming.unlink()
            if answer.code == 0:
                # The client had its answer; what was to be killed afterwards may not have come to that.
                if not gone(world.platform_pid):
                    world.kill_platform()
            else:
                assert answer.code == 3 and answer.err.count("error: ") == 1, answer
            world.up()
            serving = scene.check()
            outcomes.add((serving == version, len(world.history()) - before))
            switched = len(world.history()) - before
            again = world.mops(*command)
            if switched and done_before:
                assert (again.code, done_before in again.err) == (1, True), again
            else:
                assert again.code == 0, f"killed before call {number} of {calls}\n{again}"
            # A second `mops rollback` goes one version further back.
            wanted = "1.0.0" if switched and version != "1.2.0" and not done_before else version
            assert scene.check() == wanted, f"killed before call {number} of {calls}"
    if command[0] != "drill":
        # Both sides of the journal were met.
        assert {switched for _, switched in outcomes} == {0, 1}, outcomes


def test_platform_killed_in_a_step_of_a_shift(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    process = platform.start("promote", "line@1.1.0", "--steps", "50,100", "--step-time", "60", "-m", "carefully")
    wait_for(lambda: platform.model()["candidate"], "the new version to get requests")
    platform.kill_platform()
    answer = platform.finish(process)
    assert answer.code == 3, answer
    platform.up()
    assert wait_for(lambda: platform.ask() == (200, 1.0), "the old version to serve")
    platform.assert_nothing_left(serving=1)
    platform.done("promote", "line@1.1.0", "-m", "again")
    assert platform.ask() == (200, 1.002)
