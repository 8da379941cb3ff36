"""What others can check without `mops`: digests by sha256sum, signatures by openssl and securesystemslib, tags by git and GTO."""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

import jsonschema
import numpy
import pytest
import yaml
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey
from cryptography.hazmat.primitives import serialization

TYPE = "application/vnd.in-toto+json"


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, **options).stdout


def payload(world):
    return world.done("payload", "--digest").out.strip()


def certifications(world):
    """Statements by time, as paths."""
    return sorted(path for path in (world.repository / "evidence").glob("*/certification-*.json") if not path.name.endswith(".measurements.json"))


def statement_of(path):
    return json.loads(base64.b64decode(json.loads(path.read_text())["payload"]))


def subjects(path):
    return {subject["name"]: subject["digest"]["sha256"] for subject in statement_of(path)["subject"]}


# Payload


def test_payload_is_what_sha256sum_says(candidate):
    # The test's own canonicalisation writes integers and short decimals as RFC 8785 wants them, and nothing else.
    candidate.edit("mops.yaml", "tolerance: 1.0e-6", "tolerance: 0.001")
    candidate.edit("mops.yaml", "A straight line, served", "Eine gerade Linie – „schnell“, 直線 🙂, served")
    (candidate.repository / "a file").write_text("x\n")
    (candidate.repository / "a-file").write_text("y\n")
    (candidate.repository / "model" / "Zürich\\n").write_text("z\n")
    (candidate.repository / ".github").mkdir()
    (candidate.repository / ".github" / "ci.yml").touch()
    for name in ("README.md", "CHANGELOG.md", ".gitignore", ".pre-commit-config.yaml"):
        (candidate.repository / name).touch()
    candidate.commit()

    lines = candidate.done("payload").out
    assert run("sha256sum", input=lines.encode()).decode() == payload(candidate) + "  -\n"

    paths = [path for path in candidate.git("ls-files", "-z").split("\0") if path]
    counted = sorted((path for path in paths if not re.match(
        r"(README\.md|CHANGELOG\.md|\.pre-commit-config\.yaml)$|(release-notes|statistics|evidence)/|(.*/)?\.git", path)), key=os.fsencode)
    manifest = yaml.safe_load((candidate.repository / "mops.yaml").read_text())
    identity = {key: value for key, value in manifest.items() if key not in ("owner", "description", "level", "policy", "monitoring")}
    canonical = json.dumps(identity, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    expected = "".join(f"{hashlib.sha256(canonical).hexdigest()}  mops.yaml\n" if path == "mops.yaml"
                       else run("sha256sum", path, cwd=candidate.repository).decode() for path in counted)
    assert lines == expected
    assert len(counted) == 9

    found = json.loads(candidate.done("payload", "--format", "json").out)
    assert (found["digest"], [file["path"] for file in found["files"]]) == (payload(candidate), counted)
    assert [file["path"] for file in found["files"] if file["executable"]] == ["server"]


def test_manifest_counts_by_meaning(candidate):
    before = payload(candidate)
    candidate.edit("mops.yaml", "level: prototype", "level:   'prototype' # of the team")
    candidate.edit("mops.yaml", "{max_share: 0}", "\n    max_share: 0")
    candidate.edit("mops.yaml", "platform-tests@example.com", "others@example.com")
    candidate.edit("mops.yaml", "A straight line", "A very straight line")
    candidate.commit()
    assert payload(candidate) == before
    candidate.edit("mops.yaml", "max_share: 0", "max_share: 0.5")
    candidate.commit()
    assert payload(candidate) != before


# Certificates


def pae(content):
    """github.com/secure-systems-lab/dsse, protocol.md."""
    return b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(content), content)


def verified_by_openssl(candidate, key, content, signature):
    (candidate.root / "pae").write_bytes(pae(content))
    (candidate.root / "signature").write_bytes(signature)
    kind = run("openssl", "pkey", "-pubin", "-in", key, "-noout", "-text").decode()
    how = ["-rawin"] if "ED25519" in kind.upper() else ["-rawin", "-digest", "sha256"]
    return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, *how, "-in", candidate.root / "pae", "-sigfile", candidate.root / "signature"],
                          check=False, capture_output=True).returncode == 0


