"""The decision log of a gateway, read by Python's own JSON parser and held against its schema by jsonschema."""
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import subprocess

import jsonschema
import pytest
import yaml

from gateways import Gateway, Upstream, version
from world import wait_for

SCHEMA = yaml.safe_load((pathlib.Path(__file__).parents[2] / "schemas" / "decision-v1.yaml").read_text())
INTERFACE = {"inputs": [{"name": "x", "datatype": "FP64"}, {"name": "town", "datatype": "BYTES"}, {"name": "birthday", "datatype": "BYTES", "sensitivity": "personal"}],
             "outputs": [{"name": "y", "datatype": "FP64"}, {"name": "secret", "datatype": "BYTES", "sensitivity": "secret"}]}


def request(x, **more):
    tensors = {"x": [x], "town": ["Köln \"\n\u2028"], "birthday": ["1970-01-01"]} | more
    return json.dumps({"inputs": [{"name": name, "shape": [len(data)], "datatype": "FP64", "data": data} for name, data in tensors.items()]}).encode()


def double(handler, body):
    """Twice `x`, and something that nobody may know."""
    x = json.loads(body)["inputs"][0]["data"][0] if body.startswith(b"{") else 0
    handler.answer(200, json.dumps({"outputs": [{"name": "y", "data": [2 * x]}, {"name": "secret", "data": ["hush"]}]}).encode(), "application/json")


def recording(upstream, folder, **more):
    return Gateway({"primary": version("1.0.0", upstream) | {"payload": "abc", "interface": INTERFACE}, "generation": 4}, record={"folder": str(folder), **more})


def lines(folder):
    found = [json.loads(line) for file in sorted(folder.glob("decisions-*.jsonl")) for line in file.read_text().split("\n")[:-1]]
    for line in found:
        jsonschema.validate(line, SCHEMA, format_checker=jsonschema.FormatChecker())
    return found


def sum_of(gateway, *reasons):
    metrics = gateway.metrics()
    return [metrics["mops_decisions_logged_total"], *(metrics[f'mops_decisions_lost_total{{reason="{reason}"}}'] for reason in reasons)]


def test_what_is_written_and_what_is_not(tmp_path):
    with Upstream(behave=double) as one:
        with recording(one, tmp_path / "log") as gateway:
            assert gateway.ask(body=request(1.5), headers={"X-Request-Id": "order-7"})[0] == 200
            gateway.ask("/v2/models/m", None, "GET")
            gateway.ask("/v2/models/unknown/infer", request(1))
            gateway.ask(body=request(2, town=["x" * 20_000]))
            gateway.ask(body=iter([request(3)[:20], request(3)[20:]]), headers={"Transfer-Encoding": "chunked"})
            gateway.ask(body=b"\x00binary")
            gateway.ask(body=b"x" * 400_000)
        found = lines(tmp_path / "log")
        assert (tmp_path / "log").stat().st_mode & 0o777 == 0o700
        text = "".join(file.read_text() for file in (tmp_path / "log").iterdir())
    assert "1970" not in text and "hush" not in text
    first = found[0]
    assert {key: first[key] for key in ("request", "model", "version", "payload", "role", "generation", "status", "probability")} == {
        "request": "order-7", "model": "m", "version": "1.0.0", "payload": "abc", "role": "primary", "generation": 4, "status": 200, "probability": 1}
    assert 0 < first["latency_ms"] < 20_000
    town = ["Köln \"\n\u2028"]
    assert [(line["inputs"], line["outputs"]) for line in found] == [
        ({"x": [1.5], "town": town}, {"y": [3.0]}), (None, {"y": [4]}), ({"x": [3], "town": town}, {"y": [6]}), (None, {"y": [0]}), (None, {"y": [0]})]


def test_failures_are_written_too(tmp_path):
    with Upstream(behave=lambda handler, _: handler.answer(500, b'{"error": "birthday 1970-01-01"}')) as one:
        with recording(one, tmp_path) as gateway:
            assert gateway.ask(body=request(1))[0] == 500
        gateway = recording("127.0.0.1:1", tmp_path)
        with gateway:
            assert gateway.ask(body=request(1))[0] == 502
    assert [(line["status"], line["inputs"]["x"], line["outputs"]) for line in lines(tmp_path)] == [(500, [1], None), (502, [1], None)]


def test_without_an_interface_no_value_is_written(tmp_path):
    with Upstream(behave=double) as one, Gateway({"primary": version("1.0.0", one)}, record={"folder": str(tmp_path)}) as gateway:
        gateway.ask(body=request(1))
        wait_for(lambda: lines(tmp_path), "the line")
    assert [(line["status"], line["inputs"], line["outputs"]) for line in lines(tmp_path)] == [(200, None, None)]


def ask_often(gateway, requests):
    """The ids that were answered."""
    def some(numbers):
        answered = []
        with gateway.connection() as connection, contextlib.suppress(OSError, http.client.HTTPException):
            for number in numbers:
                assert gateway.ask(body=request(number), headers={"X-Request-Id": str(number)}, connection=connection)[0] == 200
                answered.append(number)
        return answered

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        return {number for part in pool.map(some, [range(i, requests, 4) for i in range(4)]) for number in part}


