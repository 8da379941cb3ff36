"""`mops check` needs no network: it passes where there is none, and does not so much as ask for a socket."""
import os
import shutil
import subprocess
import sys

import pytest

from world import Answer

IN_NO_NETWORK = ["unshare", "--net"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
POLICY = "../policy"
FORMATS = ["full", "concise", "json", "sarif", "junit", "github", "gitlab"]
# What runs mops as users do, on what people have: the work tree, a commit, models that changed, each format.
WAYS = [[], ["--commit", "HEAD"], ["--changed"], ["--level", "production"], ["--policy", POLICY], *(["--format", name] for name in FORMATS)]


@pytest.fixture(scope="module")
def repository():
    from world import World
    world = World()
    world.new_repository()
    world.done("policy", "export", POLICY)
    world.commit("a model")
    # Something that git's own program is asked about as well.
    (world.repository / "new.txt").write_text("x")
    world.edit("mops.yaml", "A straight line", "One straight line")
    yield world
    world.close()


def run(world, *words):
    result = subprocess.run([shutil.which(words[0]), *map(str, words[1:])], cwd=world.repository, env=world.variables, capture_output=True, text=True)
    return Answer(result.returncode, result.stdout, result.stderr)


def test_the_namespace_has_no_route(repository):
    connect = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"
    assert "Network is unreachable" in run(repository, *IN_NO_NETWORK, sys.executable, "-c", connect).err


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_check_is_the_same_without_a_network(repository, words):
    alone = run(repository, *IN_NO_NETWORK, os.environ["MOPS"], "check", *words)
    assert alone.code == (1 if "production" in words else 0), alone
    assert str(alone) == str(repository.mops("check", *words))


def test_a_policy_that_the_manifest_names_needs_no_network(repository):
    """Nor does one from git that was never fetched: then check says what to type."""
    manifest = repository.repository / "mops.yaml"
    text = manifest.read_text()
    manifest.write_text(text + f"policy: {{folder: {POLICY}}}\n")
    by_folder = run(repository, *IN_NO_NETWORK, os.environ["MOPS"], "check")
    manifest.write_text(text + f'policy: {{git: "https://192.0.2.1/policy.git", revision: "v1", digest: "{"a" * 64}"}}\n')
    from_git = run(repository, *IN_NO_NETWORK, os.environ["MOPS"], "check")
    manifest.write_text(text)
    assert by_folder.code == 0, by_folder
    assert (from_git.code, "mops policy fetch" in from_git.out) == (1, True), from_git


def sockets(repository, folder, *words):
    """The calls about sockets that a command and all that it starts make."""
    log = folder / "calls"
    answer = run(repository, "strace", "-f", "-qq", "-e", "trace=%network", "-o", log, *words)
    if "ptrace" in answer.err:
        pytest.skip("strace may not trace here: " + answer.err.strip())
    return answer, log.read_text()


def test_the_trace_sees_a_socket(repository, tmp_path):
    answer, calls = sockets(repository, tmp_path, sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'])")
    assert answer.code == 0 and "socket(AF_INET" in calls


@pytest.mark.parametrize("words", WAYS, ids=" ".join)
def test_check_opens_no_socket(repository, tmp_path, words):
    answer, calls = sockets(repository, tmp_path, os.environ["MOPS"], "check", *words)
    assert answer.code == (1 if "production" in words else 0), answer
    assert [line for line in calls.splitlines() if "SIGCHLD" not in line and "exited with" not in line] == []
