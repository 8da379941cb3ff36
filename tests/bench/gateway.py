#!/usr/bin/env python3
"""tests/bench/gateway.py MOPS [ROUNDS]: `mops gateway` beside nginx and haproxy of Debian and a relay that reads nothing (the floor), in
rounds in which each has its turn.
  All with histograms, and some requests written to the decision log, as a platform does.
  Throughput: the proxy alone on core 0, wrk with 32 connections and the upstream on core 1, POST of 145 bytes, answer of 200. CPU a
  request of the proxy (user and system, all its processes), and requests a second.
  Latency: one request in flight, everything on core 0; what the proxy adds to asking the upstream directly.
  Memory: a gateway of 1,000 models of 3 versions each, and the same throughput through it.
Prints medians over ROUNDS (5), ratios, and whether each goal was met; exit code 1 if one was not. Run it on a quiet machine."""
import contextlib
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import debian  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
BUILT = HERE.parents[1] / "build" / "bench-peers"
BODY = '{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP64","data":[1.5,2.25,3.125,4.0]}],"parameters":{"note":"a body of one hundred forty-five bytes"}}'[:145]
PATH = "/v2/models/m/infer"
# (what, of which two, at most): the table of the issue.
GOALS = [("CPU", "nginx", 0.95), ("CPU", "relay", 1.35), ("p50", "nginx", 1.0), ("p99", "nginx", 1.0)]


def compile_program(name):
    BUILT.mkdir(parents=True, exist_ok=True)
    program = BUILT / name
    subprocess.run(["c++", "-std=c++20", "-O2", "-o", program, HERE / f"{name}.cpp"], check=True)
    return program


def pinned(core, words):
    return ["taskset", "-c", str(core), *map(str, words)]


