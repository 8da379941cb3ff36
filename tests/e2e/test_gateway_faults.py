"""What goes wrong on either side of a gateway: servers that close, lie, stall and send nonsense, clients that crawl, leave and come
by the thousand. The clients are wrk, curl, http.client and plain sockets."""
import collections
import concurrent.futures
import contextlib
import hashlib
import http.client
import pathlib
import random
import re
import resource
import socket
import subprocess
import threading
import time

import pytest

from debian_programs import debian, debian_program
from gateways import Gateway, Upstream, version
from world import wait_for

MIB = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class PlainServer:
    """Calls `serve(connection, requests)` for each connection, in a thread of its own; `requests` yields what comes, one whole
    request after the other, as (request id, body)."""

    def __init__(self, serve):
        self._serve, self.seen = serve, []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._open = set()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._accept)

    def _accept(self):
        while not self._ends.is_set():
            with contextlib.suppress(OSError):
                connection, _ = self._socket.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.add(connection)
                threading.Thread(target=self._run, args=(connection,), daemon=True).start()

    def _run(self, connection):
        with connection, contextlib.suppress(OSError):
            self._serve(connection, self._requests(connection))
        self._open.discard(connection)

    def _requests(self, connection):
        waiting = b""
        while True:
            while b"\r\n\r\n" not in waiting:
                more = connection.recv(65536)
                if not more:
                    return
                waiting += more
            head, _, waiting = waiting.partition(b"\r\n\r\n")
            length = int((re.search(rb"(?i)content-length: (\d+)", head) or [0, 0])[1])
            while len(waiting) < length:
                more = connection.recv(65536)
                if not more:
                    return
                waiting += more
            body, waiting = waiting[:length], waiting[length:]
            request = re.search(rb"(?i)x-request-id: (\S+)", head)[1].decode()
            self.seen.append(request)
            yield request, body

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def between(serve, **file):
    """A gateway in front of one such server."""
    with PlainServer(serve) as server, Gateway({"primary": version("1.0.0", server)}, **file) as gateway:
        yield server, gateway


def wrk(*words):
    return subprocess.run([debian_program("wrk"), *words], capture_output=True, text=True, check=True, env=debian.variables()).stdout


def series(gateway, name, labels='model="m",version="1.0.0"'):
    return gateway.metrics().get(f"{name}{{{labels}}}", 0)