def test_openssl_verifies_a_certificate(candidate):
    [path] = certifications(candidate)
    envelope = json.loads(path.read_text())
    [signature] = envelope["signatures"]
    content, [key] = base64.b64decode(envelope["payload"]), (candidate.repository / "evidence" / "keys").glob("*.pub")
    assert envelope["payloadType"] == TYPE
    assert verified_by_openssl(candidate, key, content, base64.b64decode(signature["sig"]))
    assert not verified_by_openssl(candidate, key, content.replace(b"PASSED", b"FAILED"), base64.b64decode(signature["sig"]))
    spki = run("openssl", "pkey", "-pubin", "-in", key, "-outform", "DER")
    assert signature["keyid"] == hashlib.sha256(spki).hexdigest()
    assert key.name == signature["keyid"][:16] + ".pub"


def test_securesystemslib_verifies_a_certificate(candidate):
    [path] = certifications(candidate)
    [key] = (candidate.repository / "evidence" / "keys").glob("*.pub")
    envelope = Envelope.from_dict(json.loads(path.read_text()))
    [key_id] = envelope.signatures
    public_key = SSlibKey.from_crypto(serialization.load_pem_public_key(key.read_bytes()), keyid=key_id)
    assert list(envelope.verify([public_key], 1)) == [key_id]
    envelope.payload = envelope.payload.replace(b"PASSED", b"FAILED")
    with pytest.raises(VerificationError):
        envelope.verify([public_key], 1)


def test_statement_is_about_the_payload_and_its_files(candidate):
    [path] = certifications(candidate)
    statement, digest = statement_of(path), payload(candidate)
    assert path.parent.name == digest[:12]
    weights = hashlib.sha256((candidate.repository / "model" / "weights.json").read_bytes()).hexdigest()
    assert subjects(path) == {"payload": digest, "model/weights.json": weights}
    assert (statement["_type"], statement["predicateType"]) == ("https://in-toto.io/Statement/v1", "https://in-toto.io/attestation/test-result/v0.1")
    assert statement["predicate"]["result"] == "PASSED"
    measurements = path.with_name(path.name.replace(".json", ".measurements.json"))
    assert hashlib.sha256(measurements.read_bytes()).hexdigest() in json.dumps(statement)


def test_certificate_knows_how_the_data_are_spread(candidate):
    """Quantiles by NumPy's definition, within the rank error that the schema names."""
    xs = numpy.random.default_rng(3).lognormal(2, 1, 5000).round(6).clip(0, 1000)
    table = "id,x\n" + "".join(f"{i},{x}\n" for i, x in enumerate(xs))
    (candidate.repository / "data" / "train.csv").write_text(table)
    digest = hashlib.sha256(table.encode()).hexdigest()
    candidate.edit("mops.yaml", "datasets:\n", f"datasets:\n  - {{name: all of it, role: train, path: data/train.csv, sha256: {digest}}}\n  - {{name: gone, role: train, path: data/gone.csv}}\n")
    candidate.commit()
    answer = candidate.done("certify")
    assert "the certificate tells nothing of how the training data `gone` is spread: the data set `data/gone.csv` is not there" in answer.err
    folder = candidate.repository / "evidence" / payload(candidate)[:12]
    [path] = folder.glob("*.measurements.json")
    measured = json.loads(path.read_text())
    jsonschema.Draft202012Validator(yaml.safe_load(candidate.done("schema", "show", "measurements-v1").out)).validate(measured)
    holdout, train = measured["distributions"]
    assert (holdout["dataset"], train["dataset"], train["sha256"], train["rows"], train["asked"]) == ("holdout", "all of it", digest, 5000, 2000)
    [x], [y] = train["inputs"], train["outputs"]
    assert (x["column"], x["rows"], x["missing"], y["column"], y["rows"]) == ("x", 5000, 0, "y", 2000)
    slope, intercept = numpy.polyfit(*numpy.loadtxt(candidate.repository / "data" / "holdout.csv", delimiter=",", skiprows=1, unpack=True), 1)
    for values, found, error in ((xs, x, 0.02), (slope * xs + intercept, y, 0.04)):
        ordered = numpy.sort(values)
        for i, quantile in enumerate(found["quantiles"]):
            low, high = (numpy.searchsorted(ordered, quantile, side) / len(ordered) for side in ("left", "right"))
            assert low - error <= i / 100 <= high + error, (i, quantile)
    assert (x["quantiles"][0], x["quantiles"][-1]) == (xs.min(), xs.max())
    assert str(xs[1234]) not in candidate.done("certificate", "show", "--format", "json").out


