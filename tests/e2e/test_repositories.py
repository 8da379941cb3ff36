"""Repositories of every shape that people have: each works, or the error says what to type."""
import os
import pathlib
import shutil
import subprocess

import pytest

from world import FIXTURE

NOBODY = 65534


def clone(world, name, *options):
    """Goes on in a clone of the world's repository."""
    origin = world.repository
    world.repository = world.root / name
    git(world, "clone", "-q", *options, f"file://{origin}", world.repository, cwd=world.root)
    return origin


def git(world, *words, cwd=None):
    """With every program of this machine, of which git's submodules and hooks need some."""
    subprocess.run(["git", "-c", "protocol.file.allow=always", *map(str, words)], cwd=cwd or world.repository,
                   env=world.variables | {"PATH": os.environ["PATH"]}, check=True, capture_output=True)


def refresh(world):
    """git leaves what changed in a sparse checkout, and takes a file that was copied for one that changed."""
    world.git("update-index", "-q", "--refresh")


def as_nobody():
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def payload(world, *options):
    return world.done("payload", "--digest", *options).out.strip()


def promote(world, *options):
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first", *options)
    assert world.ask(1) == (200, 3.0)


def whole_way(world, expected):
    """What everybody must be able to do in a repository whose HEAD has evidence and notes for 1.0.0."""
    assert (payload(world), payload(world, "--work-tree")) == (expected, expected)
    certified = world.done("certify", "--again")
    assert ("PASSED, signed in evidence/" in certified.out, "nothing was certified" in certified.err) == (True, False), certified
    world.git("add", "-A", "--sparse")
    world.git("commit", "-q", "-m", "measured again")
    assert payload(world) == expected
    assert world.done("release", "1.0.0").out.startswith("released line@v1.0.0 on ")
    assert world.done("release", "--check", "line@v1.0.0").out.startswith("line@v1.0.0 holds: ")
    promote(world)


def test_shallow_clone(candidate):
    expected = payload(candidate)
    clone(candidate, "shallow", "--depth", "1")
    assert candidate.git("rev-list", "--count", "HEAD") == "1\n"
    whole_way(candidate, expected)


def test_shallow_clone_after_a_full_one(candidate):
    candidate.done("release", "1.0.0")
    promote(candidate)
    candidate.edit("model-card.md", "Any input is answered", "Every input is answered")
    candidate.release("1.1.0")
    clone(candidate, "shallow", "--depth", "1")
    candidate.done("promote", "line@1.1.0", "-m", "from CI")
    assert candidate.git("tag", "--list", "line#*") == "line#dev#2\n"


def test_linked_work_tree(candidate):
    expected, main = payload(candidate), candidate.repository
    candidate.git("worktree", "add", "-q", "-b", "side", "../tree")
    candidate.repository = candidate.root / "tree"
    whole_way(candidate, expected)
    candidate.repository = main
    assert candidate.git("tag").split() == ["line#dev#1", "line@v1.0.0"]


@pytest.mark.parametrize("index", ["--no-sparse-index", "--sparse-index"])
def test_sparse_checkout(candidate, index):
    expected = payload(candidate)
    refresh(candidate)
    candidate.git("sparse-checkout", "set", "--cone", index, "release-notes")
    assert not (candidate.repository / "model").exists() and not (candidate.repository / "data").exists()
    whole_way(candidate, expected)


def test_file_that_is_gone_is_not_sparse(candidate):
    refresh(candidate)
    candidate.git("sparse-checkout", "set", "--cone", "model", "release-notes")
    (candidate.repository / "model" / "weights.json").unlink()
    certified = candidate.mops("certify", "--dry-run")
    assert "the work tree lacks files of HEAD's payload" in certified.out, certified
    candidate.refused(1, "the work tree is not what HEAD says", "release", "1.0.0")


@pytest.fixture
def with_lfs(candidate):
    """The same payload, its data and weights in Git LFS; and a clone in which they are not pulled."""
    found = shutil.which("git-lfs")
    if found is None:
        pytest.skip("git-lfs is not installed")
    (candidate.programs / "git-lfs").symlink_to(found)
    candidate.expected = payload(candidate)
    git(candidate, "lfs", "install", "--skip-repo")
    git(candidate, "lfs", "track", "data/*.csv", "model/*.json")
    candidate.git("add", "--renormalize", ".")
    candidate.commit("large files")
    assert candidate.git("show", "HEAD:data/holdout.csv").startswith("version https://git-lfs.github.com/spec/v1\n")
    candidate.variables["GIT_LFS_SKIP_SMUDGE"] = "1"
    clone(candidate, "unpulled")
    del candidate.variables["GIT_LFS_SKIP_SMUDGE"]
    assert (candidate.repository / "model" / "weights.json").read_text().startswith("version https://git-lfs")
    return candidate


