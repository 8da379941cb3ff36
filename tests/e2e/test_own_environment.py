"""An organisation's own environment, from its policy through the whole way: certified in it, served in it, and kept with the version."""
import shutil

import pytest
from world import wait_for

ENVIRONMENT = """format: environment/v1
name: house
language: native
description: {description}
expires: 2031-12-31
lock_files: []
interpreter: [uname, -sm]
create: []
path: []
variables: {{HOUSE: "{house}"}}
network: []
"""


@pytest.fixture
def model(fresh):
    """The straight line in an environment that only its policy has, which shifts its answers by $HOUSE."""
    policy = fresh.root / "policy"
    (policy / "environments").mkdir(parents=True)
    (policy / "policy.yaml").write_text("format: policy/v1\nname: house\nversion: 1.0.0\n")
    (policy / "environments" / "house.yaml").write_text(ENVIRONMENT.format(description="what this house runs", house="1"))
    fresh.edit("mops.yaml", "environment: {name: native}", "policy: {folder: ../policy}\nenvironment: {name: house}")
    fresh.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    return fresh


def house_of(pid):
    with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
        return next(line.removeprefix("HOUSE=") for line in file.read().split("\0") if line.startswith("HOUSE="))


def test_it_serves_in_the_environment_it_was_promoted_with(model):
    model.release("1.0.0")
    model.up()
    model.done("promote", "line@1.0.0", "-m", "first")
    [pid] = model.served()
    assert house_of(pid) == "1"
    # The platform needs the policy no more.
    shutil.rmtree(model.root / "policy")
    model.done("down")
    model.up()
    wait_for(lambda: model.ask()[0] == 200, "it to serve")
    [pid] = model.served()
    assert house_of(pid) == "1"
    model.refused(2, "there is no `policy.yaml` in `../policy`", "promote", "line@1.0.0", "-m", "again")


def test_run_and_certify_use_it(model):
    model.commit()
    assert model.done("run", "--", "/bin/sh", "-c", "echo $HOUSE").out == "1\n"
    file = model.root / "policy" / "environments" / "house.yaml"
    file.write_text(file.read_text().replace("name: house", "name: houses"))
    for words in (("certify",), ("run", "--", "/bin/true")):
        answer = model.refused(2, "there is no official environment `house` in the policy `../policy`", *words)
        assert "help: did you mean `houses`?" in answer.err
    assert model.leftovers() == []
