"""What the gateway makes of malformed requests, held against nginx and against llhttp (in node): whatever is let through is
understood by all three alike, so that nothing can be smuggled past one of them."""
import ast
import contextlib
import json
import pathlib
import random
import re
import socket
import subprocess
import textwrap

import pytest

import npm
from debian_programs import debian, debian_program
from gateways import Gateway, Upstream, version
from world import wait_for

FILE = pathlib.Path(__file__).with_name("http_requests.txt")
LAST = b"GET /v2/models/m/last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
# How long others may keep a connection on which they wait for more. Ours keeps none longer than LIMIT; without an end far beyond it, it hangs.
PATIENCE, LIMIT, HANGS = 1, 0.5, 15


def corpus():
    for line in FILE.read_text().splitlines():
        if not line.startswith("#"):
            verdict, text = line.split(None, 1)
            yield verdict, ast.literal_eval("b'" + text.replace("'", "\\x27") + "'").replace(b"$", b"/v2/models/m")


def tell(handler, body):
    """Answers what it was asked."""
    handler.answer(200, json.dumps([handler.command, handler.path, body.decode("latin-1")]).encode(), "application/json")


def understood(port, message, patience=PATIENCE, ends=(TimeoutError, ConnectionResetError, BrokenPipeError)):
    """([method, path, body] of each request that got through, or None where the path leads nowhere), whether all went well)."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        answer = b""
        with contextlib.suppress(*ends):
            connection.sendall(message + LAST)
            while more := connection.recv(65536):
                answer += more
    requests = []
    for found in re.findall(rb'(?m)HTTP/1.1 404|^\["[^\r\n]*\](?=$|HTTP/1)', answer):
        if found.startswith(b"HTTP"):
            requests.append(None)
        else:
            method, path, body = json.loads(found)
            requests.append([method, re.sub("^https?://[^/]+", "", path), body])
    return requests, requests[-1:] == [["GET", "/v2/models/m/last", ""]]


def understood_by_ours(port, message):
    return understood(port, message, HANGS, (ConnectionResetError, BrokenPipeError))


@pytest.fixture(scope="module")
def recorder():
    with Upstream(behave=tell) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(recorder):
    with Gateway({"primary": version("1", recorder)}, limits={f"{kind}_seconds": LIMIT for kind in ("head", "body", "idle", "request")}) as gateway:
        yield gateway.port


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


@contextlib.contextmanager
def running(*command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=debian.variables())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="module")
def nginx(recorder, tmp_path_factory):
    program = debian_program("nginx")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "conf").write_text(textwrap.dedent(f"""
        daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{
          access_log off; {places}
          server {{
            listen 127.0.0.1:{port};
            location / {{ proxy_pass http://{recorder.endpoint}; proxy_http_version 1.1; }}
          }}
        }}"""))
    with running(program, "-p", str(folder), "-c", str(folder / "conf")):
        wait_for(lambda: accepts(port), "nginx to listen")
        yield port


@pytest.fixture(scope="module")
def llhttp():
    port = free_port()
    script = """
        require('http').createServer((request, response) => {
          const pieces = [];
          request.on('data', piece => pieces.push(piece));
          request.on('end', () => response.end(JSON.stringify([request.method, request.url, Buffer.concat(pieces).toString('latin1')])));
        }).listen(+process.argv[1], '127.0.0.1')"""
    with running(npm.node_program(), "-e", script, str(port)):
        wait_for(lambda: accepts(port), "node to listen")
        yield port


def check(message, ours, theirs):
    """Nobody understands a request differently that the gateway lets through, and what all others refuse does not get through."""
    requests, well = ours
    for other, (their_requests, they_well) in theirs.items():
        pairs = list(zip(requests, their_requests))
        assert all(own == their for own, their in pairs if own), f"{message!r}: {other} reads {their_requests}, the gateway {requests}"
        assert not (well and they_well) or len(requests) == len(their_requests), f"{message!r}: {other} reads {their_requests}, the gateway {requests}"
    if requests[:1] not in ([], [None]) and not any(their_requests for their_requests, _ in theirs.values()):
        raise AssertionError(f"{message!r}: everybody else refuses it, the gateway reads {requests}")


@pytest.mark.parametrize("verdict, message", list(corpus()))
def test_requests(gateway, nginx, llhttp, verdict, message):
    ours = understood_by_ours(gateway, message)
    theirs = {"nginx": understood(nginx, message), "llhttp": understood(llhttp, message)}
    check(message, ours, theirs)
    requests, well = ours
    assert (requests[:1] not in ([], [None])) == (verdict == "takes"), requests
    if verdict == "takes":
        assert well and len(requests) == 2, requests
        assert any(well for _, well in theirs.values()), theirs
    if verdict == "refuses":
        assert not all(took and len(read) == 2 for read, took in theirs.values()), f"all others take it: {theirs}; write `strict`"


@pytest.mark.parametrize("seed", range(150))
def test_requests_with_damage(gateway, nginx, llhttp, seed):
    chance = random.Random(seed)
    messages = [message for _, message in corpus()]
    message = bytearray(chance.choice(messages))
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(message))
        match chance.randrange(4):
            case 0:
                del message[at]
            case 1:
                message[at:at] = chance.choice([b"\r", b"\n", b"\r\n", b" ", b"\t", b"\x00", b":", b",", b"0", b"5", b";", b"\xff", b"chunked", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n"])
            case 2:
                message[at] = chance.randrange(256)
            case 3:
                other = chance.choice(messages)
                message[at:] = other[chance.randrange(len(other)):]
    message = bytes(message)
    check(message, understood_by_ours(gateway, message), {"nginx": understood(nginx, message), "llhttp": understood(llhttp, message)})
