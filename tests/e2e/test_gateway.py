"""`mops gateway` between http.client and Python's own server: what passes through, routes, swaps, limits, the end."""
import collections
import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import threading

import pytest

from gateways import Gateway, Upstream, closed, version
from world import wait_for


def test_paths_of_the_protocol_pass_through_untouched():
    with Upstream() as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        for method, path in [("GET", "/v2/models/m"), ("GET", "/v2/models/m/ready"), ("GET", "/v2/models/m/versions/1.0.0"), ("GET", "/v2/models/m/versions/1.0.0/ready"),
                             ("POST", "/v2/models/m/infer"), ("POST", "/v2/models/m/versions/1.0.0/infer?a=%20b")]:
            status, headers, body = gateway.ask(path, b"{}" if method == "POST" else None, method)
            assert (status, headers["x-mops-served-by"]) == (200, "1.0.0"), path
            assert (one.seen[-1]["method"], one.seen[-1]["path"]) == (method, path)
        assert gateway.ask("/v2/models/m/versions/9/infer")[0] == 404
        assert gateway.ask("/v2/models/other/infer")[0] == 404


def test_binary_tensors_and_identities_pass_through():
    header = json.dumps({"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "parameters": {"binary_data_size": 16}}]}).encode()
    binary = header + struct.pack("<4f", 1.5, -0.0, float("inf"), 4e-45)

    def echo(handler, body):
        handler.send_response(200)
        handler.send_header("Inference-Header-Content-Length", handler.headers["Inference-Header-Content-Length"])
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with Upstream(behave=echo) as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        sent = {"Inference-Header-Content-Length": str(len(header)), "Content-Type": "application/octet-stream", "X-Request-Id": "order-7", "traceparent": trace,
                "tracestate": "a=b"}
        status, headers, body = gateway.ask(body=binary, headers=sent)
        assert (status, body, headers["Inference-Header-Content-Length"], headers["X-Request-Id"]) == (200, binary, str(len(header)), "order-7")
        assert {name: one.seen[0]["headers"][name] for name in sent} == sent
        _, headers, _ = gateway.ask(headers={"X-Request-Id": "not\tgood " + "x" * 200})
        assert len(headers["X-Request-Id"]) == 32 and one.seen[1]["headers"]["X-Request-Id"] == headers["X-Request-Id"]


def test_upstream_connections_are_kept():
    ports = []
    with Upstream(behave=lambda handler, _: (ports.append(handler.client_address), handler.answer(200, b"ok"))) as one:
        with Gateway({"primary": version("1.0.0", one)}) as gateway:
            for _ in range(20):
                assert gateway.ask()[0] == 200
    assert len(set(ports)) == 1


@pytest.mark.parametrize("size", [0, 1, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_of_all_sizes(size, chunked):
    body = os.urandom(size)
    pieces = iter([body[i:i + 70_001] for i in range(0, size, 70_001)])
    with Upstream(behave=lambda handler, got: handler.answer(200, got)) as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        status, _, answer = gateway.ask(body=pieces if chunked else body, headers={"Transfer-Encoding": "chunked"} if chunked else {})
        assert status == 200 and answer == body
        assert gateway.metrics()["mops_streamed_requests_total"] == (1 if size > 256 * 1024 else 0)


def test_weights_and_sticky_clients():
    with Upstream("old") as old, Upstream("new") as new:
        routes = {"primary": version("1.0.0", old), "candidates": [version("1.1.0", new)], "weights": {"1.0.0": 3, "1.1.0": 1}, "sticky_header": "X-User"}
        with Gateway(routes) as gateway, gateway.connection() as connection:
            counts = collections.Counter(gateway.ask(connection=connection)[2] for _ in range(40))
            assert counts == {b"old": 30, b"new": 10}
            users = {f"user-{i}": gateway.ask(headers={"X-User": f"user-{i}"}, connection=connection)[2] for i in range(60)}
            assert set(users.values()) == {b"old", b"new"}
            for user, answer in users.items():
                assert gateway.ask(headers={"x-user": user}, connection=connection)[2] == answer
            gateway.swap(routes | {"weights": {"1.0.0": 1, "1.1.0": 3}})
            after = {user: gateway.ask(headers={"X-User": user}, connection=connection)[2] for user in users}
            assert all(after[user] == b"new" for user, answer in users.items() if answer == b"new")
            assert collections.Counter(after.values())[b"new"] > collections.Counter(users.values())[b"new"]


def test_a_swap_leaves_requests_in_flight_where_they_are():
    release = threading.Event()
    with Upstream("old", lambda handler, _: (release.wait(20), handler.answer(200, b"old"))) as old, Upstream("new") as new:
        with Gateway({"primary": version("1.0.0", old)}) as gateway:
            answers = []
            waiting = threading.Thread(target=lambda: answers.append(gateway.ask()[2]))
            waiting.start()
            wait_for(lambda: old.seen, "the old version to be asked")
            gateway.swap({"primary": version("1.1.0", new), "standby": version("1.0.0", old)})
            assert gateway.ask()[2] == b"new"
            assert gateway.metrics()['mops_requests_in_flight{model="m",version="1.0.0"}'] == 1
            release.set()
            waiting.join()
            assert answers == [b"old"]


def test_a_file_that_is_not_sound_changes_nothing():
    with Upstream() as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        gateway.write({"primary": version("1.1.0"), "weights": {"2.0.0": 1}})
        wait_for(lambda: "the routes stay as they were" in gateway.log.read_text(), "the refusal")
        assert "version `2.0.0` has a weight, but is not on the route" in gateway.log.read_text()
        assert gateway.ask()[1]["x-mops-served-by"] == "1.0.0"


def test_sigterm_finishes_what_is_in_flight():
    release = threading.Event()
    with Upstream(behave=lambda handler, _: (release.wait(20), handler.answer(200, b"late"))) as one:
        with Gateway({"primary": version("1.0.0", one)}) as gateway:
            with socket.create_connection(("127.0.0.1", gateway.port)) as idle:
                answers = []
                waiting = threading.Thread(target=lambda: answers.append(gateway.ask()))
                waiting.start()
                wait_for(lambda: one.seen, "the request to arrive")
                gateway.process.send_signal(signal.SIGTERM)
                assert idle.recv(1) == b""
                with pytest.raises(ConnectionRefusedError):
                    wait_for(lambda: socket.create_connection(("127.0.0.1", gateway.port)).close(), "the port to be closed")
                release.set()
                waiting.join()
            status, headers, body = answers[0]
            assert (status, body, headers["Connection"]) == (200, b"late", "close")
            assert gateway.process.wait(timeout=30) == 0


def test_limits():
    with Upstream() as one:
        limits = {"head_bytes": 2000, "head_fields": 20, "body_bytes": 300_000, "connections": 5, "head_seconds": 0.3, "idle_seconds": 0.4, "request_seconds": 5}
        with Gateway({"primary": version("1.0.0", one)}, limits=limits) as gateway:
            assert gateway.ask(headers={"X-Long": "x" * 2000})[0] == 431
            assert gateway.ask(headers={f"X-{i}": "x" for i in range(30)})[0] == 431
            assert gateway.ask("/v2/models/m/infer?" + "x" * 2500)[0] == 414
            assert gateway.ask(body=b"x" * 300_000)[0] == 200
            assert gateway.ask(body=b"x" * 300_001)[0] == 413
            assert gateway.ask(body=iter([b"x" * 100_000] * 4), headers={"Transfer-Encoding": "chunked"})[0] == 413
            idle = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(5)]
            wait_for(lambda: closed(socket.create_connection(("127.0.0.1", gateway.port))), "a sixth connection to be closed")
            for connection in idle:
                assert closed(connection)


def test_an_answer_that_never_ends_is_cut_at_the_limit():
    def trickle(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        ended = threading.Event()
        while not ended.wait(0.05):
            try:
                handler.wfile.write(b"x")
            except OSError:
                ended.set()

    with Upstream(behave=trickle) as one, Gateway({"primary": version("1.0.0", one)}, limits={"request_seconds": 0.5}) as gateway:
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            gateway.ask()
        wait_for(lambda: gateway.metrics()['mops_requests_failed_total{model="m",version="1.0.0"}'] == 1, "the failure to be counted")


def test_words_that_make_no_sense(tmp_path):
    answer = subprocess.run([os.environ["MOPS"], "gateway", tmp_path / "none.yaml"], capture_output=True, text=True)
    assert answer.returncode == 2 and answer.stderr.count("error: ") == 1
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        file = tmp_path / "routes.yaml"
        file.write_text(f"format: routes/v1\nlisten: 127.0.0.1:{taken.getsockname()[1]}\nmodels: []\n")
        answer = subprocess.run([os.environ["MOPS"], "gateway", file], capture_output=True, text=True)
        assert answer.returncode == 3 and "is in use" in answer.stderr
