"""The upgrade and the way back that a certificate tells of, and evidence that is used again."""
import base64
import json
import os
import xml.etree.ElementTree as ElementTree

import pytest


def statement_of(world, certificate):
    return json.loads(base64.b64decode(json.loads((world.repository / certificate).read_text())["payload"]))


def certify(world, *words):
    answer = world.mops("certify", "--format", "json", *words)
    world.assert_nothing_left()
    return answer, json.loads(answer.out)


def rehearsal(world, certified):
    return statement_of(world, certified["certificate"])["predicate"]["mops_certification"].get("rehearsal")


def line(certified, name="rehearsal/failed_requests"):
    return next((check for check in certified["checks"] if check["name"] == name), None)


def test_rehearsal_against_the_release_before(world):
    tags = world.git("tag")
    answer, certified = certify(world, "--again")
    found = rehearsal(world, certified)
    assert (answer.code, found["baseline"], found["failed"]) == (0, "1.1.0", 0), answer
    tag = world.git("cat-file", "tag", "line@v1.1.0")
    assert f"Payload: {found['payload']}\n" in tag
    # 30 requests before, between and after the switches, at 100 a second.
    assert found["requests"] >= 90 and found["promote_ms"] > 0 and 0 < found["rollback_ms"] < 5000
    assert (line(certified)["verdict"], line(certified)["n"]) == ("PASSED", found["requests"])
    assert world.git("tag") == tags


def test_rehearsal_against_what_is_asked_for(world):
    assert rehearsal(world, certify(world, "--against", "line@1.0.0")[1])["baseline"] == "1.0.0"
    world.refused(2, "this repository has no annotated tag `line@v9.0.0`", "certify", "--against", "line@9.0.0")
    world.refused(2, "found `other` in `--against other@1.0.0`, this model is `line`", "certify", "--against", "other@1.0.0")


def test_rehearsal_against_what_serves(platform):
    platform.done("promote", "line@1.0.0", "-m", "first")
    served = platform.served()
    certified = json.loads(platform.mops("certify", "--again", "--format", "json").out)
    assert rehearsal(platform, certified)["baseline"] == "1.0.0"
    assert platform.served() == served
    assert [record["to"]["version"] for record in platform.history()] == ["1.0.0"]
    assert platform.git("tag", "--list", "line#*").split() == ["line#dev#1"]


def test_first_version_has_nothing_to_rehearse(candidate):
    _, certified = certify(candidate, "--again")
    assert rehearsal(candidate, certified) == {"obstacle": "first version, nothing to rehearse"}
    assert (line(certified), certified["verdict"]) == (None, "PASSED")


def test_failed_requests_fail_the_certificate(world):
    """Sound where it is measured; where it is promoted it answers 500 after its certified rows."""
    marker = world.root / "started"
    (world.repository / "run").write_text(f'#!/bin/sh\nif [ -e {marker} ]; then exec ./server "$@" --answer-500 --after 40; fi\n: > {marker}\nexec ./server "$@"\n')
    (world.repository / "run").chmod(0o755)
    world.edit("mops.yaml", "command: [./server", "command: [./run")
    world.commit()
    answer, certified = certify(world)
    assert (answer.code, certified["verdict"]) == (1, "FAILED"), answer
    assert certified["reason"].startswith("rehearsal/failed_requests is ") and "first failure: status 500" in certified["reason"], certified["reason"]
    assert rehearsal(world, certified)["failed"] > 0


def test_versions_that_no_request_suits_are_not_rehearsed(world):
    world.edit("mops.yaml", "--options-from", "--with-side, --options-from")
    side = "\n    - {name: side, datatype: BYTES, shape: [-1], categories: [left, right], description: Of zero.}"
    world.edit("mops.yaml", "description: The height of the line there.}", "description: The height of the line there.}" + side)
    world.release("2.0.0")
    world.edit("mops.yaml", "--with-side, ", "")
    world.edit("mops.yaml", side, "")
    world.commit()
    answer, certified = certify(world)
    assert (answer.code, certified["verdict"], line(certified)) == (0, "PASSED", None), answer
    found = rehearsal(world, certified)
    assert found["baseline"] == "2.0.0" and found["obstacle"].startswith("no request suits both versions: "), found
    assert f"the upgrade from 2.0.0 was not rehearsed: {found['obstacle']}" in certified["warnings"]


