"""Drift from the template: the cases on which other tools' users ran aground, replayed by name against `mops policy diff`."""
import difflib
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess

import pytest
import yaml

MANAGED = [".gitattributes", ".github/workflows/mops.yml", ".gitignore", ".gitlab-ci.yml", ".pre-commit-config.yaml"]
WRITE = ("policy", "diff", "--write")


@pytest.fixture
def model(empty):
    """A fresh model of the template, committed."""
    empty.done("new", "churn", "--language", "python", "--task", "regression", cwd=empty.root)
    empty.repository = empty.root / "churn"
    return empty


def states(answer):
    """{path: state} of the headlines."""
    return {path: state for state, path in re.findall(r"^(missing|changed|obsolete|damaged|yours): ([^:\n]+)", answer.out, re.MULTILINE)}


def drift(world, *words):
    """What has drifted; the exit code agrees."""
    answer = world.mops("policy", "diff", *words)
    found = states(answer)
    assert answer.code == (1 if set(found.values()) - {"yours"} else 0), answer
    return found


def text(world, path):
    return (world.repository / path).read_bytes()


def snapshot(world):
    return {path.relative_to(world.repository).as_posix(): path.read_bytes() for path in world.repository.rglob("*")
            if path.is_file() and ".git" not in path.relative_to(world.repository).parts}


@pytest.fixture
def policy(empty):
    """An organisation's policy whose templates are ours, to be changed."""
    empty.done("policy", "export", "policy", "--name", "acme", cwd=empty.root)
    return empty.root / "policy"


def test_new_model_has_not_drifted_and_passes_the_check(model):
    assert drift(model) == {}
    assert "all is as template python/regression has it: 5 managed files" in model.mops("policy", "diff").err
    model.done("check")


def test_cruft_256_deleted_managed_files_are_drift(model):
    for path in MANAGED:
        (model.repository / path).unlink()
    model.commit("lean")
    assert drift(model) == {path: "missing" for path in MANAGED}
    model.done(*WRITE)
    assert drift(model) == {}
    model.git("add", "-A")
    assert model.git("diff", "--cached", "HEAD~1", "--", *MANAGED) == ""


def test_cruft_67_a_file_that_was_never_healed_after_an_ignored_conflict(model, policy):
    """A delta skips what it could not apply, and then calls itself up to date. A fresh render cannot."""
    model.edit(".github/workflows/mops.yml", "timeout-minutes: 30", "timeout-minutes: 5")
    model.commit("ours")
    template = policy / "templates" / "python" / "common" / ".github" / "workflows" / "mops.yml"
    template.write_text(template.read_text().replace("timeout-minutes: 30", "timeout-minutes: 60"))
    for _ in range(3):
        assert drift(model, "--policy", policy) == {".github/workflows/mops.yml": "changed"}
    model.done(*WRITE, "--policy", policy)
    assert drift(model, "--policy", policy) == {}
    assert b"timeout-minutes: 60" in text(model, ".github/workflows/mops.yml")


def test_epics_containers_232_the_lock_says_latest_but_the_file_is_old(model, policy):
    """The manifest pins the newest policy by its digest; what counts is what the files hold."""
    template = policy / "templates" / "python" / "common" / ".gitlab-ci.yml"
    template.write_text(template.read_text().replace("  - mops run test\n", "  - mops run test\n    - mops payload\n"))
    digest = re.search(r"^digest (\w+)$", model.done("policy", "show", policy).out, re.M)[1]
    model.edit("mops.yaml", "task: regression\n", f"task: regression\npolicy: {{folder: ../policy, digest: {digest}}}\n")
    model.commit("the newest policy")
    assert drift(model) == {".gitlab-ci.yml": "changed"}
    model.done(*WRITE)
    assert drift(model) == {}
    template.write_text(template.read_text() + "\n")
    model.refused(1, "has digest", "policy", "diff")