def test_certificate_survives_squash_and_notes(candidate):
    """An identity is of what runs: neither history nor prose are in it."""
    [path] = certifications(candidate)
    candidate.edit("release-notes/1.0.0.yaml", "as certified", "The line is straight.")
    candidate.commit("only notes")
    assert payload(candidate) == subjects(path)["payload"]
    (candidate.repository / "README.md").write_text("# line\n")
    candidate.commit("only for people")
    candidate.git("checkout", "-q", "--orphan", "trunk")
    candidate.commit("all of it (#1)")
    candidate.git("branch", "-q", "-D", "main")
    assert candidate.git("rev-list", "--count", "HEAD") == "1\n"
    assert run("sha256sum", input=candidate.done("payload").out.encode()).decode().split()[0] == subjects(path)["payload"]
    candidate.done("release", "1.0.0")
    message = candidate.git("cat-file", "tag", "line@v1.0.0")
    assert f"\n\nThe line is straight.\n\nPayload: {subjects(path)['payload']}\nCertificate: {hashlib.sha256(path.read_bytes()).hexdigest()}\nPath: .\n" in message


# Notes


def notes_line(world, version, word):
    for number, line in enumerate((world.repository / "release-notes" / f"{version}.yaml").read_text().splitlines(), 1):
        if word in line:
            return number, line
    raise AssertionError(f"no {word}")


NOTES = "release-notes/1.0.0.yaml"


@pytest.mark.parametrize(("key", "value", "rule", "message"), [
    ("mean_absolute_error", "0.0011", "notes/false-fact", "`mean_absolute_error` says 0.0011, the certificate measured 0.00"),
    ("throughput_per_second", "99999", "notes/false-fact", "`throughput_per_second` says 99999, the certificate measured "),
    ("payload", '"' + "a" * 64 + '"', "notes/false-fact", "the notes are about payload aaaaaaaaaaaa, the certificate about "),
    ("certificate", '"' + "b" * 64 + '"', "notes/false-fact", "the notes name certificate bbbbbbbbbbbb, the one of this payload is "),
    ("version", '"1.0.1"', "notes/version-mismatch", "the notes are about version 1.0.1, not 1.0.0"),
])
def test_false_notes_are_refused_with_their_place(candidate, key, value, rule, message):
    number, line = notes_line(candidate, "1.0.0", f"{key}: ")
    candidate.edit(NOTES, line, line.split(":")[0] + f": {value}")
    candidate.commit()
    column = line.index(":") + 3
    answer = candidate.mops("release", "1.0.0")
    assert (answer.code, answer.err) == (1, "nothing was released: 1 error\n"), answer
    assert answer.out.startswith(f"{NOTES}:{number}:{column}: error[{rule}]: {message}"), answer
    assert f"\n {number} | " in answer.out and "\n  help: " in answer.out
    assert candidate.git("tag") == ""
    candidate.git("tag", "-a", "-m", "by hand", "line@v1.0.0")
    candidate.edit(NOTES, value, "0")
    candidate.commit("the excerpt is of the tag's commit")
    checked = candidate.mops("release", "--check", "line@v1.0.0")
    assert (checked.code, checked.out) == (1, answer.out), checked