def test_lfs_not_pulled(with_lfs):
    assert (payload(with_lfs), payload(with_lfs, "--work-tree")) == (with_lfs.expected,) * 2
    with_lfs.refused(1, "git has only its Git LFS pointer\nhelp: type `git lfs pull`", "certify", "--again")
    with_lfs.done("release", "1.0.0")
    with_lfs.up()
    with_lfs.refused(1, "git has only its Git LFS pointer\nhelp: type `git lfs pull`", "promote", "line@1.0.0", "-m", "first")
    with_lfs.assert_nothing_left()
    git(with_lfs, "lfs", "pull")
    assert (payload(with_lfs), payload(with_lfs, "--work-tree")) == (with_lfs.expected,) * 2
    with_lfs.done("promote", "line@1.0.0", "-m", "first")
    assert with_lfs.ask(1) == (200, 3.0)


def test_lfs_pulled(with_lfs):
    git(with_lfs, "lfs", "pull")
    whole_way(with_lfs, with_lfs.expected)


def test_lfs_file_that_differs_from_its_pointer_is_a_change(with_lfs):
    (with_lfs.repository / "model" / "weights.json").write_text("{}\n")
    assert payload(with_lfs, "--work-tree") != with_lfs.expected
    with_lfs.refused(1, "`model/weights.json` is changed", "release", "1.0.0")


NAMES = ("alpha", "beta", "gamma")