def test_copier_401_local_drift_is_seen(model):
    model.edit(".gitignore", ".venv/", ".env/")
    assert drift(model) == {".gitignore": "changed"}
    model.edit(".gitignore", ".env/", ".venv/")
    model.edit(".pre-commit-config.yaml", "mops check\n        language", "true\n        language")
    model.commit("quicker")
    assert drift(model) == {".pre-commit-config.yaml": "changed"}


def test_cruft_58_the_template_is_newer_than_the_repository(model, policy):
    common = policy / "templates" / "python" / "common"
    (common / ".editorconfig").write_text("root = true\n# {{ name }}\n")
    (common / ".gitignore").write_text((common / ".gitignore").read_text().replace("*.pyc\n", "*.pyc\n*.pyo\n"))
    description = (common / "template.yaml").read_text()
    (common / "template.yaml").write_text(description + "  - {path: .editorconfig, kind: file, reason: one look everywhere}\n")
    assert drift(model, "--policy", policy) == {".editorconfig": "missing", ".gitignore": "changed"}
    before = text(model, ".gitlab-ci.yml")
    model.done(*WRITE, "--policy", policy)
    assert text(model, ".editorconfig") == b"root = true\n# churn\n"
    assert (text(model, ".gitlab-ci.yml"), drift(model, "--policy", policy)) == (before, {})
    assert drift(model) == {".gitignore": "changed"}


def test_what_an_earlier_policy_wrote_is_removed_only_as_long_as_it_is_so(model, policy):
    common = policy / "templates" / "python" / "common"
    (common / "former" / "ci.yml").write_text("ci of {{ name }}\n")
    (common / "template.yaml").write_text((common / "template.yaml").read_text() +
                                          "obsolete:\n  - {path: ci.yml, former: [former/ci.yml], reason: no server reads it}\n")
    (model.repository / "ci.yml").write_text("ci of churn\n")
    model.commit("as it was")
    assert drift(model, "--policy", policy) == {"ci.yml": "obsolete"}
    (model.repository / "ci.yml").write_text("ci of churn\nmine\n")
    assert drift(model, "--policy", policy) == {"ci.yml": "yours"}
    model.done(*WRITE, "--policy", policy)
    assert text(model, "ci.yml") == b"ci of churn\nmine\n"
    (model.repository / "ci.yml").write_text("ci of churn\n")
    model.done(*WRITE, "--policy", policy)
    assert not (model.repository / "ci.yml").exists()


def test_repositories_of_the_first_policy_are_taken_over_whole(model, policy):
    """Their files have no markers: they are those of `former`, not the user's."""
    former = policy / "templates" / "python" / "common" / "former" / "0.1.0"
    for path in former.iterdir():
        shutil.copy(path, model.repository / f".{path.name}")
    model.commit("as mops 0.1.0 wrote it")
    assert drift(model) == {path: "changed" for path in MANAGED if "github" not in path}
    model.done(*WRITE)
    assert model.git("diff", "HEAD~1", "--", *MANAGED) == ""


def adopted(world, files):
    world.repository = world.root / "own"
    shutil.copytree(world.root / "churn", world.root / "whole")
    world.repository.mkdir()
    world.git("init", "-q", "-b", "main")
    shutil.copy(world.root / "churn" / "mops.yaml", world.repository)
    for path, content in files.items():
        (world.repository / path).write_text(content)
    world.commit("own")


