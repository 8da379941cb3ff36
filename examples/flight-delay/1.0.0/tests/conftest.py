import csv
import http.client
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from protocol import Interface

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """A running `serve.py` on a free port."""

    def __init__(self):
        self.interface = Interface.read(ROOT / "mops.yaml")
        self.process = subprocess.Popen(
            [sys.executable, "serve.py", "--port", "0"], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        line = self.process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        assert found, f"the server said: {line}{self.process.stderr.read()}"
        self.port = int(found[1])
        self.infer_path = f"/v2/models/{self.interface.model}/infer"

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method: str, path: str, body=None) -> tuple:
        connection = self.connect()
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def infer(self, body) -> tuple:
        return self.ask("POST", self.infer_path, body if isinstance(body, bytes) else json.dumps(body))

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        self.process.stderr.close()


@pytest.fixture(scope="session")
def server():
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def own_server():
    """A server that the test may stop."""
    running = Server()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def interface():
    return Interface.read(ROOT / "mops.yaml")


@pytest.fixture(scope="session")
def holdout_request(interface):
    """holdout_request(first, last): the request for these rows of the holdout."""
    with open(ROOT / "data" / "holdout.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    def value(text: str, datatype: str):
        if text == "":
            return None
        return text if datatype == "BYTES" else int(text) if "INT" in datatype else float(text)

    def make(first: int, last: int) -> dict:
        chosen = rows[first:last]
        return {
            "inputs": [
                {
                    "name": name,
                    "shape": [len(chosen)],
                    "datatype": column.datatype,
                    "data": [value(row[name], column.datatype) for row in chosen],
                }
                for name, column in interface.inputs.items()
            ]
        }

    return make