def test_several_false_facts_are_all_shown(candidate):
    for key in ("mean_absolute_error", "p99_ms"):
        _, line = notes_line(candidate, "1.0.0", f"{key}: ")
        candidate.edit(NOTES, line, line.split(":")[0] + ": 12345")
    _, line = notes_line(candidate, "1.0.0", "r2: ")
    candidate.edit(NOTES, line, "    r3: 0.9")
    candidate.commit()
    answer = candidate.mops("release", "1.0.0")
    assert (answer.code, answer.err, answer.out.count("error[notes/false-fact]")) == (1, "nothing was released: 3 errors\n", 3), answer
    assert "help: did you mean `r2`?" in answer.out


def test_notes_hold_against_the_certificate_that_they_name(candidate):
    """Measured once more, with other numbers: both certificates are about the payload."""
    [path] = certifications(candidate)
    candidate.done("certify", "--again")
    candidate.commit("measured again")
    assert len(certifications(candidate)) == 2
    candidate.done("release", "1.0.0")
    assert f"\nCertificate: {hashlib.sha256(path.read_bytes()).hexdigest()}\n" in candidate.git("cat-file", "tag", "line@v1.0.0")
    candidate.done("release", "--check", "line@v1.0.0")


def test_numbers_are_compared_at_the_digits_written(candidate):
    measured = statement_of(certifications(candidate)[0])
    text = json.dumps(measured)
    value = float(re.search(r'"r2": ([0-9.]+)', text)[1])
    _, line = notes_line(candidate, "1.0.0", "r2: ")
    candidate.edit(NOTES, line, f"    r2: {value:.1f}")
    candidate.commit()
    candidate.done("release", "1.0.0", "--dry-run")
    candidate.edit(NOTES, f"    r2: {value:.1f}", "    r2: 0.9")
    candidate.commit()
    assert candidate.mops("release", "1.0.0").code == 1


# Releases


def test_release_refuses_a_dirty_tree(candidate):
    (candidate.repository / "stray").touch()
    candidate.refused(1, "`stray` is not in git\nhelp: `git add`", "release", "1.0.0")
    (candidate.repository / "stray").unlink()
    candidate.edit("model-card.md", "Any input", "Every input")
    candidate.refused(1, "`model-card.md` is changed\nhelp: `git add`", "release", "1.0.0")
    candidate.git("add", "model-card.md")
    candidate.refused(1, "`model-card.md` is changed\nhelp: `git add`", "release", "1.0.0")
    assert candidate.git("tag") == ""


def test_release_refuses_a_payload_without_certificate(candidate):
    candidate.edit("model-card.md", "Any input", "Every input")
    candidate.commit()
    candidate.refused(1, f"there is no PASSED certificate for payload {payload(candidate)[:12]}\nhelp: run `mops certify`, then commit what it wrote", "release", "1.0.0")
    candidate.done("certify")
    candidate.refused(1, "evidence/", "release", "1.0.0")


def test_release_refuses_a_failed_certificate(candidate):
    candidate.edit("mops.yaml", "r2: {min: 0.99}", "r2: {min: 0.9999999999}")
    candidate.commit()
    certified = candidate.mops("certify")
    assert (certified.code, "\nFAILED, signed in evidence/" in certified.out) == (1, True), certified
    candidate.commit()
    failed = next(path for path in certifications(candidate) if subjects(path)["payload"] == payload(candidate))
    assert statement_of(failed)["predicate"]["result"] == "FAILED"
    name = failed.relative_to(candidate.repository)
    candidate.refused(1, f"because: {name} is FAILED\n", "release", "1.0.0")
    candidate.refused(1, "is FAILED\n", "release", "1.0.0", "--evidence", name)
    candidate.refused(1, "there is no PASSED certificate", "notes", "draft", "1.1.0")


def test_release_refuses_evidence_that_was_changed(candidate):
    [path] = certifications(candidate)
    envelope = json.loads(path.read_text())
    envelope["payload"] = base64.b64encode(base64.b64decode(envelope["payload"]).replace(b"line", b"wine")).decode()
    path.write_text(json.dumps(envelope))
    candidate.commit()
    answer = candidate.refused(1, "there is no PASSED certificate", "release", "1.0.0")
    assert f"because: {path.relative_to(candidate.repository)}: " in answer.err