def test_a_manifest_is_enough(model):
    adopted(model, {})
    assert drift(model) == {path: "missing" for path in MANAGED}
    planned = model.done(*WRITE, "--dry-run").out
    assert set(snapshot(model)) == {"mops.yaml"}
    assert model.done(*WRITE).out == planned
    assert set(snapshot(model)) == {"mops.yaml", *MANAGED}
    assert drift(model) == {}
    # Starters are offered, and only where there is nothing.
    (model.repository / "README.md").write_text("mine\n")
    model.commit("adopted")
    offered = model.mops("policy", "diff", "--with-starters")
    assert (offered.code, "serve.py" in offered.err, "README.md" in offered.err) == (0, True, False)
    model.done(*WRITE, "--with-starters")
    assert text(model, "README.md") == b"mine\n"
    whole = {path.relative_to(model.root / "whole").as_posix() for path in (model.root / "whole").rglob("*") if path.is_file()}
    # Schemas for editors are not of the template.
    assert set(snapshot(model)) == {path for path in whole if not path.startswith((".git/", ".mops/"))}


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_adoption_keeps_a_hook_configuration_that_pre_commit_can_read(model, indent):
    adopted(model, {".pre-commit-config.yaml": f"fail_fast: true\nrepos:\n{indent}-   repo: https://example.com/hooks\n{indent}    rev: v1\n{indent}    hooks:\n{indent}    -   id: x\n",
                    ".gitlab-ci.yml": "stages: [build, test]\n\nbuild:\n  stage: build\n  script: [make]"})
    assert drift(model)[".pre-commit-config.yaml"] == "missing"
    model.done(*WRITE)
    hooks = yaml.safe_load(text(model, ".pre-commit-config.yaml"))
    assert [(repo["repo"], repo["hooks"][0]["id"]) for repo in hooks["repos"]] == [("local", "mops-check"), ("https://example.com/hooks", "x")]
    assert hooks["fail_fast"] is True
    pipeline = yaml.safe_load(text(model, ".gitlab-ci.yml"))
    assert {"stages", "build", "mops-check", "mops-certify", "mops-release"} <= set(pipeline)
    assert {job.get("stage", "test") for name, job in pipeline.items() if isinstance(job, dict)} <= set(pipeline["stages"])
    assert drift(model) == {}


def test_the_diff_is_what_git_applies(model):
    adopted(model, {".gitignore": "scratch/", ".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks: []\n", ".gitattributes": "*.bin binary\r\n"})
    (model.repository / ".github" / "workflows").mkdir(parents=True)
    (model.repository / ".github" / "workflows" / "mops.yml").write_text("name: old\n")
    os.chmod(model.repository / ".github" / "workflows" / "mops.yml", 0o755)
    model.commit("own files")
    # As bytes: of the text Python would make other line ends.
    diff = subprocess.run([os.environ["MOPS"], "policy", "diff"], cwd=model.repository, env=model.variables, capture_output=True).stdout
    assert b"\r\n" in diff
    subprocess.run(["git", "apply", "--whitespace=nowarn"], input=diff, cwd=model.repository, env=model.variables, check=True)
    applied = snapshot(model)
    assert drift(model) == {}
    model.git("checkout", "-q", ".")
    model.git("clean", "-fdq")
    model.done(*WRITE)
    assert snapshot(model) == applied


def test_the_hunks_are_as_long_as_those_of_difflib_or_shorter(model):
    """On random damage to a managed file: the diff leads from what is there to what the policy has."""
    path = ".github/workflows/mops.yml"
    fresh = text(model, path).decode().splitlines(keepends=True)
    dice = random.Random(4)
    for _ in range(15):
        lines = [line for line in fresh if dice.random() > 0.1]
        for _ in range(dice.randrange(6)):
            lines.insert(dice.randrange(len(lines) + 1), dice.choice(["\n", "x\n", *fresh]))
        (model.repository / path).write_text("".join(lines))
        if lines == fresh:
            continue
        hunks = [line for line in model.mops("policy", "diff").out.splitlines() if re.match(r"[-+](?!--|\+\+)", line)]
        peer = [line for line in difflib.ndiff(lines, fresh) if line[0] in "+-"]
        assert 0 < len(hunks) <= len(peer)


