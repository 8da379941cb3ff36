"""mops load: its numbers against the record of a server whose delays are known, its errors against servers that misbehave."""
import base64
import contextlib
import json
import math
import os
import pathlib
import resource
import signal
import socket
import subprocess
import threading
import time

import jsonschema
import pytest
import usage
import yaml

SOURCE = pathlib.Path(__file__).parents[2]
SCHEMA = jsonschema.Draft202012Validator(yaml.safe_load((SOURCE / "schemas" / "load-v1.yaml").read_text()))
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@contextlib.contextmanager
def load_server(*options):
    """tests/e2e/fixtures/load_server: its port, and its process."""
    program = pathlib.Path(os.environ["MOPS_BIN"]) / "load_server"
    with subprocess.Popen([program, *map(str, options)], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.send_signal(signal.SIGCONT)
            process.terminate()


@contextlib.contextmanager
def scripted_server(answer):
    """One thread for each connection; `answer(request)` gives the bytes to send, None to close."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)

    def serve(connection):
        with connection, contextlib.suppress(ConnectionError):
            data = b""
            while block := connection.recv(65536):
                data += block
                while b"\r\n\r\n" in data:
                    head, _, rest = data.partition(b"\r\n\r\n")
                    length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                    if len(rest) < length:
                        break
                    data = rest[length:]
                    reply = answer(head + b"\r\n\r\n" + rest[:length])
                    if reply is None:
                        return
                    connection.sendall(reply)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def start(*words, **options):
    return subprocess.Popen([os.environ["MOPS"], "load", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def run(*words, **options):
    process = start(*words, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def measure(*words, codes=(0,)):
    """The document that a load printed, which its schema allows."""
    code, out, err = run(*words, "--format", "json")
    assert code in codes, (code, out, err)
    report = json.loads(out)
    SCHEMA.validate(report)
    return report


def refused(code, text, *words, **options):
    found, out, err = run(*words, **options)
    assert (found, out, text in err) == (code, "", True), (found, out, err)
    assert err.count("error: ") == 1, err


def idle_round_trip_ms(port):
    """The median of requests one after the other, by a socket of Python."""
    times = []
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(300):
            begin = time.perf_counter()
            connection.sendall(b"GET /idle HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
            times.append(1000 * (time.perf_counter() - begin))
    return sorted(times)[len(times) // 2]


def quantile(ordered, share):
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


# Exactness. A busy machine may make the verdict INCONCLUSIVE (exit 1), and the numbers hold all the same.


@pytest.mark.parametrize("arrivals, seconds", [("constant", 15), ("poisson", 5)])
def test_percentiles_are_those_of_the_servers_own_record(tmp_path, arrivals, seconds):
    record = tmp_path / "record"
    with load_server("--delays", "--record", record, "--seed", len(arrivals)) as (port, _):
        round_trip = idle_round_trip_ms(port)
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 2000, "--duration", f"{seconds}s", "--arrivals", arrivals, codes=(0, 1))
    truth = sorted(float(line) / 1000 for line in record.read_text().splitlines())
    assert report["errors"] == 0
    assert len(truth) == report["requests"]
    expected = 2000 * seconds
    assert abs(report["requests"] - expected) <= (0 if arrivals == "constant" else 5 * math.sqrt(expected))
    wrong = {}
    for key, share in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99_9", 0.999), ("max", 1)]:
        expected, found = quantile(truth, share), report["latency_ms"][key]
        if abs(found - expected) > 0.1 + 0.01 * expected + round_trip:
            wrong[key] = (found, expected)
    assert wrong == {}, (round_trip, report)


@pytest.mark.parametrize("after", [0.5, 9.3, 18.9])
def test_a_freeze_is_seen_by_those_who_would_have_come_in_it(after):
    with load_server("--freeze-after", after) as (port, _):
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 1000, "--duration", "20s", codes=(0, 1))
    assert (report["requests"], report["errors"]) == (20000, 0)
    # 1,000 of 20,000 requests fall into that second, and wait for what is left of it.
    assert report["latency_ms"]["p99"] == pytest.approx(800, rel=0.02)
    assert report["latency_ms"]["p99_9"] == pytest.approx(980, rel=0.02)
    assert report["latency_ms"]["max"] == pytest.approx(1000, rel=0.02)
    assert report["latency_ms"]["p90"] < 100


def test_few_connections_make_clients_wait_and_a_tool_that_overlooks_that_is_blind():
    with load_server("--freeze-after", 1) as (port, _):
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 1000, "--connections", 4, "--duration", "4s", codes=(0, 1))
    assert report["errors"] == 0
    assert report["connections_opened"] <= 4
    # 1,000 of 4,000 requests: the tenth that waits longest waits 600 ms, and until four connections have caught up.
    assert 580 < report["latency_ms"]["p90"] < 900
    assert report["uncorrected_latency_ms"]["p99"] < 100
    assert report["uncorrected_latency_ms"]["max"] > 900


# What is sent


def test_bodies_come_in_turn_with_the_headers_of_the_user(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.jsonl").write_text('{"row": 1}\n\n  {"row": 2}  \r\n')
    (tmp_path / "whole.json").write_text('{\n  "row": 3\n}\n')
    seen = []
    with scripted_server(lambda request: (seen.append(request), OK)[1]) as port:
        report = measure(f"http://127.0.0.1:{port}/v2/models/m/infer?x=1&token=secret", "--rate", 100, "--duration", "300ms", "--connections", 1, "--body", "rows.jsonl",
                         "--body", "whole.json", "--header", "X-One:  1 ", "--header", "content-type: text/plain", codes=(0, 1))
    bodies = [request.partition(b"\r\n\r\n")[2] for request in seen]
    assert bodies == [b'{"row": 1}', b'{"row": 2}', b'{\n  "row": 3\n}\n'] * 10
    assert seen[0].startswith(b"POST /v2/models/m/infer?x=1&token=secret HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % port)
    assert b"\r\nX-One: 1\r\n" in seen[0] and b"\r\ncontent-type: text/plain\r\n" in seen[0] and b"application/json" not in seen[0]
    assert report["requests"] == 30
    assert "secret" not in report["url"]


def test_a_closed_loop_keeps_its_connections_and_a_head_request_ends_with_its_head():
    with load_server() as (port, _):
        report = measure(f"http://127.0.0.1:{port}/", "--connections", 8, "--duration", "500ms", "--warm-up", "200ms")
        assert (report["mode"], report["rate"], report["connections_opened"], report["errors"]) == ("closed", None, 8, 0)
        assert report["latency_ms"] == report["uncorrected_latency_ms"]
        assert report["warm_up"]["requests"] > 0
    with scripted_server(lambda request: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" if request.startswith(b"HEAD") else b"") as port:
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 50, "--duration", "200ms", "--method", "HEAD", codes=(0, 1))
        assert (report["requests"], report["errors"], report["connections_opened"]) == (10, 0, 1)


def test_a_server_that_closes_after_each_answer_is_dialled_again():
    def close_after(request):
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"

    with scripted_server(close_after) as port:
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 100, "--duration", "500ms", codes=(0, 1))
    assert (report["requests"], report["errors"]) == (50, 0)
    assert report["connections_opened"] >= 50


# What fails


def test_errors_are_counted_by_class(tmp_path):
    replies = {b"200": OK, b"silence": b"", b"close": None, b"torn": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", b"other": b"SSH-2.0\r\n\r\n",
               **{code: b"HTTP/1.1 %s No\r\nContent-Length: 0\r\n\r\n" % code for code in (b"302", b"404", b"503")}}
    bodies = tmp_path / "kinds.jsonl"
    bodies.write_bytes(b"\n".join(replies) + b"\n")
    with scripted_server(lambda request: replies[request.partition(b"\r\n\r\n")[2]]) as port:
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 160, "--duration", "1s", "--timeout", "300ms", "--body", bodies, codes=(0, 1))
    # A torn answer that leaves its connection open, and silence, both end with the time.
    assert report["errors_by_class"] == {"connect": 0, "timeout": 40, "reset": 20, "malformed": 20, "3xx": 20, "4xx": 20, "5xx": 20}
    assert (report["requests"], report["errors"]) == (160, 140)
    assert report["verdict"] in ("WARNED", "INCONCLUSIVE")


def test_nothing_but_failures_is_a_no():
    with scripted_server(lambda _: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as port:
        report = measure(f"http://127.0.0.1:{port}/", "--rate", 50, "--duration", "200ms", codes=(1,))
        assert (report["verdict"], report["first_error"], report["latency_ms"]["p99"]) == ("FAILED", "status 404", None)
        code, out, _ = run(f"http://127.0.0.1:{port}/", "--rate", 50, "--duration", "200ms")
        assert code == 1 and "FAILED: no request was answered with a 2xx status" in out and "errors      10: 4xx 10 (first: status 404)" in out


def test_what_is_no_server_of_http_is_told_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    long = ("--rate", 100, "--duration", "1h")
    refused(3, f"no answer from 127.0.0.1:{port}: cannot connect: connection refused", f"http://127.0.0.1:{port}/", *long)
    with scripted_server(lambda _: b"SSH-2.0-OpenSSH_9.2\r\n") as port:
        refused(3, "the status line is damaged", f"http://127.0.0.1:{port}/", *long)
        refused(3, "the status line is damaged", f"http://127.0.0.1:{port}/", "--connections", 3, "--duration", "1h")
    with scripted_server(lambda _: None) as port:
        refused(3, "the connection was closed before the answer", f"http://127.0.0.1:{port}/", *long)
    with scripted_server(lambda _: b"") as port:
        refused(3, "no answer in time", f"http://127.0.0.1:{port}/", "--rate", 100, "--duration", "100ms", "--timeout", "200ms")
    refused(3, "cannot find the host `no-such-host.invalid`", "http://no-such-host.invalid/", *long)


def test_a_server_that_speaks_tls_is_told(tmp_path):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=x", "-keyout", "key.pem", "-out",
                    "cert.pem"], cwd=tmp_path, check=True, capture_output=True)
    with subprocess.Popen(["openssl", "s_server", "-accept", "127.0.0.1:0", "-key", "key.pem", "-cert", "cert.pem", "-www"], cwd=tmp_path, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            port = next(line.rsplit(":", 1)[1].strip() for line in process.stdout if line.startswith("ACCEPT"))
            refused(3, f"no answer from 127.0.0.1:{port}: ", f"http://127.0.0.1:{port}/", "--rate", 100, "--duration", "1h")
        finally:
            process.terminate()


def test_more_connections_than_files_may_be_opened():
    few = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))}
    refused(2, "100 connections need more files than the 64 that this process may open", "http://127.0.0.1:1/", "--connections", 100, **few)


def test_an_interrupted_load_prints_what_it_has():
    with load_server() as (port, _):
        process = start(f"http://127.0.0.1:{port}/", "--rate", 500, "--duration", "1h", "--format", "json")
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=30)
    report = json.loads(out)
    SCHEMA.validate(report)
    assert process.returncode == 130
    assert (report["interrupted"], report["verdict"], report["errors"]) == (True, "INCONCLUSIVE", 0)
    assert 0.5 < report["duration_seconds"] < 30
    assert report["requests"] == pytest.approx(500 * report["duration_seconds"], rel=0.05, abs=50)


# What the generator says of itself


def test_a_generator_that_stands_still_says_so_and_does_not_blame_the_server():
    with load_server() as (port, _):
        process = start(f"http://127.0.0.1:{port}/", "--rate", 500, "--duration", "4s", "--format", "json")
        for _ in range(6):
            time.sleep(0.3)
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.2)
            process.send_signal(signal.SIGCONT)
        out, _ = process.communicate(timeout=60)
    report = json.loads(out)
    assert (process.returncode, report["verdict"], report["errors"]) == (1, "INCONCLUSIVE", 0)
    assert "1 % of the requests left" in report["generator_limited"]
    assert report["sent_late"] > 300
    assert report["send_delay_ms"]["max"] > 190
    # The server had its answers ready at once.
    assert report["latency_ms"]["p90"] < 50


def test_the_highest_rate_is_what_the_server_can_do():
    # It answers one request at a time, after 5 ms: 200 a second.
    lock = threading.Lock()

    def answer(_):
        with lock:
            time.sleep(0.005)
        return OK

    schema = jsonschema.Draft202012Validator(yaml.safe_load((SOURCE / "schemas" / "rate-search-v1.yaml").read_text()))
    with scripted_server(answer) as port:
        code, out, err = run(f"http://127.0.0.1:{port}/", "--find-rate", "--rate", 40, "--p99", "150ms", "--duration", "2s", "--format", "json")
    search = json.loads(out)
    schema.validate(search)
    assert code == 0, (out, err)
    # A busy machine makes it slower, and nothing makes it faster; for 2 s it can run behind a little.
    assert 40 <= search["highest_rate"] <= 220
    assert search["lowest_missed_rate"] <= 320
    assert [step["result"] for step in search["steps"] if step["rate"] == search["highest_rate"]] == ["met"]
    with scripted_server(lambda _: b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n") as port:
        code, out, _ = run(f"http://127.0.0.1:{port}/", "--find-rate", "--p99", "150ms", "--duration", "50ms")
    assert code == 1 and "FAILED: no rate keeps p99 within 150 ms" in out and "failing: status 500" in out


def test_the_process_that_answers_is_watched():
    with load_server() as (port, server):
        report = measure(f"http://127.0.0.1:{port}/", "--connections", 8, "--duration", "1s", "--pid", server.pid)
        with open(f"/proc/{server.pid}/status") as status:
            peak = 1024 * int(next(line.split()[1] for line in status if line.startswith("VmHWM")))
    assert report["server"]["peak_memory_bytes"] == pytest.approx(peak, rel=0.1)
    assert 0.05 < report["server"]["cpu_seconds"] < 1.2


def test_a_certificate_tells_what_the_model_took(certified):
    [file] = [path for path in (certified.repository / "evidence").rglob("certification-*.json") if "measurements" not in path.name]
    statement = json.loads(base64.b64decode(json.loads(file.read_text())["payload"]))
    performance = statement["predicate"]["mops_certification"]["performance"]
    assert 0 < performance["cold_start_ms"] < 10_000
    assert 0 <= performance["cpu_seconds"] < 5
    assert 500_000 < performance["peak_memory_bytes"] < 200_000_000
    assert 0 < performance["uncorrected_p99_ms"] <= performance["max_ms"]
    assert "errors_by_class" not in performance


def test_memory_does_not_grow_with_the_requests_that_wait(tmp_path):
    def peak_mb(*words):
        return usage.of([os.environ["MOPS"], "load", *words], tmp_path)[3]

    with load_server() as (port, server):
        url = f"http://127.0.0.1:{port}/"
        assert peak_mb(url, "--connections", 32, "--duration", "1s") < 30
        # It answers for a while, then stands still: over 100,000 requests wait at a time.
        freezer = threading.Timer(1, lambda: server.send_signal(signal.SIGSTOP))
        freezer.start()
        try:
            assert peak_mb(url, "--rate", 50_000, "--duration", "4s", "--timeout", "4s") < 30
        finally:
            freezer.join()