def test_rehearsal_against_a_release_of_another_folder(world):
    """A model that was moved within its repository: each version is taken from where it was released, and evidence is written where it is now."""
    folder = world.repository / "models" / "line"
    folder.mkdir(parents=True)
    for name in world.git("ls-tree", "--name-only", "HEAD").split():
        world.git("mv", name, folder)
    world.repository = folder
    world.set_weights(1.006)
    world.commit()
    for words, baseline in (([], "1.2.0"), (["--against", "line@1.0.0", "--again"], "1.0.0")):
        answer, certified = certify(world, *words)
        assert (answer.code, certified["verdict"], certified["folder"]) == (0, "PASSED", "models/line"), answer
        found = rehearsal(world, certified)
        assert (found["baseline"], found["failed"]) == (baseline, 0) and found["requests"] >= 90


def test_a_tag_without_a_message_is_no_release_to_rehearse_against(world):
    world.git("tag", "line@v1.3.0", "line@v1.0.0^{}")
    answer, certified = certify(world, "--again")
    assert (answer.code, rehearsal(world, certified)["baseline"]) == (0, "1.1.0"), answer
    world.refused(1, "the tag `line@v1.3.0` has no message (a lightweight tag)", "certify", "--against", "line@1.3.0")


def test_a_rehearsal_holds_the_machine_while_it_sends_its_load(world):
    """Only one certification at a time sends a load. The candidate starts under that of the baseline, and notes who holds the lock then."""
    started, locks = world.root / "started", world.root / "locks"
    (world.repository / "run").write_text(f'#!/bin/sh\nif [ -e {started} ]; then while read -r line; do echo "$line"; done < /proc/locks > {locks}; fi\n'
                                          f': > {started}\nexec ./server "$@"\n')
    (world.repository / "run").chmod(0o755)
    world.edit("mops.yaml", "command: [./server", "command: [./run")
    world.commit()
    process = world.start("certify", "--format", "json")
    answer = world.finish(process)
    assert (answer.code, rehearsal(world, json.loads(answer.out))["failed"]) == (0, 0), answer
    folder = os.stat("/tmp/mops-load").st_ino
    holders = [words[4] for words in map(str.split, locks.read_text().splitlines()) if words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(folder)]
    assert holders == [str(process.pid)], locks.read_text()


# Evidence that is there


def test_evidence_is_used_again_until_something_changes(candidate):
    first = json.loads(candidate.done("certify", "--format", "json").out)
    assert first["reused_from"] and first["verdict"] == "PASSED"
    before = sorted((candidate.repository / "evidence").rglob("*"))
    again = candidate.done("certify")
    assert sorted((candidate.repository / "evidence").rglob("*")) == before
    assert f"PASSED, as signed in {first['certificate']}\n" in again.out and "nothing has changed since this was measured at " in again.err
    anew = json.loads(candidate.done("certify", "--again", "--format", "json").out)
    assert (anew["reused_from"], anew["certificate"] == first["certificate"]) == (None, False)
    # Another key signs for somebody else.
    other = json.loads(candidate.done("certify", "--key", candidate.root / "ci.pem", "--format", "json").out)
    assert other["reused_from"] is None
    # Level is no part of the payload, and decides about the contract.
    candidate.edit("mops.yaml", "level: prototype", "level: production")
    candidate.commit()
    assert json.loads(candidate.done("certify", "--format", "json").out)["reused_from"] is None
    candidate.set_weights(1.001)
    candidate.commit()
    assert json.loads(candidate.done("certify", "--format", "json").out)["reused_from"] is None