def test_the_user_s_lines_around_blocks_are_kept_byte_for_byte(model):
    dice = random.Random(9)
    words = [b"", b"#", b"a/", b"!b", b"\xff\xfe", b"# mops:beginner", b" \t", b"mops:end leftovers", b"\xc3\xa4"]
    for round_ in range(25):
        ends = dice.choice([b"\n", b"\r\n"])
        some = lambda: b"".join(dice.choice(words) + ends for _ in range(dice.randrange(4)))  # noqa: E731
        before, after = some(), some()
        block = b"  # mops:begin leftovers" + ends + some() + b"  # mops:end leftovers" + ends
        (model.repository / ".gitignore").write_bytes(before + block + after)
        model.git("add", "-A", "-f")
        model.git("commit", "-q", "--allow-empty", "-m", f"round {round_}")
        model.done(*WRITE)
        healed = text(model, ".gitignore")
        assert healed.startswith(before + b"  # mops:begin leftovers" + ends)
        assert healed.endswith(b"  # mops:end leftovers" + ends + after)
        assert drift(model) == {}


def test_running_twice_writes_nothing(model):
    model.edit(".gitignore", "*.pyc\n", "")
    model.commit("drift")
    model.done(*WRITE)
    before = {path: (model.repository / path).stat().st_mtime_ns for path in MANAGED}
    assert model.done(*WRITE).out == ""
    assert {path: (model.repository / path).stat().st_mtime_ns for path in MANAGED} == before


def test_what_is_not_committed_is_not_written_over(model):
    model.edit(".gitignore", "*.pyc\n", "*.pyx\n")
    before = text(model, ".gitignore")
    model.refused(1, "`.gitignore` has changes that are not committed", *WRITE)
    model.git("add", "-A")
    model.refused(1, "`.gitignore` has changes that are not committed", *WRITE)
    assert text(model, ".gitignore") == before
    model.done(*WRITE, "--force")
    assert drift(model) == {}


def test_damaged_markers_are_shown_and_nothing_of_that_file_is_written(model):
    model.edit(".gitignore", "# mops:end leftovers\n", "")
    (model.repository / ".gitattributes").unlink()
    model.commit("damage")
    before = text(model, ".gitignore")
    answer = model.mops(*WRITE)
    assert (answer.code, "damaged: .gitignore:1:1: block `leftovers` has no end" in answer.err) == (1, True), answer
    assert (text(model, ".gitignore"), drift(model)) == (before, {".gitignore": "damaged"})


@pytest.mark.parametrize("what", ["file", "parent"])
def test_symbolic_links_are_never_written_through(model, what):
    outside = model.root / "outside"
    outside.mkdir()
    (outside / "mops.yml").write_text("theirs\n")
    place = model.repository / ".github" / "workflows"
    if what == "file":
        (place / "mops.yml").unlink()
        (place / "mops.yml").symlink_to(outside / "mops.yml")
    else:
        shutil.rmtree(place)
        place.symlink_to(outside)
    model.commit("a link")
    assert drift(model) == {".github/workflows/mops.yml": "damaged"}
    assert model.mops(*WRITE, "--force").code == 1
    assert (outside / "mops.yml").read_text() == "theirs\n"


def test_odd_things_in_the_place_of_managed_files(model):
    (model.repository / ".gitlab-ci.yml").unlink()
    (model.repository / ".gitlab-ci.yml").mkdir()
    (model.repository / ".gitlab-ci.yml" / "x").write_text("x\n")
    os.chmod(model.repository / ".github/workflows/mops.yml", 0o755)
    (model.repository / ".pre-commit-config.yaml").write_bytes(b"\0\1\2")
    (model.repository / ".gitattributes").write_bytes(text(model, ".gitattributes").replace(b"\n", b"\r\n"))
    model.commit("odd")
    assert drift(model) == {".gitlab-ci.yml": "damaged", ".github/workflows/mops.yml": "changed", ".pre-commit-config.yaml": "damaged"}
    model.mops(*WRITE)
    assert drift(model) == {".gitlab-ci.yml": "damaged", ".pre-commit-config.yaml": "damaged"}
    assert not os.access(model.repository / ".github/workflows/mops.yml", os.X_OK)


