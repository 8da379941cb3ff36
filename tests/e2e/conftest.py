import shutil
import sys
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from world import World  # noqa: E402

# What a version answers for x = 0.
VERSIONS = {"1.0.0": 1.0, "1.1.0": 1.002, "1.2.0": 1.004}


@pytest.fixture(scope="session")
def released():
    """A world with versions 1.0.0, 1.1.0 and 1.2.0 released. Where a stage sets FAULTS_OF_1_1_0, that version takes more
    options of the fixture program from there."""
    world = World()
    world.new_repository()
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    # What is certified must be more than the tests send.
    world.edit("mops.yaml", "rate_per_second: 400", "rate_per_second: 1000")
    world.edit("mops.yaml", "startup_timeout_seconds: 10", "startup_timeout_seconds: 2")
    world.edit("mops.yaml", "model/weights.json]", "model/weights.json, --options-from, FAULTS_OF_1_0_0]")
    before = "FAULTS_OF_1_0_0"
    for version, y in VERSIONS.items():
        variable = "FAULTS_OF_" + version.replace(".", "_")
        world.edit("mops.yaml", before, variable)
        before = variable
        world.set_weights(y)
        world.release(version)
    yield world
    world.close()


@pytest.fixture
def empty():
    """A world without a repository."""
    world = World()
    yield world
    world.close()


@pytest.fixture
def fresh(empty):
    """A world with a repository of its own, of which nothing is committed."""
    empty.new_repository()
    return empty


@pytest.fixture
def world(empty, released):
    """A world with a copy of the released versions."""
    shutil.copytree(released.repository, empty.repository, symlinks=True)
    shutil.copytree(released.home, empty.home, dirs_exist_ok=True)
    return empty


@pytest.fixture
def platform(world):
    """The same, and its platform runs."""
    world.up()
    return world


@pytest.fixture
def faulty(world):
    """Starts a platform that serves 1.0.0, and gives 1.1.0 those options."""

    def start(options):
        world.state.mkdir()
        (world.state / "stages.yaml").write_text(
            f'format: stages/v1\nstages:\n  - {{name: dev, listen: "127.0.0.1:0", configuration: {{FAULTS_OF_1_1_0: "{options}"}}}}\n')
        world.up()
        world.done("promote", "line@1.0.0", "-m", "first")
        return world

    return start


@pytest.fixture(scope="session")
def certified():
    """A world in which 1.0.0 is certified and its notes are committed, on main; it is not released."""
    world = World()
    world.new_repository()
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    world.commit("model")
    world.done("certify")
    world.done("notes", "draft", "1.0.0", "-m", "as certified")
    world.commit("evidence and notes")
    yield world
    world.close()


@pytest.fixture
def candidate(empty, certified):
    """A world with a copy of that repository."""
    shutil.copytree(certified.repository, empty.repository, symlinks=True)
    shutil.copytree(certified.home, empty.home, dirs_exist_ok=True)
    return empty
