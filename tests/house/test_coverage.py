"""Every verb and every rule has a golden file; man pages are those of the program."""
import os
import pathlib
import re
import subprocess

import pytest

@pytest.fixture
def mops():
    return os.environ["MOPS"]

def verbs(mops):
    text = subprocess.run([mops, "help"], check=True, capture_output=True, text=True).stdout
    listed = text.split("Verbs:\n")[1].split("\n\n")[0]
    return [re.match(r"  (\S+( [a-z]+)?)  ", line)[1] for line in listed.splitlines()]

def golden_texts(source):
    return {path: path.read_text(errors="replace") for path in (source / "tests" / "golden").rglob("*.txt") if path.name != "CMakeLists.txt"}

def test_every_verb_has_a_golden_file(source, mops):
    folders = {path.parent.name for path in golden_texts(source)}
    assert [verb for verb in verbs(mops) if verb.replace(" ", "-") not in folders] == []

def test_every_rule_has_a_golden_file(source, mops):
    rules = subprocess.run([mops, "policy", "rules", "--format", "json"], check=True, capture_output=True, text=True).stdout
    ids = re.findall(r'"id": "([^"]+)"', rules)
    assert len(ids) > 20
    shown = set(re.findall(r"\[([a-z]+/[a-z0-9-]+)\]", "\n".join(golden_texts(source).values())))
    assert [rule for rule in ids if rule not in shown] == []

def test_every_verb_has_a_man_page(source, mops):
    pages = {path.name for path in (source / "man").glob("*.1")}
    assert [verb for verb in verbs(mops) if f"mops-{verb.replace(' ', '-')}.1" not in pages] == []

def test_man_pages_are_up_to_date(source, mops):
    result = subprocess.run([mops, "man", "--check", str(source / "man")], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr

def test_man_pages_are_well_formed(source):
    for page in sorted((source / "man").glob("*.[17]")):
        result = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", str(page)], capture_output=True, text=True)
        assert result.stdout == "", page