def test_release_of_missing_notes(candidate):
    candidate.refused(1, "there are no release notes `release-notes/1.2.0.yaml` in the commit\nhelp: `mops notes draft 1.2.0`", "release", "1.2.0")


def test_check_of_a_tag_made_by_hand(candidate):
    candidate.git("tag", "-a", "-m", "made by a person", "line@v1.0.0")
    answer = candidate.done("release", "--check", "line@v1.0.0")
    certificate = hashlib.sha256(certifications(candidate)[0].read_bytes()).hexdigest()
    assert answer.out == f"line@v1.0.0 holds: payload {payload(candidate)[:12]}, certificate {certificate[:12]}\n"
    candidate.git("tag", "line@v1.0.1")
    candidate.refused(1, "the tag `line@v1.0.1` has no message (a lightweight tag)", "release", "--check", "line@v1.0.1")
    candidate.refused(2, "this repository has no annotated tag `line@v9.0.0`", "release", "--check", "line@v9.0.0")
    candidate.git("tag", "-a", "-m", "of no model here", "other@v1.0.0")
    candidate.refused(1, "the tag says `other`, its mops.yaml says `line`\n", "release", "--check", "other@v1.0.0")
    candidate.git("tag", "-d", "line@v1.0.0")
    candidate.git("tag", "-a", "-m", f"false\n\nPayload: {'a' * 64}\n", "line@v1.0.0")
    candidate.refused(1, "the tag's trailer names payload aaaaaaaaaaaa, its commit has", "release", "--check", "line@v1.0.0")
    candidate.git("tag", "-d", "line@v1.0.0")
    candidate.git("tag", "-a", "-m", f"false\n\nCertificate: {'b' * 64}\n", "line@v1.0.0")
    candidate.refused(1, "the tag's trailer names certificate bbbbbbbbbbbb, the commit's evidence is", "release", "--check", "line@v1.0.0")
    candidate.refused(2, "`line-1.0.0` is not the tag of a version", "release", "--check", "line-1.0.0")


def test_check_of_a_tag_whose_commit_has_no_evidence(candidate):
    candidate.git("tag", "-a", "-m", "too early", "line@v1.0.0", "HEAD~1")
    candidate.refused(1, "there is no PASSED certificate", "release", "--check", "line@v1.0.0")


def test_evidence_from_elsewhere(candidate):
    """A CI job hands its certificate over as a file; the repository holds none."""
    artifact = candidate.root / "artifact"
    artifact.mkdir()
    [path] = certifications(candidate)
    [key] = (candidate.repository / "evidence" / "keys").glob("*.pub")
    statement = path.rename(artifact / "certification.json")
    key.rename(artifact / "ci.pub")
    candidate.git("rm", "-rq", "evidence")
    candidate.git("commit", "-q", "-m", "evidence is kept by CI")
    candidate.refused(1, "there is no PASSED certificate", "release", "1.0.0")
    candidate.refused(2, "/nowhere.json", "release", "1.0.0", "--evidence", candidate.root / "nowhere.json")
    (artifact / "ci.pub").rename(candidate.root / "ci.pub")
    candidate.refused(1, "certification.json", "release", "1.0.0", "--evidence", "../artifact/certification.json")
    (candidate.root / "ci.pub").rename(artifact / "ci.pub")
    candidate.done("release", "1.0.0", "--evidence", "../artifact/certification.json")
    assert f"\nCertificate: {hashlib.sha256(statement.read_bytes()).hexdigest()}\n" in candidate.git("cat-file", "tag", "line@v1.0.0")
    candidate.done("release", "--check", "line@v1.0.0", "--evidence", statement)
    candidate.refused(1, "there is no PASSED certificate", "release", "--check", "line@v1.0.0")
    candidate.up()
    candidate.refused(1, "there is no PASSED certificate", "promote", "line@1.0.0", "-m", "first")

    candidate.edit("model-card.md", "Any input", "Every input")
    candidate.commit()
    candidate.refused(1, f"is about payload {subjects(statement)['payload'][:12]}, the commit's is {payload(candidate)[:12]}\n", "release", "1.0.1", "--evidence", statement)


