"""A gateway of its own (`mops gateway`), and model servers that do what a test says."""
import contextlib
import http.client
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import traceback

from world import wait_for


class Upstream:
    """Answers each request with its name, or does what `behave(handler, body)` says. Remembers what it was asked."""

    def __init__(self, name="one", behave=None):
        self.name, self.seen, self.mistakes = name, [], []
        upstream = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An answer goes out in two writes; without this the second one waits for the client's delayed acknowledgement.
            disable_nagle_algorithm = True

            def answer(self, status, body, kind="text/plain"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _any(self):
                body = self._body()
                upstream.seen.append({"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body})
                (behave or (lambda handler, _: handler.answer(200, upstream.name.encode())))(self, body)

            def _body(self):
                if self.headers.get("Transfer-Encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                chunks = []
                while size := self._chunk_size():
                    chunks.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(chunks)

            def _chunk_size(self):
                line = self.rfile.readline()
                if not line:
                    raise ConnectionAbortedError("the other side left within a body")
                return int(line.split(b";")[0], 16)

            do_GET = do_POST = do_HEAD = do_PUT = _any

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1024

            def handle_error(self, *_):
                # Clients that leave are part of the tests; what else goes wrong is a mistake of a test's own.
                if not isinstance(sys.exc_info()[1], ConnectionError):
                    upstream.mistakes.append(traceback.format_exc())

        self._server = Server(("127.0.0.1", 0), Handler)
        self.endpoint = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        assert self.mistakes == [], self.mistakes[0]


def version(number, *endpoints):
    return {"version": number, "endpoints": [getattr(endpoint, "endpoint", endpoint) for endpoint in endpoints]}


def closed(connection):
    with connection:
        connection.settimeout(5)
        try:
            return connection.recv(1) == b""
        except ConnectionResetError:
            return True


class Gateway:
    """A running `mops gateway` of the model `m`; `routes` are the keys of its entry, `file` further keys of the file."""

    def __init__(self, routes, **file):
        self._folder = tempfile.TemporaryDirectory(prefix="mops-gateway-")
        self.folder = pathlib.Path(self._folder.name)
        self.file = self.folder / "routes.json"
        self._top = {"format": "routes/v1", "listen": "127.0.0.1:0", **file}
        self.write(routes)
        self.log = self.folder / "log"

    def write(self, routes):
        fresh = self.folder / "fresh.json"
        fresh.write_text(json.dumps(self._top | {"models": [{"model": "m", **routes}]}))
        fresh.rename(self.file)

    def __enter__(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen([os.environ["MOPS"], "gateway", self.file, "--drain-seconds", "10"], stdout=subprocess.DEVNULL, stderr=log,
                                            preexec_fn=getattr(self, "before_start", None))
        address = wait_for(lambda: self.process.poll() is not None or re.search(r"on https?://([\d.]+:\d+)\n", self.log.read_text()), "the gateway to listen")
        assert address is not True, self.log.read_text()
        self.address = address[1]
        self.port = int(self.address.rpartition(":")[2])
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        self._folder.cleanup()
        if kind is None:
            assert code == 0, f"the gateway ended with {code}"

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def swap(self, routes):
        before = self.log.read_text().count("took over")
        self.write(routes)
        wait_for(lambda: self.log.read_text().count("took over") > before, "the routes to be taken over")

    @contextlib.contextmanager
    def connection(self):
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=20)) as connection:
            yield connection

    def curl(self, *words):
        """What curl prints; with `-w` what it is told to."""
        return subprocess.run(["curl", "-sS", "--max-time", "20", *map(str, words)], capture_output=True, text=True)

    def ask(self, path="/v2/models/m/infer", body=b"{}", method="POST", headers=None, connection=None):
        """(status, headers, body)"""
        if connection is None:
            with self.connection() as connection:
                return self.ask(path, body, method, headers, connection)
        headers = headers or {}
        connection.request(method, path, body, headers, encode_chunked="Transfer-Encoding" in headers)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()

    def metrics(self, connection=None):
        """Prometheus' series by their names with labels."""
        text = self.ask("/metrics", None, "GET", connection=connection)[2].decode()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}

    def cpu_seconds(self):
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def open_connections(self, context):
        """Of clients, with the one that asks, by TLS."""
        with contextlib.closing(http.client.HTTPSConnection(self.address, context=context)) as connection:
            return self.metrics(connection)["mops_client_connections"]

    def memory(self):
        """Resident MiB."""
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024