class Process:
    """A program on one core, with those it starts."""

    def __init__(self, core, words, **options):
        self._process = subprocess.Popen(pinned(core, words), stdout=subprocess.PIPE, text=True, **options)
        self.pid = self._process.pid

    def first_line(self):
        return self._process.stdout.readline().strip()

    def _tree(self):
        pids = [self.pid]
        for pid in pids:
            with contextlib.suppress(FileNotFoundError):
                pids += map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return pids

    def move_to(self, core):
        for pid in self._tree():
            subprocess.run(["taskset", "-a", "-c", "-p", str(core), str(pid)], check=True, stdout=subprocess.DEVNULL)

    def cpu(self):
        """Seconds, of all threads."""
        return sum(int(file.read_text().split()[0]) for pid in self._tree() for file in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9

    def memory(self):
        """MiB of its own."""
        return sum(int(re.search(r"Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text())[1]) for pid in self._tree()) / 1024

    def end(self):
        self._process.terminate()
        self._process.wait()


def wrk(core, port, connections, seconds, path=PATH):
    script = BUILT / "post.lua"
    script.write_text(f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = [[{BODY}]]\n"
                      "done = function(summary, latency)\n"
                      "  local e = summary.errors\n"
                      "  io.write(string.format('=%d %d %d %.1f %.1f\\n', summary.requests, summary.duration, e.connect + e.read + e.write + e.status + e.timeout,\n"
                      "           latency:percentile(50), latency:percentile(99)))\nend\n")
    out = subprocess.run(pinned(core, [debian.program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}", "-s", script, f"http://127.0.0.1:{port}{path}"]),
                         check=True, capture_output=True, text=True, env=debian.variables()).stdout
    requests, microseconds, errors, p50, p99 = re.search(r"^=(\d+) (\d+) (\d+) ([\d.]+) ([\d.]+)$", out, re.MULTILINE).groups()
    if int(errors) > 0:
        raise SystemExit(f"port {port}: {errors} errors\n{out}")
    return int(requests), int(microseconds) / 1e6, float(p50), float(p99)


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_it_answers(port):
    import http.client
    end = time.monotonic() + 10
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("POST", PATH, BODY)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise SystemExit(f"nothing answers on port {port}")
        time.sleep(0.02)


def start_nginx(folder, upstream):
    port, file = free_port(), folder / "nginx.conf"
    file.write_text(f"""worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;
events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  keepalive_requests 100000000;
  upstream u {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Request-Id $request_id; }} }} }}
""")
    return Process(0, [debian.program("nginx"), "-c", file, "-e", folder / "nginx-error.log", "-p", folder], env=debian.variables()), port


def start_haproxy(folder, upstream):
    port, file = free_port(), folder / "haproxy.cfg"
    file.write_text(f"""global
  nbthread 1
defaults
  mode http
  timeout connect 2s
  timeout client 75s
  timeout server 60s
  http-reuse always
frontend f
  bind 127.0.0.1:{port}
  unique-id-format %{{+X}}o%ci%cp%ts%rt
  unique-id-header X-Request-Id
  default_backend b
backend b
  server s 127.0.0.1:{upstream}
""")
    return Process(0, [debian.program("haproxy"), "-q", "-f", file], env=debian.variables()), port


def start_relay(program, upstream):
    relay = Process(0, [program, upstream])
    return relay, int(relay.first_line())


def routes(port, upstream, models):
    columns = "{{inputs: [{{name: x, datatype: FP64, shape: [-1, 4]}}], outputs: [{{name: y, datatype: FP64}}]}}"
    version = "{{version: {v}, endpoints: ['127.0.0.1:" + str(upstream) + "'], interface: " + columns + "}}"
    text = f"format: routes/v1\nlisten: 127.0.0.1:{port}\nrecord: {{folder: record-{port}}}\nmodels:\n"
    for model in models:
        text += (f"  - model: {model}\n    primary: {version.format(v='1.1.0')}\n    standby: {version.format(v='1.0.0')}\n"
                 f"    candidates: [{version.format(v='1.2.0')}]\n")
    return text


def start_mops(mops, folder, upstream, name="m", models=("m",)):
    port, file = free_port(), folder / f"routes-{name}.yaml"
    file.write_text(routes(port, upstream, models))
    return Process(0, [mops, "gateway", file], stderr=subprocess.DEVNULL), port


class Figures:
    def __init__(self):
        self.cpu, self.rate, self.p50, self.p99 = [], [], [], []


def measure(rounds, subjects, upstream, upstream_port):
    """By name: figures of each; `subjects` by name: process and port."""
    figures = {name: Figures() for name in ["direct", *subjects]}
    for _ in range(rounds):
        upstream.move_to(1)
        for name, (process, port) in subjects.items():
            wrk(1, port, 32, 1)
            before = process.cpu()
            requests, seconds, _, _ = wrk(1, port, 32, 2)
            figures[name].cpu.append((process.cpu() - before) / requests * 1e6)
            figures[name].rate.append(requests / seconds)
        upstream.move_to(0)
        for name, port in [("direct", upstream_port), *((name, port) for name, (_, port) in subjects.items())]:
            _, _, p50, p99 = wrk(0, port, 1, 1)
            figures[name].p50.append(p50)
            figures[name].p99.append(p99)
    return figures


def report(figures):
    median = statistics.median
    direct = figures["direct"]
    print(f"{'':14}{'CPU us a request':>18}{'requests/s':>12}{'p50 us':>9}{'p99 us':>9}{'added p50':>11}{'added p99':>11}")
    for name, f in figures.items():
        cpu = f"{min(f.cpu):6.1f} {median(f.cpu):5.1f} {max(f.cpu):5.1f}" if f.cpu else ""
        rate = f"{median(f.rate):.0f}" if f.rate else ""
        print(f"{name:14}{cpu:>18}{rate:>12}{median(f.p50):9.1f}{median(f.p99):9.1f}{median(f.p50) - median(direct.p50):11.1f}{median(f.p99) - median(direct.p99):11.1f}")


def met(text, value, limit):
    print(f"{'met   ' if value <= limit else 'MISSED'} {text}: {value:.2f} (goal <= {limit})")
    return value <= limit


def main():
    mops = pathlib.Path(sys.argv[1]).resolve()
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    upstream_program, relay_program = compile_program("small_upstream"), compile_program("raw_relay")
    with tempfile.TemporaryDirectory(prefix="mops-bench-") as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        upstream = Process(1, [upstream_program])
        stack.callback(upstream.end)
        port = int(upstream.first_line())
        subjects = {"relay": start_relay(relay_program, port)}
        if debian.program("nginx"):
            subjects["nginx"] = start_nginx(folder, port)
        if debian.program("haproxy"):
            subjects["haproxy"] = start_haproxy(folder, port)
        subjects["mops"] = start_mops(mops, folder, port)
        subjects["mops 1000 x 3"] = start_mops(mops, folder, port, "many", ["m", *(f"model-{i}" for i in range(999))])
        for process, own_port in subjects.values():
            stack.callback(process.end)
            wait_until_it_answers(own_port)
        figures = measure(rounds, subjects, upstream, port)
        report(figures)
        values = {"CPU": lambda name: statistics.median(figures[name].cpu), "p50": lambda name: statistics.median(figures[name].p50),
                  "p99": lambda name: statistics.median(figures[name].p99)}
        results = [met(f"{what} x {peer}", values[what]("mops") / values[what](peer), limit) for what, peer, limit in GOALS if peer in subjects]
        results.append(met("CPU of 1,000 models x 3 versions, x one model", values["CPU"]("mops 1000 x 3") / values["CPU"]("mops"), 1.1))
        results.append(met("MiB of 1,000 models x 3 versions", subjects["mops 1000 x 3"][0].memory(), 60))
        return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