def test_versions(candidate):
    candidate.refused(2, "`1.0.0+build.5` is not a version\nhelp: build metadata is not used here: leave `+build.5` out", "release", "1.0.0+build.5")
    candidate.refused(2, "`v1.0.0` is not a version\nhelp: leave the `v` out: `1.0.0`", "release", "v1.0.0")
    candidate.refused(2, "`1.0` is not a version", "notes", "draft", "1.0")
    for version in ("1.0.1-rc.1", "1.0.1-rc.2", "1.0.1"):
        candidate.done("notes", "draft", version, "-m", "as certified")
        candidate.commit()
        assert candidate.done("release", version).out.startswith(f"released line@v{version} on ")
    candidate.up()
    candidate.done("promote", "line@1.0.1-rc.1", "-m", "try")
    for plan in ([], ["--dry-run"]):
        answer = candidate.refused(1, "line@1.0.1-rc.1 serves already", "promote", "line@1.0.1-rc.2", "-m", "try", *plan)
        assert "help: 1.0.1-rc.2 has the same payload" in answer.err
    assert candidate.model()["primary"]["version"] == "1.0.1-rc.1"


# Tags, as GTO reads them, and their publication


def gto(folder, *words):
    program = pathlib.Path(sys.executable).with_name("gto")
    return run(program, *words, cwd=folder, env=os.environ | {"COLUMNS": "200"}).decode()


@pytest.fixture
def with_remote(candidate):
    """Its origin is a bare repository, and a platform runs."""
    candidate.remote = candidate.root / "host.git"
    run("git", "init", "-q", "--bare", "-b", "main", candidate.remote, env=candidate.variables)
    candidate.git("remote", "add", "origin", str(candidate.remote))
    candidate.git("push", "-q", "origin", "main")
    candidate.up()
    return candidate


def published(world):
    return run("git", "tag", cwd=world.remote, env=world.variables, text=True).split()


def test_gto_reads_versions_and_stages(with_remote):
    with_remote.done("release", "1.0.0")
    with_remote.done("notes", "draft", "1.1.0-rc.1", "-m", "as certified")
    with_remote.commit()
    with_remote.done("release", "1.1.0-rc.1")
    with_remote.git("push", "-q", "origin", "main")
    with_remote.done("promote", "line@1.0.0", "-m", "first")
    with_remote.done("push")
    assert published(with_remote) == ["line#dev#1", "line@v1.0.0", "line@v1.1.0-rc.1"]
    assert with_remote.done("push").err.count("already there") == 3

    for place in ((with_remote.repository,), (with_remote.root, "--repo", str(with_remote.remote))):
        folder, options = place[0], place[1:]
        shown = json.loads(gto(folder, "show", *options, "--json"))
        assert shown["line"]["version"] == "v1.1.0-rc.1"
        assert shown["line"]["stage"]["dev"] == "v1.0.0"
        history = json.loads(gto(folder, "history", *options, "--json"))
        events = sorted((event["event"], event["version"], event["stage"]) for event in history if event["event"] != "commit")
        assert events == [("assignment", "v1.0.0", "dev"), ("registration", "v1.0.0", None), ("registration", "v1.1.0-rc.1", None)]


def test_push_waits_for_a_host_that_is_away(with_remote):
    with_remote.done("release", "1.0.0")
    away = with_remote.remote.rename(with_remote.root / "away.git")
    promoted = with_remote.done("promote", "line@1.0.0", "-m", "first")
    assert "tag line#dev#1: host away: " in promoted.err and "what did not arrive is published by `mops push`\n" in promoted.err
    assert with_remote.ask(1) == (200, 3.0)
    answer = with_remote.mops("push")
    assert (answer.code, answer.err.count(": host away: ")) == (3, 2), answer
    away.rename(with_remote.remote)
    assert with_remote.done("push").err == "tag line#dev#1: pushed\ntag line@v1.0.0: pushed\n"
    assert published(with_remote) == ["line#dev#1", "line@v1.0.0"]


