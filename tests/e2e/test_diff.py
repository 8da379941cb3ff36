"""What notes say, and what mops diff shows, is what git, the certificates and PyYAML say."""
import base64
import glob
import hashlib
import json
import pathlib
import random
import re
import subprocess
from decimal import Decimal

import jsonschema
import pytest
import yaml

from world import World

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PIECES = ["fix", ": ", "#", " #", "- ", "'", '"', "\\", "{", "}", "[x]", "%", "@", "`", "|", ">", "&a", "*a", "!t", "~", "null", "yes", "1.10", "0x1F", "1e5", "2026-11-26",
          "...", "---", "=", "<<", "?", "ü", "日本", "🚀", "e\u0301", "\u200b", "\u00a0", "\ufeff", "\u2028", "\u0085", " ", "plain words", "a:b", "C#", "x,y"]


@pytest.fixture
def world():
    world = World()
    world.new_repository()
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    world.release("1.0.0")
    yield world
    world.close()


def notes_of(world, version):
    return yaml.safe_load((world.repository / "release-notes" / f"{version}.yaml").read_text())


def certificate_of(world, digest):
    for path in glob.glob(str(world.repository / "evidence" / "*" / "certification-*.json")):
        text = pathlib.Path(path).read_bytes()
        if hashlib.sha256(text).hexdigest() == digest:
            return json.loads(base64.b64decode(json.loads(text)["payload"]))["predicate"]["mops_certification"]
    raise AssertionError(f"there is no certification {digest}")


def about_notes(world):
    findings = json.loads(world.done("check", "--format", "json").out)["findings"]
    return [finding for finding in findings if finding["rule"].startswith(("notes/", "yaml/", "version/", "evidence/"))]


def clean(title):
    """As a reader sees a title: control characters are blanks, and blanks do not repeat."""
    return re.sub("[\x00-\x20\x7f]+", " ", title).strip(" ")


def test_titles_of_every_shape_are_read_back(world):
    chance = random.Random(20261126)
    titles = []
    for number in range(60):
        title = clean("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 6))))
        if not title:
            continue
        (world.repository / "model-card.md").open("a").write(f"\n{number}\n")
        world.git("add", "-A")
        subprocess.run(["git", "commit", "-q", "--cleanup=verbatim", "-F", "-"], cwd=world.repository, env=world.variables, check=True, input=title + "\n", text=True)
        titles.append(title)
    world.done("certify")
    text = world.done("notes", "draft", "1.1.0", "--print").out
    assert text == world.done("notes", "draft", "1.1.0", "--print").out
    notes = yaml.safe_load(text)
    written = [line for section in ("added", "changed", "fixed") for line in notes.get(section, [])]
    expected = []
    for title in titles:
        conventional = re.match(r"(feat|fix|perf|refactor): (.+)", title)
        line = conventional[2].strip(" ") if conventional else title
        if line not in expected:
            expected.append(line)
    assert sorted(written) == sorted(expected)
    world.done("notes", "draft", "1.1.0", "-m", ": a # summary\tof \"every\" kind 🚀")
    assert notes_of(world, "1.1.0")["summary"] == ": a # summary\tof \"every\" kind 🚀"
    assert about_notes(world) == []


def test_changes_are_the_differences_of_the_certificates(world):
    world.set_weights(1.001)
    world.edit("mops.yaml", "nullable: false", "nullable: true")
    world.edit("mops.yaml", "model/weights.json", "model/weights.json, --nulls")
    world.release("1.1.0")
    facts = notes_of(world, "1.1.0")["facts"]
    before = certificate_of(world, notes_of(world, "1.0.0")["facts"]["certificate"])
    after = certificate_of(world, facts["certificate"])
    assert facts["changes"]["against"] == "1.0.0"
    assert facts["changes"]["interface"] == "BACKWARD"
    text = (world.repository / "release-notes" / "1.1.0.yaml").read_text()
    changes = text[text.index("  changes:"):]
    for group in ("metrics", "performance"):
        assert facts["changes"][group]
        for name in facts["changes"][group]:
            written = re.search(rf"      {name}: (\S+)", changes)[1]
            difference = Decimal(after[group][name]) - Decimal(before[group][name])
            unit = Decimal(1).scaleb(Decimal(written).as_tuple().exponent)
            assert abs(Decimal(written) - difference) <= unit / 2 * (1 + Decimal("1e-9")), (name, written, difference)
    assert about_notes(world) == []

    # A false number has its line and column; a clone without tags says what it cannot check.
    number = re.search(r"      r2: (\S+)", changes)[1]
    line = text[:text.index(f"      r2: {number}", text.index("  changes:"))].count("\n") + 1
    world.edit("release-notes/1.1.0.yaml", f"      r2: {number}", "      r2: +0.5")
    answer = world.mops("check", "--format", "concise")
    assert (answer.code, f"release-notes/1.1.0.yaml:{line}:11: error[notes/false-fact]: `r2` says +0.5" in answer.out) == (1, True), answer
    world.git("checkout", "-q", ".")
    clone = world.root / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", "--no-tags", f"file://{world.repository}", clone], check=True, env=world.variables)
    answer = world.done("check", "--format", "concise", cwd=clone)
    assert re.findall(r"warning\[notes/unchecked-fact\]: (.*)", answer.out) == ["the interface of 1.0.0 is not here, so how it changed is not checked"]
    assert "this clone is shallow" in world.done("notes", "draft", "1.2.0", "--print", cwd=clone).err
    subprocess.run(["git", "fetch", "-q", "--tags"], cwd=clone, check=True, env=world.variables)
    assert "unchecked" not in world.done("check", "--format", "concise", cwd=clone).out


def test_json_keeps_its_schema(world):
    world.set_weights(1.001)
    world.edit("mops.yaml", "nullable: false", "nullable: true")
    world.commit("a step")
    schema = yaml.safe_load((SOURCE / "schemas" / "diff-v1.yaml").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    documents = [json.loads(world.done("diff", *words, "--format", "json").out) for words in ([], ["1.0.0", "HEAD"], ["HEAD", "1.0.0"], ["1.0.0", "1.0.0"])]
    for document in documents:
        jsonschema.Draft202012Validator(schema).validate(document)
    assert [document["same"] for document in documents] == [False, False, False, True]
    assert [document["interface"]["compatibility"] for document in documents] == ["BACKWARD", "BACKWARD", "FORWARD", "FULL"]
    assert documents[0]["before"]["certification"]["verdict"] == "PASSED" and documents[0]["after"]["certification"] is None
    assert any("there is no certification of the files on the disk" in remark for remark in documents[0]["metrics"]["remarks"])


def test_a_switch_that_breaks_clients_is_told(world):
    world.set_weights(1.001)
    world.edit("mops.yaml", "nullable: false", "nullable: true")
    world.edit("mops.yaml", "model/weights.json", "model/weights.json, --nulls")
    world.release("1.1.0")
    world.up()
    assert "warning" not in world.done("promote", "line@1.0.0", "-m", "first").err
    assert "warning" not in world.done("promote", "line@1.1.0", "-m", "nulls").err
    warning = "warning: clients of 1.1.0, which {}, fail on 1.0.0: input `x` may no longer be missing; `mops diff 1.1.0 1.0.0` shows every change\n"
    assert warning.format("served before") in world.done("rollback", "line", "-m", "to see it").err
    assert "warning" not in world.done("promote", "line@1.1.0", "-m", "again").err
    assert warning.format("serves now") in world.done("promote", "line@1.0.0", "-m", "the other way down").err
