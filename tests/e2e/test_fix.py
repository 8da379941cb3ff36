"""`mops check --fix` on the disk: bytes, modes, links, and diffs that patch takes."""
import contextlib
import os
import shutil
import subprocess

import pytest

OWNER = b"owner: {team: 4711, contact: 0x1F}"


@pytest.fixture
def repository(empty):
    empty.new_repository()
    path = empty.repository / "mops.yaml"
    lines = path.read_bytes().decode().splitlines()
    owner = next(i for i, line in enumerate(lines) if line.startswith("owner:"))
    while lines[owner + 1].startswith(" "):
        del lines[owner + 1]
    lines[owner] = OWNER.decode() + "  # ünser 1.10 \"Team\""
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n# no line end")
    return empty


def fixed(content):
    return content.replace(OWNER, b'owner: {team: "4711", contact: "0x1F"}')


def names(world):
    return sorted(path.name for path in world.repository.iterdir())


def test_every_other_byte_and_the_mode_stay(repository):
    path = repository.repository / "mops.yaml"
    before = path.read_bytes()
    path.chmod(0o640)
    there = names(repository)
    answer = repository.mops("check", "--fix", "--format", "concise")
    assert "fixed 2 findings in 1 file\n" in answer.err, answer
    assert "wrong-type" not in answer.out, answer
    assert path.read_bytes() == fixed(before)
    assert path.stat().st_mode & 0o7777 == 0o640
    assert names(repository) == there


def test_the_dry_run_is_a_patch(repository):
    path = repository.repository / "mops.yaml"
    before = path.read_bytes()
    answer = repository.mops("check", "--fix", "--dry-run", text=False)
    assert answer.code == 1 and b"would fix 2 findings in 1 file; nothing was written\n" in answer.err
    assert path.read_bytes() == before
    subprocess.run([shutil.which("git"), "apply", "-"], cwd=repository.repository, input=answer.out, check=True)
    assert path.read_bytes() == fixed(before)


def test_a_file_seen_from_elsewhere(repository):
    path = repository.repository / "mops.yaml"
    before = path.read_bytes()
    repository.mops("check", "--fix", repository.repository.name, cwd=repository.repository.parent)
    assert path.read_bytes() == fixed(before)


def test_a_link_is_left_alone(repository):
    path = repository.repository / "mops.yaml"
    target = repository.root / "elsewhere.yaml"
    path.rename(target)
    path.symlink_to(target)
    before = target.read_bytes()
    answer = repository.mops("check", "--fix")
    assert path.is_symlink() and target.read_bytes() == before
    assert answer.code == 1, answer


@pytest.mark.skipif(os.getuid() != 0, reason="mounting a small disk needs root")
def test_a_full_disk_leaves_the_file_whole(repository):
    disk = repository.root / "disk"
    repository.mount_small_disk(disk, "4m")
    model = disk / "line"
    shutil.copytree(repository.repository, model, ignore=lambda folder, found: [name for name in found if name in ("server", ".git")])
    subprocess.run(["git", "init", "-q", model], check=True, capture_output=True)
    with open(disk / "filler", "wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 1024) > 0:
            pass
    before = (model / "mops.yaml").read_bytes()
    there = sorted(path.name for path in model.iterdir())
    answer = repository.mops("check", "--fix", cwd=model)
    assert answer.code == 3 and "no space left on device" in answer.err.lower(), answer
    assert (model / "mops.yaml").read_bytes() == before
    assert sorted(path.name for path in model.iterdir()) == there
