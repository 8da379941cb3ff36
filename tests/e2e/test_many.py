"""Many models at once: the answer is that of the models one by one, whatever their number, and takes no more memory for more."""
import collections
import json
import os
import random
import re
import shutil
import subprocess

import pytest

import nasty
import usage
from world import FIXTURE, World

MODELS = 24
CONCISE = ["--format", "concise"]


def make_repository(world, folder):
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=folder, env=world.variables, check=True, capture_output=True)


@pytest.fixture(scope="module")
def fleet():
    """A folder of a monorepo and of repositories, each model with mistakes of its own."""
    world = World()
    root = world.root / "fleet"
    chance = random.Random(4)
    for number in range(MODELS):
        folder = root / ("monorepo/models" if number % 2 else "repositories") / f"team-{number % 5}" / f"model-{number}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        if number % 3:
            shutil.copytree(FIXTURE, folder)
        else:
            nasty.write_model(folder, nasty.keys_of(number)[:chance.randrange(20)])
        manifest = folder / "mops.yaml"
        text = re.sub(r"team: .*?,", f"team: team-{number % 5},", manifest.read_text(), count=1)
        manifest.write_text(text.replace("level: prototype", f"level: {chance.choice(['production', 'prototype'])}"))
        if number % 2 == 0:
            make_repository(world, folder)
    make_repository(world, root / "monorepo")
    yield world, root
    world.close()


def models_of(root):
    return sorted((path.parent.relative_to(root.parent) for path in root.rglob("mops.yaml")), key=lambda path: path.parts)


def test_the_findings_are_those_of_the_models_one_by_one(fleet):
    world, root = fleet
    models = models_of(root)
    assert len(models) == MODELS
    together = world.mops("check", "fleet", *CONCISE, cwd=world.root)
    alone = [world.mops("check", model, *CONCISE, cwd=world.root) for model in models]
    assert together.out == "".join(answer.out for answer in alone)
    assert together.code == max(answer.code for answer in alone) == 1


def test_the_summary_counts_what_the_findings_say(fleet):
    world, root = fleet
    report = json.loads(world.mops("check", "fleet", "--format", "json", cwd=world.root).out)
    summary = report["summary"]
    assert summary["models"] == MODELS
    manifests = {str(model): (root.parent / model / "mops.yaml").read_text() for model in models_of(root)}
    groups = {"by_rule": lambda finding: finding["rule"],
              "by_owner": lambda finding: re.search(r"team: (.*?),", manifests[finding["model"]])[1],
              "by_level": lambda finding: "production" if "level: production" in manifests[finding["model"]] else "prototype"}
    for name, group in groups.items():
        for severity in ("error", "warning"):
            expected = collections.Counter(group(finding) for finding in report["findings"] if finding["severity"] == severity)
            assert {key: tally[severity + "s"] for key, tally in summary[name].items() if tally[severity + "s"]} == expected
    with_errors = {finding["model"] for finding in report["findings"] if finding["severity"] == "error"}
    assert summary["models_with_errors"] == len(with_errors) == sum(tally["models_with_errors"] for tally in summary["by_level"].values())
    assert sum(tally["models"] for tally in summary["by_owner"].values()) == MODELS


def test_the_tables_are_for_people_only(fleet):
    world, _ = fleet
    assert "OWNER" in world.mops("check", "fleet", *CONCISE, cwd=world.root).err
    for form in ("json", "sarif", "junit", "github", "gitlab"):
        assert "OWNER" not in world.mops("check", "fleet", "--format", form, cwd=world.root).err


def test_what_cannot_be_read_is_told_in_its_place(fleet, tmp_path):
    world, root = fleet
    shutil.copytree(root / "repositories", tmp_path / "all", symlinks=True)
    models = models_of(tmp_path / "all")
    broken = models[3]
    shutil.rmtree(tmp_path / broken / ".git")
    (tmp_path / broken / ".git").write_text("gitdir: nowhere\n")
    answer = world.mops("check", "all", "--format", "json", cwd=tmp_path)
    assert answer.code == 1
    assert answer.err.count("error: ") == 1 and f"error: cannot check `{broken}`" in answer.err
    summary = json.loads(answer.out)["summary"]
    assert [entry["path"] for entry in summary["unreadable"]] == [str(broken)]
    assert summary["models"] == len(models) - 1
    # Where nothing is wrong with the others, what could not be read decides.
    sound = [model for model in models if world.mops("check", model, cwd=tmp_path).code == 0]
    assert world.mops("check", sound[0], broken, cwd=tmp_path).code == 3


def test_memory_does_not_grow_with_the_number_of_documents(tmp_path):
    (tmp_path / "schema.yaml").write_text("type: object\nproperties: {name: {type: string}, note: {maxLength: 10}}\n")
    for count in (200, 2000):
        folder = tmp_path / str(count)
        folder.mkdir()
        for number in range(count):
            (folder / f"{number}.yaml").write_text(f"name: {'x' if number % 3 else 1}\nnote: {'long ' * 3000}\n")
    for form in ("full", "json", "junit"):
        words = [os.environ["MOPS"], "schema", "validate", "--schema", "schema.yaml", "--format", form]
        (code, *_, few), (_, *_, many) = (usage.of([*words, str(count)], tmp_path) for count in (200, 2000))
        assert code == 1
        # Ten times the documents are 27 MiB more text, all of it with findings.
        assert many < few + 4 and many < 40, form


def test_one_index_for_all_threads(tmp_path):
    """A monorepo's index is large; it is in memory once."""
    count = 300
    for number in range(count):
        folder = tmp_path / f"team-{number % 7}" / f"model-{number}"
        (folder / "data").mkdir(parents=True)
        (folder / "mops.yaml").write_text(f"format: mops/v1\nname: model-{number}\n")
        for part in range(220):
            (folder / "data" / f"a-rather-long-name-of-a-file-as-people-give-them-{part:04}.csv").touch()
    environment = os.environ | {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "begin"]):
        subprocess.run(["git", *words], cwd=tmp_path, env=environment, check=True)
    code, *_, memory = usage.of([os.environ["MOPS"], "check", ".", "--format", "json"], tmp_path)
    assert code == 1
    assert memory < 40
