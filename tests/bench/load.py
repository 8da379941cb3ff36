#!/usr/bin/env python3
"""tests/bench/load.py MOPS [ROUNDS [SECONDS]]: CPU microseconds a request of mops load and of others, interleaved, on a small server that is
pinned to one core while the clients have the other. First the closed loop (32 connections, small POST) beside the floor, a bare loop
of epoll that parses nothing; then the open loop at 2,000 a second. Ratios are of medians, to wrk and to wrk2. Nothing is asserted."""
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import peers

HERE = pathlib.Path(__file__).resolve().parent
BODY = '{"inputs":[{"name":"x","shape":[1,1],"datatype":"FP64","data":[0.5]}]}'
RATE = 2000


def epoll_client():
    program = peers.FOLDER / "epoll_client"
    if not program.exists():
        peers.FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["g++", "-O2", "-std=c++20", HERE / "epoll_client.cpp", "-o", program], check=True)
    return program


def wrk2():
    folder = peers.FOLDER / "wrk2"
    if not folder.exists() and subprocess.run(["git", "clone", "--quiet", "https://github.com/giltene/wrk2", folder], capture_output=True).returncode != 0:
        print("skipped: wrk2 (github.com cannot be reached)")
        return None
    if not (folder / "wrk").exists():
        subprocess.run(["make", "-C", folder], capture_output=True)
    return folder / "wrk" if (folder / "wrk").exists() else None


def number(pattern, group=1):
    return lambda out: int(re.search(pattern, out)[group])


def programs(mops, folder, url, port, seconds):
    """Two dicts, closed and open loop: name → (command, how to read the number of answers from what it prints)."""
    (folder / "body.json").write_text(BODY)
    (folder / "post.lua").write_text(f"wrk.method = 'POST'\nwrk.headers['Content-Type'] = 'application/json'\nwrk.body = '{BODY}'\n")
    (folder / "targets").write_text(f"POST {url}\nContent-Type: application/json\n@{folder}/body.json\n")
    ours = [mops, "load", url, "--body", folder / "body.json", "--duration", f"{seconds}s", "--format", "json"]
    closed = {"epoll loop (floor)": ([epoll_client(), port, seconds], number(r"(\d+)")),
              "mops load": ([*ours, "--connections", 32], lambda out: json.loads(out)["requests"])}
    opened = {"mops load": ([*ours, "--rate", RATE], lambda out: json.loads(out)["requests"])}
    if wrk := shutil.which("wrk"):
        closed["wrk"] = ([wrk, "-t1", "-c32", f"-d{seconds}s", "-s", folder / "post.lua", url], number(r"(\d+) requests in"))
    else:
        print("skipped: wrk (apt-get install wrk)")
    if program := wrk2():
        words = [program, "-t1", "-c32", f"-d{seconds}s", "-s", folder / "post.lua"]
        closed["wrk2"] = ([*words, "-R", 1_000_000, url], number(r"(\d+) requests in"))
        opened["wrk2"] = ([*words, "-R", RATE, url], number(r"(\d+) requests in"))
    if hey := peers.go("github.com/rakyll/hey", "hey", "v0.1.5"):
        words = [hey, "-z", f"{seconds}s", "-c", 32, "-cpus", 1, "-m", "POST", "-T", "application/json", "-D", folder / "body.json"]
        closed["hey"] = ([*words, url], number(r"\[200\]\s+(\d+)"))
        opened["hey"] = ([*words, "-q", RATE / 32, url], number(r"\[200\]\s+(\d+)"))
    if vegeta := peers.go("github.com/tsenart/vegeta/v12", "vegeta", "v12.13.0"):
        words = [vegeta, "-cpus", 1, "attack", "-targets", folder / "targets", f"-duration={seconds}s", "-output", folder / "results"]

        def answers(_):
            report = subprocess.run([vegeta, "report", "-type=json", folder / "results"], check=True, capture_output=True, text=True).stdout
            return json.loads(report)["status_codes"]["200"]

        closed["vegeta"] = ([*words, "-rate=0", "-max-workers=32"], answers)
        opened["vegeta"] = ([*words, f"-rate={RATE}"], answers)
    if oha := shutil.which("oha"):
        words = [oha, "--no-tui", "--output-format", "json", "-z", f"{seconds}s", "-c", 32, "-m", "POST", "-T", "application/json", "-D", folder / "body.json"]
        closed["oha"] = ([*words, url], number(r'"200": (\d+)'))
        opened["oha"] = ([*words, "-q", RATE, "--latency-correction", url], number(r'"200": (\d+)'))
    else:
        print("skipped: oha (cargo install oha)")
    return closed, opened


def run(command, read):
    """CPU microseconds a request, and requests a second, of a client on the second core."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(["taskset", "-c", "1", *map(str, command)], stdout=out, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
        out.seek(0)
        requests = read(out.read())
    return 1e6 * (usage.ru_utime + usage.ru_stime) / requests, requests / seconds


def compare(title, commands, rounds, base):
    results = {name: [] for name in commands}
    for _ in range(rounds):
        for name, (command, read) in commands.items():
            results[name].append(run(command, read))
    median = {name: statistics.median(cpu for cpu, _ in values) for name, values in results.items()}
    print(f"\n{title:24}{'CPU µs':>8}{'median':>8}{'max':>8}{f'x {base}':>10}{'requests/s':>12}")
    for name, values in sorted(results.items(), key=lambda item: median[item[0]]):
        cpu = sorted(cpu for cpu, _ in values)
        ratio = f"{median[name] / median[base]:10.2f}" if base in median else f"{'-':>10}"
        print(f"{name:24}{cpu[0]:8.2f}{median[name]:8.2f}{cpu[-1]:8.2f}{ratio}{statistics.median(rate for _, rate in values):12.0f}")


def main():
    mops = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    seconds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(["taskset", "-c", "0", os.path.join(os.path.dirname(mops), "load_server")], stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline())
            closed, opened = programs(mops, pathlib.Path(folder), f"http://127.0.0.1:{port}/v2/models/m/infer", port, seconds)
            compare("closed loop, 32 at once", closed, rounds, "wrk")
            compare(f"open loop, {RATE}/s", opened, rounds, "wrk2")
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
