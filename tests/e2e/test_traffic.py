"""`mops traffic` of gateways that were asked with known values; quantiles held against numpy's, what is written against its schemas."""
import json
import os
import pathlib
import random
import shutil
import subprocess

import jsonschema
import numpy
import yaml

from gateways import Gateway, Upstream, version
from test_decisions import INTERFACE, double, request
from world import wait_for

SCHEMAS = pathlib.Path(__file__).parents[2] / "schemas"


def recording(upstream, folder):
    return Gateway({"primary": version("1.0.0", upstream) | {"payload": "abc", "interface": INTERFACE}}, record={"folder": str(folder), "samples_per_second": 1000})


def traffic(folder):
    for file in folder.glob("traffic-*.json"):
        jsonschema.validate(json.loads(file.read_text()), yaml.safe_load((SCHEMAS / "traffic-v1.yaml").read_text()))
    answer = subprocess.run([os.environ["MOPS"], "traffic", folder, "--format", "json"], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    report = json.loads(answer.stdout)
    jsonschema.validate(report, yaml.safe_load((SCHEMAS / "traffic-report-v1.yaml").read_text()))
    return report["versions"]


def ask(gateway, values):
    with gateway.connection() as connection:
        for x in values:
            assert gateway.ask(body=request(x, town=["a" if x < 0 else "b"]), connection=connection)[0] == 200


def by_name(columns):
    return {column["column"]: column for column in columns}


def test_quantiles_of_two_starts_are_those_of_all_values(tmp_path):
    chance = random.Random(5)
    values = [chance.gauss(0, 1) for _ in range(800)]
    with Upstream(behave=double) as one:
        with recording(one, tmp_path) as gateway:
            ask(gateway, values[:300])
        with recording(one, tmp_path) as gateway:
            ask(gateway, values[300:])
            # Both files are of gateways that ran; a copy of one counts once.
            wait_for(lambda: traffic(tmp_path)[0]["samples"] == 800, "the second gateway to write", 30)
        shutil.copy(next(tmp_path.glob("traffic-*.json")), tmp_path / "traffic-copy.json")
    (seen,) = traffic(tmp_path)
    assert (seen["model"], seen["version"], seen["payload"], seen["samples"], seen["unread"]) == ("m", "1.0.0", "abc", 800, 0)
    inputs, outputs = by_name(seen["inputs"]), by_name(seen["outputs"])
    for found, truth in [(inputs["x"], values), (outputs["y"], [2 * x for x in values])]:
        assert (found["rows"], found["missing"]) == (800, 0)
        ordered = numpy.sort(truth)
        assert (found["quantiles"][0], found["quantiles"][100]) == (ordered[0], ordered[-1])
        ranks = numpy.searchsorted(ordered, found["quantiles"]) / 800
        assert numpy.abs(ranks - numpy.linspace(0, 1, 101)).max() < 0.04
    below = sum(x < 0 for x in values)
    assert sorted(inputs["town"]["texts"]) == [["a", below, 0], ["b", 800 - below, 0]]
    assert inputs["birthday"] == {"column": "birthday", "rows": 800, "missing": 0} and outputs["secret"]["rows"] == 800
    text = "".join(file.read_text() for file in tmp_path.glob("traffic-*"))
    assert "1970" not in text and "hush" not in text
    shown = subprocess.run([os.environ["MOPS"], "traffic", tmp_path], capture_output=True, text=True).stdout
    assert "not kept: personal or secret" in shown and "in x" in shown


def test_kill_9_loses_the_last_seconds_only(tmp_path):
    with Upstream(behave=double) as one:
        gateway = recording(one, tmp_path)
        gateway.__enter__()
        ask(gateway, range(50))
        wait_for(lambda: list(tmp_path.glob("traffic-*.json")), "the first snapshot", 30)
        gateway.process.kill()
        gateway.process.wait()
    assert 1 <= traffic(tmp_path)[0]["samples"] <= 50


def test_files_of_old_starts_go(tmp_path):
    for i in range(40):
        (tmp_path / f"traffic-{i:026}.json").write_text("{}")
    with Upstream(behave=double) as one, recording(one, tmp_path) as gateway:
        ask(gateway, [1])
    names = sorted(file.name for file in tmp_path.glob("traffic-*.json"))
    assert len(names) == 32 and f"traffic-{8:026}.json" not in names and f"traffic-{9:026}.json" in names


def test_a_platform_records_and_shows(world):
    world.refused(2, "no platform has recorded traffic in", "traffic")
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    world.ask_many(20)
    wait_for(lambda: world.mops("traffic").code == 0, "the record", 30)
    assert "line" in world.done("traffic").out and "in x" in world.done("traffic", "--in", "dev").out
    world.refused(2, "", "traffic", "--in", "nowhere")