def test_evidence_that_was_changed_is_not_used_again(candidate):
    path = next(candidate.repository.glob("evidence/*/certification-*[0-9A-Z].json"))
    envelope = json.loads(path.read_text())
    envelope["payload"] = base64.b64encode(base64.b64decode(envelope["payload"]).replace(b"PASSED", b"WARNED")).decode()
    path.write_text(json.dumps(envelope))
    assert json.loads(candidate.done("certify", "--format", "json").out)["reused_from"] is None


# Formats


def test_formats_of_ci(fresh):
    fresh.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    fresh.edit("mops.yaml", "command: [./server", "command: [./server, --break, metadata")
    fresh.commit()
    answer = fresh.mops("certify", "--format", "junit")
    suite = ElementTree.fromstring(answer.out).find("testsuite")
    cases = {case.get("name"): case for case in suite}
    assert (answer.code, suite.get("failures"), len(cases)) == (1, "1", int(suite.get("tests"))), answer
    assert "found datatype `FP32`, expected `FP64`" in cases["contract/metadata"].find("failure").get("message")
    assert cases["metrics/r2"].find("failure") is None
    answer = fresh.mops("certify", "--format", "github")
    assert (answer.code, answer.out) == (1, "::error file=mops.yaml,title=FAILED contract/metadata::contract/metadata: GET /v2/models/line: input `x`: found datatype `FP32`, expected `FP64`\n")


def test_many_models(fresh):
    import shutil
    models = fresh.repository / "models"
    models.mkdir()
    for name in ("a", "b"):
        shutil.copytree(fresh.repository, models / name, ignore=shutil.ignore_patterns(".git", "models"))
        file = models / name / "mops.yaml"
        text = file.read_text().replace("name: line", f"name: {name}").replace("duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
        file.write_text(text.replace("command: [./server", "command: [./server, --break, unknown") if name == "b" else text)
    fresh.git("rm", "-q", "-r", "--cached", "--ignore-unmatch", ".")
    for path in fresh.repository.iterdir():
        if path.name not in (".git", "models"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    fresh.commit()
    found = json.loads(fresh.done("certify", "models", "--format", "json").out)
    assert (found["verdict"], [(model["folder"], model["verdict"]) for model in found["models"]]) == ("WARNED", [("models/a", "PASSED"), ("models/b", "WARNED")])
    anew = json.loads(fresh.done("certify", "models", "--parallel", "2", "--again", "--format", "json").out)
    assert [(model["folder"], model["verdict"], model["reused_from"]) for model in anew["models"]] == [("models/a", "PASSED", None), ("models/b", "WARNED", None)]
    fresh.refused(2, "found `--parallel 0`, expected 1 to 64", "certify", "models", "--parallel", "0")
    suites = ElementTree.fromstring(fresh.done("certify", "models", "--format", "junit").out)
    assert [suite.get("name") for suite in suites] == ["mops certify models/a", "mops certify models/b"]
    fresh.refused(2, "`--against` is for one model", "certify", "models", "--against", "a@1.0.0")
    # One that cannot be measured changes nothing about the form in which the others are told.
    (models / "a" / "mops.yaml").write_text("name: [\n")
    answer = fresh.mops("certify", "models", "--format", "json")
    told = json.loads(answer.out)
    assert (answer.code, told["verdict"], [model["folder"] for model in told["models"]]) == (2, "INCONCLUSIVE", ["models/b"]), answer
    assert [(error["folder"], error["error"].startswith("cannot certify `models/a`")) for error in told["errors"]] == [("models/a", True)], told["errors"]
    answer = fresh.mops("certify", "models", "--format", "junit")
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(answer.out)}
    assert (answer.code, sorted(suites)) == (2, ["mops certify models/a", "mops certify models/b"]), answer
    assert suites["mops certify models/a"].get("errors") == "1" and suites["mops certify models/a"].find("testcase/error").get("message") == told["errors"][0]["error"]