def test_a_managed_file_that_git_ignores_is_not_there_for_others(model):
    model.git("rm", "-q", "--cached", ".gitlab-ci.yml")
    with open(model.repository / ".gitignore", "a") as file:
        file.write(".gitlab-ci.yml\n")
    model.commit("hidden")
    assert drift(model) == {".gitlab-ci.yml": "damaged"}


def test_a_write_that_is_killed_can_be_run_again(model):
    """Wherever it is killed, each file is the old or the fresh one."""
    for path in MANAGED:
        (model.repository / path).write_bytes(text(model, path).replace(b"mops check", b"true").replace(b"*.pyc", b"*.p").replace(b"*.csv", b"*.c"))
    model.commit("drift")
    old = {path: text(model, path) for path in MANAGED}
    for delay in itertools.count():
        process = model.start(*WRITE)
        try:
            process.wait(timeout=0.001 * delay)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        code = model.finish(process).code
        found = {path: text(model, path) for path in MANAGED}
        if code == 0:
            break
        model.done(*WRITE)
        assert drift(model) == {}
        assert all(content in (old[path], text(model, path)) for path, content in found.items())
        model.git("checkout", "-q", ".")
        assert delay < 200


def test_in_a_monorepo_only_what_is_read_there_is_managed(model):
    model.repository.rename(model.root / "inner")
    model.repository.mkdir()
    shutil.copytree(model.root / "inner", model.repository / "models" / "churn", ignore=shutil.ignore_patterns(".git", ".github", ".gitlab-ci.yml", ".pre-commit-config.yaml"))
    model.git("init", "-q", "-b", "main")
    model.commit("many models")
    assert drift(model, "models/churn") == {}
    model.edit("models/churn/.gitignore", ".venv/\n", "")
    answer = model.mops("policy", "diff", "models/churn", "--format", "concise")
    assert answer.out == "models/churn/.gitignore:2:1: warning[template/drift]: block `leftovers` is not as the policy has it\n"


def test_check_finds_the_same_and_the_example_has_none(model):
    model.edit(".gitignore", "*.pyc\n", "")
    (model.repository / ".gitlab-ci.yml").unlink()
    places = lambda *words: re.findall(r"^(.*?): \w+\[template/drift\]", model.mops(*words, "--format", "concise").out, re.MULTILINE)  # noqa: E731
    assert places("check") == places("policy", "diff") == [".gitignore:4:1", ".gitlab-ci.yml"]
    assert (model.mops("check").code, model.mops("check", "--level", "production").code) == (0, 1)
    shutil.rmtree(model.repository)
    shutil.copytree(pathlib.Path(__file__).parents[2] / "examples" / "flight-delay" / "1.0.0", model.repository)
    model.git("init", "-q", "-b", "main")
    assert drift(model) == {}


def test_a_sparse_checkout_has_what_it_left_out(model):
    model.git("sparse-checkout", "set", "--no-cone", "/*", "!/.github/")
    assert not (model.repository / ".github").exists()
    assert drift(model) == {}


def test_formats(model):
    model.edit(".gitignore", "*.pyc\n", "")
    findings = json.loads(model.mops("policy", "diff", "--format", "json").out)["findings"]
    assert [(f["rule"], f["severity"], f["location"]["path"], f["location"]["begin"]["line"]) for f in findings] == [("template/drift", "warning", ".gitignore", 4)]
    assert model.mops("policy", "diff", "--format", "github").out.startswith("::warning file=.gitignore,line=4,col=1,title=template/drift::")


def test_neither_a_network_nor_a_language_is_needed(model):
    """The world has no interpreter."""
    namespace = ["--net"] if os.getuid() == 0 else ["--user", "--map-root-user", "--net"]
    result = subprocess.run([shutil.which("unshare"), *namespace, os.environ["MOPS"], "policy", "diff"], cwd=model.repository, env=model.variables, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
