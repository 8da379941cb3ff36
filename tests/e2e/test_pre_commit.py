"""The hook of this repository, run by pre-commit itself, in a namespace without a network."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from world import FIXTURE, Answer

SOURCE = pathlib.Path(__file__).resolve().parents[2]
NAMES = ("churn", "fraud", "über price")


class Monorepo:
    """Three sound models under models/, and the hook as a commit of the repository that pre-commit clones."""

    def __init__(self, world):
        self.world = world
        self.root = world.repository
        self.variables = world.variables | {"PATH": os.pathsep.join([str(pathlib.Path(sys.executable).parent), str(world.root / "mops-bin"), os.environ["PATH"]]),
                                            "PRE_COMMIT_HOME": str(world.root / "pre-commit"), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "protocol.file.allow",
                                            "GIT_CONFIG_VALUE_0": "always"}
        (world.root / "mops-bin").mkdir()
        (world.root / "mops-bin" / "mops").symlink_to(os.environ["MOPS"])
        hooks = world.root / "hooks"
        hooks.mkdir()
        shutil.copy(SOURCE / ".pre-commit-hooks.yaml", hooks)
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "hooks"], ["tag", "v1.0.0"]):
            self.run("git", *words, cwd=hooks)
        for name in NAMES:
            shutil.copytree(FIXTURE, self.root / "models" / name)
        (self.root / ".pre-commit-config.yaml").write_text(f"repos:\n  - repo: file://{hooks}\n    rev: v1.0.0\n    hooks:\n      - id: mops-check\n        verbose: true\n")
        (self.root / "README.md").write_text("three models\n")
        self.run("git", "init", "-q", "-b", "main")
        self.run("git", "add", "-A")
        self.run("git", "commit", "-q", "-m", "models")
        installed = self.run("pre-commit", "install")
        assert installed.code == 0, installed

    def run(self, *words, cwd=None):
        result = subprocess.run(["unshare", "--net", *words] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--net", *words], cwd=cwd or self.root,
                                env=self.variables, capture_output=True, text=True, timeout=120)
        return Answer(result.returncode, result.stdout, result.stderr)

    def edit(self, path, old, new):
        file = self.root / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))

    def commit(self):
        """What `git commit` says, hook and all."""
        self.run("git", "add", "-A")
        answer = self.run("git", "commit", "-m", "a change")
        said = answer.out + answer.err
        assert "mops check" in said, answer
        return answer.code, said


@pytest.fixture
def monorepo(empty):
    empty.repository.mkdir()
    return Monorepo(empty)


def test_a_good_commit_passes(monorepo):
    monorepo.edit("models/churn/mops.yaml", "A straight line", "One straight line")
    code, said = monorepo.commit()
    assert (code, "Passed" in said) == (0, True), said


def test_a_bad_commit_is_stopped_at_its_place_from_the_root(monorepo):
    monorepo.edit("models/über price/mops.yaml", "task: regression", "task: regresion")
    code, said = monorepo.commit()
    assert code == 1, said
    assert "models/über price/mops.yaml:6:7: error[manifest/bad-value]: found `regresion`" in said
    assert "did you mean `regression`?" in said
    assert monorepo.run("git", "log", "--oneline").out.count("\n") == 1


def test_only_models_with_changed_files_are_checked(monorepo):
    monorepo.edit("models/fraud/mops.yaml", "task: regression", "task: regresion")
    monorepo.run("git", "commit", "-q", "--no-verify", "-a", "-m", "past the hook")
    monorepo.edit("models/churn/mops.yaml", "A straight line", "One straight line")
    assert monorepo.commit()[0] == 0
    # Any file of the broken model brings its findings up.
    (monorepo.root / "models" / "fraud" / "notes.txt").write_text("x")
    code, said = monorepo.commit()
    assert (code, "models/fraud/mops.yaml:6:7" in said) == (1, True), said


def test_a_commit_about_no_model_checks_none(monorepo):
    (monorepo.root / "README.md").write_text("changed\n")
    code, said = monorepo.commit()
    assert (code, "no model has changed" in said or "no model has these files" in said) == (0, True), said


@pytest.mark.parametrize("path, expected", [("mops.yaml", "models/churn/mops.yaml: error[manifest/missing]"), ("data/holdout.csv", "error[dataset/missing-file]")])
def test_a_commit_that_only_deletes_is_checked(monorepo, path, expected):
    (monorepo.root / "models" / "churn" / path).unlink()
    code, said = monorepo.commit()
    assert (code, expected in said) == (1, True), said


def test_a_model_that_leaves_as_a_whole_is_no_problem(monorepo):
    shutil.rmtree(monorepo.root / "models" / "churn")
    code, said = monorepo.commit()
    assert code == 0, said


def test_all_files_are_all_models(monorepo):
    for name in NAMES:
        monorepo.edit(f"models/{name}/mops.yaml", "task: regression", "task: regresion")
    monorepo.run("git", "commit", "-q", "--no-verify", "-a", "-m", "past the hook")
    answer = monorepo.run("pre-commit", "run", "--all-files")
    assert answer.code == 1
    for name in NAMES:
        assert answer.out.count(f"models/{name}/mops.yaml:6:7: error[manifest/bad-value]") == 1, answer


def test_a_range_of_commits_in_ci_sees_what_was_deleted_in_it(monorepo):
    (monorepo.root / "models" / "churn" / "data" / "holdout.csv").unlink()
    monorepo.edit("models/fraud/mops.yaml", "A straight line", "One straight line")
    monorepo.run("git", "commit", "-q", "--no-verify", "-a", "-m", "past the hook")
    answer = monorepo.run("pre-commit", "run", "--from-ref", "HEAD~1", "--to-ref", "HEAD")
    assert (answer.code, "error[dataset/missing-file]" in answer.out, "models/über" in answer.out) == (1, True, False), answer


def test_options_of_the_user_come_before_the_files(monorepo):
    monorepo.edit(".pre-commit-config.yaml", "        verbose: true\n", "        args: [--format, concise, --level, production]\n")
    monorepo.edit("models/churn/mops.yaml", "A straight line", "One straight line")
    code, said = monorepo.commit()
    assert (code, "error[request/missing]" in said, "help:" in said) == (1, True, False), said