def raw(gateway, request):
    """Sends these bytes, and reads until the end of the connection."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def take_ok(connection):
    answer = b""
    while not answer.endswith(b"\r\n\r\nok"):
        more = connection.recv(4096)
        assert more, answer
        answer += more
    assert answer.startswith(b"HTTP/1.1 200 "), answer


def post(body=b"{}", extra=b""):
    return b"POST /v2/models/m/infer HTTP/1.1\r\nHost: a\r\n" + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def assert_serves(gateway):
    assert gateway.ask()[::2] == (200, b"ok")


def assert_nothing_in_flight(gateway):
    wait_for(lambda: series(gateway, "mops_requests_in_flight") == 0, "all requests to end")


# Servers

@pytest.mark.parametrize("moment", ["soon after an answer", "when a request is there", "before it is read"])
def test_kept_connections_that_close_at_the_worst_moment(moment):
    """No request arrives twice, whatever the gateway could not know; and those that arrived nowhere are sent again."""
    chance = random.Random(7)

    def serve(connection, requests):
        for count, _ in enumerate(requests):
            if moment == "when a request is there" and count == 2:
                return
            connection.sendall(OK)
            if moment == "soon after an answer":
                time.sleep(chance.random() * 0.002)  # the time that is under test: between nothing and two round trips
                return
            if moment == "before it is read" and count == 2:
                connection.recv(1, socket.MSG_PEEK)
                return

    with between(serve) as (server, gateway):
        def send(sender):
            with gateway.connection() as connection:
                return [(f"{sender}-{i}", gateway.ask(headers={"X-Request-Id": f"{sender}-{i}"}, connection=connection)[0]) for i in range(100)]
        with concurrent.futures.ThreadPoolExecutor(4) as senders:
            answers = [answer for part in senders.map(send, range(4)) for answer in part]
        statuses = collections.Counter(status for _, status in answers)
        arrived = collections.Counter(server.seen)
        assert max(arrived.values()) == 1, arrived.most_common(3)
        assert set(statuses) <= {200, 502} and statuses[200] >= 100, statuses
        assert {request for request, status in answers if status == 200} <= set(arrived)
        assert series(gateway, "mops_requests_failed_total") == statuses[502]
        assert series(gateway, "mops_requests_total", 'model="m",version="1.0.0",code="200"') == statuses[200]
        assert_nothing_in_flight(gateway)


def test_a_server_that_says_that_it_closes_loses_nothing():
    def serve(connection, requests):
        for count, _ in enumerate(requests):
            connection.sendall(OK if count < 3 else OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            if count == 3:
                return

    with between(serve) as (_, gateway):
        out = wrk("-t1", "-c8", "-d2s", f"http://{gateway.address}/v2/models/m/infer")
        assert "Socket errors" not in out and "Non-2xx" not in out, out
        assert series(gateway, "mops_requests_failed_total") == 0


ANSWERS = {
    "500": (b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops", 500),
    "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 502),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", 502),
    "two lengths": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!", 502),
    "length and chunks": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 502),
    "a head without end": (b"HTTP/1.1 200 OK\r\n" + b"X: %s\r\n" % (b"x" * 900) * 100, 502),
    "another protocol at our wish": (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", 502),
    "nothing": (b"", 502),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", 502),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_what_a_server_answers(name):
    answer, status = ANSWERS[name]

    def serve(connection, requests):
        for _ in requests:
            connection.sendall(answer)
            if status == 502:
                return

    with between(serve) as (server, gateway):
        with gateway.connection() as connection:
            for _ in range(3):
                assert gateway.ask(connection=connection)[0] == status
        assert len(server.seen) == 3
        assert series(gateway, "mops_requests_failed_total") == 3
        assert_nothing_in_flight(gateway)


TORN = {
    "shorter than it says": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok",
    "chunks without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n",
    "damaged chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n",
    "a chunk longer than its size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokay\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", TORN)
def test_an_answer_that_is_not_whole_is_not_taken_for_one(name):
    with between(lambda connection, requests: next(requests) and connection.sendall(TORN[name])) as (_, gateway):
        with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
            gateway.ask()
        curl = subprocess.run(["curl", "-s", "-d", "{}", f"http://{gateway.address}/v2/models/m/infer"], capture_output=True)
        assert curl.returncode in (18, 56), curl  # a partial file, or reset
        assert_nothing_in_flight(gateway)


def test_a_second_answer_reaches_nobody():
    """Were it kept, the next client on the connection would get it."""
    evil = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"

    def serve(connection, requests):
        for _ in requests:
            connection.sendall(OK + evil)

    with between(serve) as (_, gateway), gateway.connection() as connection:
        assert [gateway.ask(connection=connection)[2] for _ in range(50)] == [b"ok"] * 50


def test_interim_answers_are_not_the_answer():
    def serve(connection, requests):
        for _ in requests:
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK)

    with between(serve) as (_, gateway), gateway.connection() as connection:
        for _ in range(3):
            assert gateway.ask(connection=connection)[::2] == (200, b"ok")


@pytest.mark.parametrize("sends", [b"", b"HTTP/1.1 200 OK\r\nContent-Le"], ids=["nothing", "half a head"])
def test_a_server_that_never_answers(sends):
    def serve(connection, requests):
        for _ in requests:
            connection.sendall(sends)

    with between(serve, limits={"answer_seconds": 0.3}) as (server, gateway):
        begin = time.monotonic()
        assert gateway.ask()[0] == 504
        assert 0.3 <= time.monotonic() - begin < 5
        assert len(server.seen) == 1
        assert series(gateway, "mops_requests_total", 'model="m",version="1.0.0",code="504"') == 1


def test_a_port_where_nobody_listens():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with Gateway({"primary": version("1.0.0", f"127.0.0.1:{bound.getsockname()[1]}")}) as gateway:
            assert gateway.ask()[0] == 502
    with Upstream("ok") as one, socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with Gateway({"primary": version("1.0.0", f"127.0.0.1:{bound.getsockname()[1]}", one)}) as gateway:
            for _ in range(10):
                assert_serves(gateway)


# Clients

def test_clients_that_send_a_byte_at_a_time():
    with Upstream("ok") as one, Gateway({"primary": version("1.0.0", one)}, limits={"head_seconds": 0.5, "body_seconds": 0.5}) as gateway:
        slow = {}
        for i in range(200):
            connection = socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
            connection.sendall(post(b"x" * 1000)[:(20, 200)[i % 2]])
            slow[connection] = time.monotonic()
        answers = []
        while slow:
            assert_serves(gateway)
            for connection, begin in list(slow.items()):
                with contextlib.suppress(OSError):
                    connection.send(b"x")
                connection.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    answers.append(connection.recv(65536)[:12])
                    connection.close()
                    del slow[connection]
                assert time.monotonic() - begin < 15
        assert set(answers) == {b"HTTP/1.1 408"}
        assert one.seen and all(request["body"] == b"{}" for request in one.seen)
        wait_for(lambda: gateway.metrics()["mops_client_connections"] == 1, "the slow clients to be let go")


def test_a_client_that_reads_nothing():
    whole = b"x" * (50 * MIB)
    with Upstream(behave=lambda handler, body: handler.answer(200, whole if body == b"much" else b"ok")) as one:
        with Gateway({"primary": version("1.0.0", one)}, limits={"answer_seconds": 1}) as gateway:
            assert_serves(gateway)
            before = gateway.memory()
            stuck = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(20)]
            for connection in stuck:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.sendall(post(b"much"))
            wait_for(lambda: series(gateway, "mops_requests_in_flight") == 20, "the answers to be under way")
            while series(gateway, "mops_requests_in_flight") > 0:
                assert_serves(gateway)
                assert gateway.memory() < before + 8
            # They, not the version, failed.
            assert series(gateway, "mops_requests_total", 'model="m",version="1.0.0",code="499"') == 20
            assert series(gateway, "mops_requests_failed_total") == 0
            for connection in stuck:
                connection.close()


def test_two_thousand_idle_connections():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        with Upstream("ok") as one, Gateway({"primary": version("1.0.0", one)}) as gateway, contextlib.ExitStack() as stack:
            assert_serves(gateway)
            before = gateway.memory()
            idle = [stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=20)) for _ in range(2000)]
            for connection in idle[::2]:
                connection.sendall(post())
                take_ok(connection)
            wait_for(lambda: gateway.metrics()["mops_client_connections"] >= 2000, "all connections")
            assert gateway.memory() < before + 12
            assert_serves(gateway)
            for connection in idle:
                connection.sendall(post())
            for connection in idle:
                take_ok(connection)
            assert gateway.memory() < before + 24
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "in chunks"])
def test_a_hundred_megabytes_each_way(tmp_path, chunked):
    file = tmp_path / "body"
    file.write_bytes(random.Random(1).randbytes(MIB) * 100)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    digests = []

    def echo(handler, body):
        digests.append(hashlib.sha256(body).hexdigest())
        if not chunked:
            return handler.answer(200, body)
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for i in range(0, len(body), 1_000_003):
            piece = body[i:i + 1_000_003]
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        handler.wfile.write(b"0\r\n\r\n")

    with Upstream(behave=echo) as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        gateway.ask(body=b"warm")
        before = gateway.memory()
        curl = subprocess.Popen(["curl", "-s", "-S", "-X", "POST", "-H", "Expect:", *(["-H", "Transfer-Encoding: chunked"] if chunked else []), "-T", file, "-o",
                                 tmp_path / "answer", "-w", "%{http_code}", f"http://{gateway.address}/v2/models/m/infer"], stdout=subprocess.PIPE, text=True)
        most = before
        while curl.poll() is None:
            most = max(most, gateway.memory())
            time.sleep(0.01)
        assert curl.stdout.read() == "200"
        assert most < before + 8
        assert digests[1:] == [digest]
        assert hashlib.sha256((tmp_path / "answer").read_bytes()).hexdigest() == digest
        assert gateway.metrics()["mops_streamed_requests_total"] == 1


def test_file_descriptors_run_out():
    class Poor(Gateway):
        @staticmethod
        def before_start():
            resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))

    with Upstream("ok") as one, Poor({"primary": version("1.0.0", one)}) as gateway, gateway.connection() as kept:
        assert gateway.ask(connection=kept)[0] == 200
        with contextlib.ExitStack() as stack:
            surplus = [stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=20)) for _ in range(100)]
            closed = 0
            for connection in surplus[60:]:
                with contextlib.suppress(ConnectionResetError):
                    assert connection.recv(1) == b""
                closed += 1
            assert closed == 40
            # The connection that was there works on, and the loop does not spin over those that it cannot take.
            ticks = cpu_ticks(gateway)
            begin = time.monotonic()
            while time.monotonic() < begin + 0.5:
                assert gateway.ask(connection=kept)[0] == 200
                time.sleep(0.05)
            assert cpu_ticks(gateway) - ticks < 20
        wait_for(lambda: answers(gateway), "new connections to be served again")


def cpu_ticks(gateway):
    fields = pathlib.Path(f"/proc/{gateway.process.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def answers(gateway):
    with contextlib.suppress(OSError, http.client.HTTPException):
        return gateway.ask()[0] == 200
    return False


def test_clients_that_leave_in_the_middle():
    release = threading.Event()

    def behave(handler, body):
        if body == b"wait":
            release.wait(20)
        handler.answer(200, b"x" * 20 * MIB if body == b"much" else b"ok")

    with Upstream(behave=behave) as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        assert_serves(gateway)
        descriptors = lambda: len(list(pathlib.Path(f"/proc/{gateway.process.pid}/fd").iterdir()))
        before = descriptors()
        for request in (post()[:10], post(b"x" * 100)[:-50], post(b"x" * MIB)[:-50], post(b"wait"), post(b"much")):
            for _ in range(10):
                seen = len(one.seen)
                with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as connection:
                    connection.sendall(request)
                    if request.endswith(b"wait"):
                        wait_for(lambda: len(one.seen) > seen, "the request to arrive")
                    if request.endswith(b"much"):
                        connection.recv(100)
        assert_nothing_in_flight(gateway)
        assert series(gateway, "mops_requests_total", 'model="m",version="1.0.0",code="499"') == 30
        assert series(gateway, "mops_requests_failed_total") == 0
        release.set()
        assert_serves(gateway)
        wait_for(lambda: descriptors() <= before + 1, "the descriptors to be given back")


def test_requests_that_do_not_wait_are_answered_in_order():
    with Upstream(behave=lambda handler, body: handler.answer(200, b"<" + body + b">")) as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        requests = b"".join(post(b"%d" % i) for i in range(50)) + post(b"end", b"Connection: close\r\n")
        assert re.findall(rb"<(\w+)>", raw(gateway, requests)) == [b"%d" % i for i in range(50)] + [b"end"]
        assert [request["body"] for request in one.seen] == [b"%d" % i for i in range(50)] + [b"end"]


def load_of_wrk(url, folder):
    script = folder / "post.lua"
    script.write_text('wrk.method = "POST"\nwrk.body = string.rep("x", 145)\n')
    out = wrk("-t1", "-c32", "-d2s", "-s", script, url)
    assert "Socket errors" not in out and "Non-2xx" not in out, out


def load_of_hey(url, _):
    out = subprocess.run([debian_program("hey"), "-n", "500", "-c", "20", "-m", "POST", "-d", "{}", url], capture_output=True, text=True, check=True).stdout
    assert re.search(r"\[200\]\s+500 responses", out), out


@pytest.mark.parametrize("send", [load_of_wrk, load_of_hey])
def test_load_of_clients_that_others_wrote(tmp_path, send):
    with Upstream("ok") as one, Gateway({"primary": version("1.0.0", one)}) as gateway:
        send(f"http://{gateway.address}/v2/models/m/infer", tmp_path)
        # wrk leaves with requests under way.
        assert_nothing_in_flight(gateway)
        counted = sum(value for name, value in gateway.metrics().items() if name.startswith("mops_requests_total{"))
        assert counted == len(one.seen)
        assert series(gateway, "mops_requests_failed_total") == 0