def test_push_writes_the_tags_of_the_journal(with_remote):
    """As after a promote that was killed between its switch and its tag."""
    with_remote.done("release", "1.0.0")
    with_remote.done("promote", "line@1.0.0", "-m", "first", "--no-push")
    assert published(with_remote) == []
    with_remote.git("tag", "-d", "line#dev#1")
    with_remote.done("push")
    assert published(with_remote) == ["line#dev#1", "line@v1.0.0"]
    message = with_remote.git("cat-file", "tag", "line#dev#1")
    assert "\n\npromote line to 1.0.0 in dev\n\nfirst\n\nRecord: " in message
    assert f"\nPayload: {payload(with_remote)}\n" in message


def test_a_stage_tag_of_another_platform_keeps_nothing_from_being_published(with_remote):
    with_remote.done("release", "1.0.0")
    with_remote.git("tag", "-a", "-m", "by another platform", "line#dev#1", "HEAD~1")
    promoted = with_remote.done("promote", "line@1.0.0", "-m", "first")
    assert "the stage's tag was not written: the tag `line#dev#1` already exists on commit" in promoted.err
    answer = with_remote.mops("push")
    assert (answer.code, "a stage's tag was not written: the tag `line#dev#1` already exists" in answer.err) == (1, True), answer
    assert published(with_remote) == ["line#dev#1", "line@v1.0.0"]


def test_push_says_what_the_host_rejects(with_remote):
    with_remote.done("release", "1.0.0")
    with_remote.git("push", "-q", "origin", "HEAD~1:refs/tags/line@v1.0.0")
    answer = with_remote.mops("push")
    assert (answer.code, "tag line@v1.0.0: rejected: " in answer.err) == (3, True), answer


def test_push_without_a_remote(candidate):
    assert candidate.done("push").err == "there is nothing to publish: `line` has no release yet\n"
    candidate.done("release", "1.0.0")
    answer = candidate.mops("push")
    assert (answer.code, "this repository has no remote (`git remote add origin URL`, then `mops push`)" in answer.err) == (3, True), answer


# mops certificate


def test_show_and_diff_of_a_certificate(candidate):
    [path] = certifications(candidate)
    shown = candidate.done("certificate", "show").out
    assert shown.startswith(f"PASSED\nline payload {payload(candidate)}, commit ") and "contract/batch" in shown and "measured on  " in shown
    assert json.loads(candidate.done("certificate", "show", path, "--format", "json").out) == statement_of(path)
    candidate.done("certify", "--again")
    assert len(certifications(candidate)) == 2
    compared = json.loads(candidate.done("certificate", "diff", path, "--format", "json").out)
    assert {check["name"] for check in compared["checks"]} >= {"metrics/r2", "contract/metadata", "latency/p99_ms"}
    assert compared["before"]["payload"] == compared["after"]["payload"] == payload(candidate)
    assert compared["before"]["certificate"] != compared["after"]["certificate"]


def test_a_certificate_cannot_drive_the_terminal(candidate):
    """What an unsigned certificate says reaches nobody's terminal but as text."""
    path = candidate.root / "hostile.json"
    envelope = json.loads(certifications(candidate)[-1].read_text())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    statement["predicate"]["mops_certification"]["checks"][0]["note"] = "\x1b[2Jall is well\r\nPASSED"
    statement["predicate"]["mops_certification"]["dataset"]["name"] = "holdout\x1b]0;title\x07"
    envelope["payload"] = base64.b64encode(json.dumps(statement).encode()).decode()
    path.write_text(json.dumps(envelope))
    for words in (["certificate", "show", path], ["certificate", "verify", path], ["certificate", "diff", path, path]):
        answer = candidate.mops(*words)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", answer.out + answer.err), answer
    shown = candidate.done("certificate", "show", path).out
    assert "␛[2Jall is well␍␊PASSED" in shown and "holdout␛]0;title␇" in shown


def test_certificate_fits_its_published_schema(candidate):
    import jsonschema
    schema = yaml.safe_load(candidate.done("schema", "show", "certificate-v1").out)
    [path] = certifications(candidate)
    jsonschema.Draft202012Validator(schema).validate(statement_of(path))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate({**statement_of(path), "predicateType": "other"})