@pytest.fixture
def monorepo(empty):
    """models/alpha, models/beta and models/gamma: three lines, committed."""
    empty.repository.mkdir()
    empty.git("init", "-q", "-b", "main")
    for name in NAMES:
        folder = empty.repository / "models" / name
        shutil.copytree(FIXTURE, folder)
        shutil.copy(pathlib.Path(os.environ["MOPS_BIN"]) / "native_model", folder / "server")
        empty.edit(f"models/{name}/mops.yaml", "name: line\n", f"name: {name}\n")
        empty.edit(f"models/{name}/mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    empty.commit("three models")
    empty.models = {name: empty.repository / "models" / name for name in NAMES}
    return empty


def payloads(world):
    return {name: payload(world, folder) for name, folder in world.models.items()}


def release_in(world, name, version):
    folder = world.models[name]
    world.done("certify", cwd=folder)
    world.done("notes", "draft", version, "-m", "as certified", cwd=folder)
    world.commit(f"evidence of {name}")
    return world.done("release", version, cwd=folder)


def test_monorepo(monorepo):
    before = payloads(monorepo)
    assert len(set(before.values())) == len(NAMES)
    lines = monorepo.done("payload", monorepo.models["alpha"]).out
    assert "  mops.yaml\n" in lines and "models/" not in lines

    monorepo.edit("models/alpha/model-card.md", "Any input is answered", "Every input is answered")
    monorepo.commit("alpha alone")
    after = payloads(monorepo)
    assert {name for name in NAMES if after[name] != before[name]} == {"alpha"}

    (monorepo.models["gamma"] / "unfinished").touch()
    monorepo.git("config", "status.showUntrackedFiles", "no")
    for name in ("alpha", "beta"):
        folder = monorepo.models[name]
        monorepo.done("certify", cwd=folder)
        monorepo.done("notes", "draft", "1.0.0", "-m", "as certified", cwd=folder)
        monorepo.git("add", f"models/{name}")
        monorepo.git("commit", "-q", "-m", f"evidence of {name}")
        assert monorepo.done("release", "1.0.0", cwd=folder).out.startswith(f"released {name}@v1.0.0 on ")
    assert payloads(monorepo) == after
    monorepo.refused(1, "`unfinished` is not in git", "release", "1.0.0", cwd=monorepo.models["gamma"])
    assert "\nPath: models/beta\n" in monorepo.git("cat-file", "tag", "beta@v1.0.0")

    monorepo.up()
    monorepo.done("promote", "alpha@1.0.0", "-m", "from its folder", cwd=monorepo.models["alpha"])
    monorepo.done("promote", "beta@1.0.0", "-m", "by name", "--repository", "models/beta")
    assert {model["model"]: model["primary"]["payload"] for model in monorepo.status()["models"]} == {
        name: after[name] for name in ("alpha", "beta")}
    assert monorepo.git("tag").split() == ["alpha#dev#1", "alpha@v1.0.0", "beta#dev#1", "beta@v1.0.0"]


def test_monorepo_model_is_found_by_its_tag(monorepo):
    """The tag says where the model is: promote works from any folder of the repository."""
    release_in(monorepo, "beta", "1.0.0")
    monorepo.up()
    monorepo.done("promote", "beta@1.0.0", "-m", "from the root")
    assert monorepo.done("release", "--check", "beta@v1.0.0", cwd=monorepo.models["alpha"]).out.startswith("beta@v1.0.0 holds: ")


def test_squash_merge(candidate):
    expected = payload(candidate)
    candidate.git("checkout", "-q", "--orphan", "trunk")
    candidate.git("rm", "-rfq", ".")
    (candidate.repository / "README.md").write_text("# line\n")
    candidate.commit("the trunk")
    certified = candidate.git("rev-parse", "main~1").strip()
    candidate.git("merge", "-q", "--squash", "--allow-unrelated-histories", "main")
    candidate.commit("all of it (#1)")
    candidate.git("branch", "-q", "-D", "main")
    candidate.git("reflog", "expire", "--expire=now", "--all")
    candidate.git("gc", "-q", "--prune=now")
    assert subprocess.run(["git", "cat-file", "-e", certified], cwd=candidate.repository, check=False, capture_output=True).returncode != 0
    assert payload(candidate) == expected
    candidate.done("release", "1.0.0")
    promote(candidate)


def test_rebase(candidate):
    expected, before = payload(candidate), candidate.git("rev-parse", "HEAD")
    candidate.git("checkout", "-q", "-b", "trunk", "HEAD~1")
    (candidate.repository / "README.md").write_text("# line\n")
    candidate.commit("meanwhile")
    candidate.git("checkout", "-q", "main")
    candidate.git("rebase", "-q", "trunk")
    assert candidate.git("rev-parse", "HEAD") != before
    assert payload(candidate) == expected
    candidate.done("release", "1.0.0")
    promote(candidate)


def test_commit_of_release_that_was_rebased_away(candidate):
    """The tag holds its commit: what was released stays releasable to platforms."""
    candidate.done("release", "1.0.0")
    candidate.git("commit", "-q", "--amend", "-m", "other words")
    candidate.refused(1, "the tag `line@v1.0.0` already exists on commit", "release", "1.0.0")
    promote(candidate)


def test_sha256_repository(candidate):
    expected = payload(candidate)
    shutil.rmtree(candidate.repository / ".git")
    candidate.git("init", "-q", "-b", "main", "--object-format=sha256")
    candidate.commit("all of it")
    assert len(candidate.git("rev-parse", "HEAD").strip()) == 64
    whole_way(candidate, expected)
    assert len(candidate.history()[0]["to"]["commit"]) == 64
    assert candidate.git("tag").split() == ["line#dev#1", "line@v1.0.0"]


def test_partial_clone(candidate):
    candidate.git("config", "uploadpack.allowFilter", "true")
    expected = payload(candidate)
    clone(candidate, "partial", "--filter=blob:none")
    whole_way(candidate, expected)


@pytest.fixture
def foreign(candidate, monkeypatch):
    """The repository belongs to somebody else."""
    if os.getuid() != 0:
        pytest.skip("needs root, to give files away")
    candidate.root.chmod(0o755)
    for folder, _, files in os.walk(candidate.repository):
        for path in [folder, *(os.path.join(folder, name) for name in files)]:
            os.chown(path, NOBODY, NOBODY)
    # Where the build may be closed to others.
    shutil.copy(os.environ["MOPS"], candidate.root / "mops")
    monkeypatch.setenv("MOPS", str(candidate.root / "mops"))
    return candidate


def test_repository_of_another_user(foreign):
    text = (f"error: the git repository `{foreign.repository}` is owned by another user, whose settings git does not trust\n"
            f"help: if you trust it, type `git config --global --add safe.directory {foreign.repository}`\n")
    for words in (["payload"], ["certify"], ["notes", "draft", "1.0.0"], ["release", "1.0.0"], ["release", "--check", "line@v1.0.0"], ["push"]):
        assert foreign.refused(1, "owned by another user", *words).err == text
    foreign.up()
    assert text in foreign.refused(1, "owned by another user", "promote", "line@1.0.0", "-m", "first").err

    foreign.git("config", "--global", "--add", "safe.directory", str(foreign.repository))
    expected = payload(foreign)
    foreign.done("down")
    whole_way(foreign, expected)


def test_user_who_is_not_root(foreign):
    home = foreign.root / "elsewhere"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    foreign.variables |= {"HOME": str(home), "MOPS_STATE": str(home / "state")}
    foreign.done("payload", **as_nobody())
    foreign.done("certify", **as_nobody())
    os.chown(foreign.repository / ".git", 0, 0)
    os.chown(foreign.repository, 0, 0)
    foreign.refused(1, "owned by another user", "payload", **as_nobody())


def test_detached_head(candidate):
    expected = payload(candidate)
    candidate.git("checkout", "-q", "--detach")
    whole_way(candidate, expected)


def test_repository_is_a_submodule(candidate):
    expected, origin = payload(candidate), candidate.repository
    candidate.repository = candidate.root / "all"
    candidate.repository.mkdir()
    candidate.git("init", "-q", "-b", "main")
    git(candidate, "submodule", "--quiet", "add", str(origin), "models/line")
    candidate.commit("a model")
    candidate.repository /= "models/line"
    whole_way(candidate, expected)
    candidate.repository = candidate.root / "all"
    assert candidate.git("tag") == ""


def test_submodule_in_the_payload(candidate):
    other = candidate.root / "library"
    shutil.copytree(candidate.repository, other)
    git(candidate, "submodule", "--quiet", "add", str(other), "library")
    candidate.commit("a library")
    error = ("error: `library` is a git submodule: its files are not in this repository\n"
             "help: put the files themselves into the repository\n")
    for words in (["payload"], ["payload", "--work-tree"], ["certify"], ["notes", "draft", "1.1.0"], ["release", "1.0.0"]):
        assert candidate.refused(2, "is a git submodule", *words).err.endswith(error)


def test_submodule_outside_the_payload(candidate):
    expected, other = payload(candidate), candidate.root / "library"
    shutil.copytree(candidate.repository, other)
    git(candidate, "submodule", "--quiet", "add", str(other), "statistics/library")
    candidate.commit("statistics")
    whole_way(candidate, expected)


def test_bare_repository(candidate):
    candidate.done("release", "1.0.0")
    clone(candidate, "line.git", "--bare")
    text = (f"error: `{candidate.repository}` is a bare git repository: it has no files to work on\n"
            f"help: clone it: `git clone {candidate.repository}`\n")
    candidate.up()
    for words in (["payload"], ["certify"], ["release", "1.0.0"], ["promote", "line@1.0.0", "-m", "first"], ["push"]):
        assert candidate.refused(2, "is a bare git repository", *words).err.endswith(text)


def test_folder_that_is_no_repository(fresh):
    shutil.rmtree(fresh.repository / ".git")
    text = (f"error: `{fresh.repository}` is not in a git repository\n"
            "help: type `git init` in it, then `git add --all` and `git commit -m \"first version\"`\n")
    fresh.up()
    for words in (["payload"], ["certify"], ["release", "1.0.0"], ["promote", "line@1.0.0", "-m", "first"], ["push"]):
        assert fresh.refused(2, "is not in a git repository", *words).err.endswith(text)


def test_nothing_committed(fresh):
    fresh.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    for words in (["payload"], ["release", "1.0.0"], ["push"]):
        fresh.refused(1, "`git commit", *words)
    certified = fresh.done("certify")
    assert "nothing was certified: nothing is committed yet (`git add` and `git commit`, then certify)\n" in certified.err
    assert not (fresh.repository / "evidence").exists()


def test_folder_without_a_model(candidate):
    empty = candidate.repository / "docs"
    empty.mkdir()
    (empty / "index.md").touch()
    candidate.commit("documents")
    for words in (["payload"], ["certify"], ["release", "1.0.0"], ["push"]):
        candidate.refused(2, "there is no `mops.yaml` in", *words, cwd=empty)


def test_a_model_that_is_made_in_a_monorepo_brings_nothing_that_belongs_at_its_root(empty):
    empty.repository.mkdir()
    empty.git("init", "-q", "-b", "main")
    (empty.repository / ".gitignore").write_text("scratch/\n")
    empty.commit("begin")
    answer = empty.done("new", "churn", "--language", "python", "--task", "regression", "--in", "models")
    assert "committed it to the repository around it" in answer.err and "hooks and CI belong at the root" in answer.err
    of_a_repository = {".github", ".gitlab-ci.yml", ".pre-commit-config.yaml"}
    assert of_a_repository.isdisjoint(path.name for path in (empty.repository / "models" / "churn").iterdir())
    assert empty.git("status", "--porcelain") == ""
    empty.done("check", "models/churn")
    # What the repository ignores becomes one of its own.
    answer = empty.done("new", "trial", "--language", "python", "--task", "regression", "--in", "scratch")
    assert "made it a git repository" in answer.err
    assert of_a_repository.issubset(path.name for path in (empty.repository / "scratch" / "trial").iterdir())