def test_samples_stand_for_all_requests(tmp_path):
    with Upstream(behave=double) as one, recording(one, tmp_path, samples_per_second=50) as gateway:
        answered = ask_often(gateway, 2000)
        wait_for(lambda: sum_of(gateway)[0] == len(lines(tmp_path)), "all lines")
        found = lines(tmp_path)
        assert len({line["request"] for line in found}) == len(found) < 1000
        assert {int(line["request"]) for line in found} <= answered
        assert 0.5 < sum(1 / line["probability"] for line in found) / 2000 < 2
        assert all(line["outputs"]["y"] == [2 * int(line["request"])] for line in found)


def test_kill_9_leaves_whole_lines_and_the_next_gateway_goes_on(tmp_path):
    with Upstream(behave=double) as one:
        gateway = recording(one, tmp_path, samples_per_second=1000)
        with contextlib.suppress(AssertionError), gateway:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                asking = pool.submit(ask_often, gateway, 100_000)
                wait_for(lambda: sum(file.stat().st_size for file in tmp_path.glob("*.jsonl")) > 50_000, "lines")
                gateway.process.kill()
                answered = asking.result()
        before = lines(tmp_path)
        # All but those of the last moment.
        assert len(before) > 100 and {int(line["request"]) for line in before} - answered <= set(range(100_000))
        with recording(one, tmp_path, samples_per_second=1000) as gateway:
            gateway.ask(body=request(7), headers={"X-Request-Id": "after"})
        after = lines(tmp_path)
        assert after[:-1] == before and after[-1]["request"] == "after"


def test_old_files_go(tmp_path):
    with Upstream(behave=double) as one, recording(one, tmp_path, samples_per_second=1000, log_bytes=1024 * 1024) as gateway:
        # Values of 15 kB each.
        big = request(1, town=["t" * 15_000])
        with gateway.connection() as connection:
            for _ in range(200):
                assert gateway.ask(body=big, connection=connection)[0] == 200
        wait_for(lambda: sum_of(gateway)[0] == 200, "all lines")
        sizes = [file.stat().st_size for file in tmp_path.glob("*.jsonl")]
        assert len(sizes) > 2 and 500_000 < sum(sizes) <= 1024 * 1024
        assert len(lines(tmp_path)) < 200


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], check=True)
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_holds_no_answer_up_and_is_counted(tmp_path, small_disk):
    with Upstream(behave=double) as one, recording(one, small_disk, samples_per_second=1000) as gateway:
        big = request(1, town=["t" * 15_000])
        with gateway.connection() as connection:
            for _ in range(10):
                assert gateway.ask(body=big, connection=connection)[0] == 200
            wait_for(lambda: sum(sum_of(gateway, "disk")) == 10, "all to be written or lost")
            logged, lost = sum_of(gateway, "disk")
            assert logged >= 2 and lost >= 5
            # No line is torn, and what is written later begins a line.
            assert len(lines(small_disk)) == logged
            subprocess.run(["mount", "-o", "remount,size=1m", small_disk], check=True)
            assert gateway.ask(body=request(2), headers={"X-Request-Id": "after"}, connection=connection)[0] == 200
            wait_for(lambda: sum_of(gateway)[0] == logged + 1, "the disk to be used again")
        assert lines(small_disk)[-1]["request"] == "after"


def test_folders_that_cannot_be_used(tmp_path):
    (tmp_path / "file").write_text("no folder")
    file = tmp_path / "routes.yaml"

    def run(record):
        file.write_text(f"format: routes/v1\nlisten: 127.0.0.1:0\nrecord: {json.dumps(record)}\nmodels: []\n")
        return subprocess.run([os.environ["MOPS"], "gateway", file], capture_output=True, text=True, timeout=20)

    answer = run({"folder": "file/below"})
    assert answer.returncode == 3 and answer.stderr.startswith("error: cannot make the folder `"), answer.stderr
    for record, problem in [({"folder": "log", "samples_per_second": 0}, "this rate is above 0 and at most 1000"), ({"folder": "log", "log_bytes": 5}, "this limit lies between 1048576 and"), ({}, "folder")]:
        answer = run(record)
        assert answer.returncode == 2 and problem in answer.stderr, answer.stderr
    assert not (tmp_path / "log").exists()


def test_a_platform_writes_them_too(world):
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first")
    assert world.ask(3) == (200, 7.0)
    folder = world.state / "decisions" / "dev"
    wait_for(lambda: folder.exists() and lines(folder), "the line")
    payload = world.model()["primary"]["payload"]
    assert [(line["model"], line["version"], line["payload"], line["inputs"], line["outputs"]) for line in lines(folder)] == [
        ("line", "1.0.0", payload, {"x": [3]}, {"y": [7]})]