def genuine(world, *words):
    """Exit code, and the findings that do not hold."""
    answer = world.mops("certificate", "verify", *words, "--format", "json")
    found = json.loads(answer.out)
    assert found["genuine"] == (answer.code == 0)
    return answer.code, {finding["what"]: finding["text"] for finding in found["findings"] if not finding["holds"]}


def test_verify_of_a_genuine_certificate(candidate):
    [path] = certifications(candidate)
    [key] = (candidate.repository / "evidence" / "keys").glob("*.pub")
    assert genuine(candidate) == (0, {})
    assert genuine(candidate, path, "--key", key) == (0, {})
    # A squash: the commit that it names is gone, its payload is not.
    candidate.git("checkout", "-q", "--orphan", "trunk")
    candidate.commit("all of it")
    candidate.git("branch", "-q", "-D", "main")
    candidate.git("reflog", "expire", "--expire=now", "--all")
    candidate.git("gc", "-q", "--prune=now")
    assert genuine(candidate) == (0, {})


def test_verify_refuses_one_changed_byte(candidate):
    [path] = certifications(candidate)
    envelope = json.loads(path.read_text())
    content = base64.b64decode(envelope["payload"])
    measured = json.loads(content)["predicate"]["mops_certification"]["metrics"]["r2"]
    envelope["payload"] = base64.b64encode(content.replace(f'"r2":{measured}'.encode(), f'"r2":{str(measured)[:-1]}{(int(str(measured)[-1]) + 1) % 10}'.encode())).decode()
    assert base64.b64decode(envelope["payload"]) != content
    path.write_text(json.dumps(envelope))
    assert genuine(candidate) == (1, {"signature": "none of the 1 keys under `evidence/keys` signed this, or it was changed since"})
    candidate.done("certificate", "show")
    assert "no key of this repository verifies its signature" in candidate.done("certificate", "show").err


def test_verify_refuses_another_key(candidate):
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", candidate.root / "other.pem")
    run("openssl", "pkey", "-in", candidate.root / "other.pem", "-pubout", "-out", candidate.root / "other.pub")
    code, false = genuine(candidate, "--key", candidate.root / "other.pub")
    assert (code, list(false)) == (1, ["signature"])
    [key] = (candidate.repository / "evidence" / "keys").glob("*.pub")
    (candidate.root / "other.pub").rename(key)
    assert genuine(candidate)[0] == 1


def test_verify_refuses_another_subject(candidate):
    """Signed by a key that is trusted here, about something else than what is here."""
    [path] = certifications(candidate)
    candidate.set_weights(1.003)
    candidate.commit("other weights")
    candidate.done("certify")
    assert genuine(candidate) == (0, {})
    candidate.git("checkout", "-q", "--orphan", "trunk")
    candidate.commit("only the other weights")
    candidate.git("branch", "-q", "-D", "main")
    candidate.git("reflog", "expire", "--expire=now", "--all")
    candidate.git("gc", "-q", "--prune=now")
    code, false = genuine(candidate, path)
    assert (code, list(false)) == (1, ["payload"])


def test_verify_refuses_other_measurements(candidate):
    [path] = certifications(candidate)
    measurements = path.with_name(path.name.replace(".json", ".measurements.json"))
    measurements.write_text(measurements.read_text().replace("1", "2", 1))
    code, false = genuine(candidate)
    assert (code, list(false)) == (1, ["measurements"])
    measurements.unlink()
    assert genuine(candidate) == (1, {"measurements": f"`{measurements.relative_to(candidate.repository)}` is not there"})


def test_training_data_are_named_by_digest(candidate):
    digest = hashlib.sha256(b"rows").hexdigest()
    candidate.edit("mops.yaml", "datasets:\n", f'datasets:\n  - {{name: history, role: train, uri: "https://data.example/history.csv", sha256: {digest}}}\n')
    candidate.commit()
    candidate.done("certify")
    newest = next(path for path in certifications(candidate) if subjects(path)["payload"] == payload(candidate))
    assert statement_of(newest)["predicate"]["mops_certification"]["training"] == [{"name": "history", "sha256": digest}]
