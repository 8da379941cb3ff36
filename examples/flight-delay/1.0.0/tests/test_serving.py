import json
import socket
import subprocess
import sys

import pytest
from conftest import ROOT


def test_health(server):
    name = server.interface.model
    assert server.ask("GET", "/v2/health/live") == (200, {"live": True})
    assert server.ask("GET", "/v2/health/ready") == (200, {"ready": True})
    assert server.ask("GET", f"/v2/models/{name}/ready") == (200, {"name": name, "ready": True})


def test_metadata_is_the_interface_of_the_manifest(server, interface):
    status, metadata = server.ask("GET", f"/v2/models/{interface.model}")
    assert status == 200
    assert metadata == interface.metadata
    assert [tensor["name"] for tensor in metadata["inputs"]] == list(interface.inputs)


def test_example_request(server, interface):
    status, answer = server.infer((ROOT / "examples" / "request.json").read_bytes())
    assert status == 200
    assert answer["id"] == "example"
    assert answer["model_name"] == interface.model
    assert [(output["name"], output["datatype"], output["shape"]) for output in answer["outputs"]] == [
        (name, datatype, [2]) for name, datatype in interface.outputs.items()
    ]


def test_answers_of_a_batch_are_those_of_its_rows(server, holdout_request):
    rows = 100
    status, batch = server.infer(holdout_request(0, rows))
    assert status == 200
    for row in range(rows):
        status, one = server.infer(holdout_request(row, row + 1))
        assert status == 200
        assert [output["data"][0] for output in one["outputs"]] == [output["data"][row] for output in batch["outputs"]]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v2/models/another", 404),
        ("POST", "/v2/models/another/infer", 404),
        ("GET", "/v2/models/another/ready", 404),
        ("DELETE", "/v2/health/ready", 405),
    ],
)
def test_unknown_paths(server, method, path, status):
    found, answer = server.ask(method, path)
    assert found == status
    assert list(answer) == ["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"\x00\xff", b"[" * 1_000_000, b"9" * 1_000_000, b'{"inputs": {}}'])
def test_broken_bodies_are_the_fault_of_the_client(server, body):
    status, answer = server.infer(body)
    assert status == 400
    assert list(answer) == ["error"]


def test_each_input_is_required_and_checked(server, holdout_request):
    for index, tensor in enumerate(holdout_request(0, 1)["inputs"]):
        missing = holdout_request(0, 1)
        del missing["inputs"][index]
        assert server.infer(missing) == (400, {"error": f"missing input: `{tensor['name']}`"})
        wrong = holdout_request(0, 1)
        wrong["inputs"][index]["data"] = [["nested"]]
        status, answer = server.infer(wrong)
        assert status == 400
        assert answer["error"].startswith(f"input `{tensor['name']}` has `[\"nested\"]` in row 0, expected ")


def test_nulls_are_refused_or_answered_as_the_interface_says(server, interface, holdout_request):
    for index, column in enumerate(interface.inputs.values()):
        request = holdout_request(0, 1)
        request["inputs"][index]["data"] = [None]
        status, _ = server.infer(request)
        assert status == (200 if column.nullable else 400), column.name


def test_largest_numbers_have_an_answer_or_are_refused(server, interface, holdout_request):
    request = holdout_request(0, 1)
    for tensor in request["inputs"]:
        if tensor["datatype"] == "FP64":
            tensor["data"] = [1.7e308]
    status, answer = server.infer(request)
    assert status in (200, 422)
    assert ("error" in answer) == (status == 422)


def test_body_that_is_too_large(server):
    connection = server.connect()
    connection.putrequest("POST", server.infer_path)
    connection.putheader("content-length", str(10**12))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert list(json.loads(response.read())) == ["error"]
    connection.close()


def test_body_that_is_too_large_and_does_not_say_so(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(f"POST {server.infer_path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(17):
                connection.sendall(b"100000\r\n" + b" " * 2**20 + b"\r\n")
        except ConnectionError:
            pass
        assert connection.recv(100).startswith(b"HTTP/1.1 413 ")


def test_client_that_leaves_harms_nobody(server, holdout_request):
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
            connection.sendall(f"POST {server.infer_path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{{".encode())
    assert server.infer(holdout_request(0, 1))[0] == 200


def test_sigterm_finishes_what_is_in_flight(own_server, holdout_request):
    body = json.dumps(holdout_request(0, 1)).encode()
    connection = own_server.connect()
    connection.putrequest("POST", own_server.infer_path)
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body[:10])
    assert own_server.ask("GET", "/v2/health/live")[0] == 200
    own_server.process.terminate()
    while accepts(own_server.port):
        pass
    connection.send(body[10:])
    response = connection.getresponse()
    assert response.status == 200
    assert "outputs" in json.loads(response.read())
    assert own_server.process.wait(timeout=30) is not None


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=30).close()
        return True
    except ConnectionError:
        return False


def test_port_in_use_is_one_clear_error(server):
    second = subprocess.run(
        [sys.executable, "serve.py", "--port", str(server.port)], cwd=ROOT, capture_output=True, text=True, timeout=30
    )
    assert second.returncode == 1
    assert second.stderr.startswith(f"serve.py: cannot listen on 127.0.0.1:{server.port}: ")
    assert second.stderr.count("\n") == 1
