#!/usr/bin/env python3
"""tests/bench/lifecycle.py MOPS [ROUNDS]: promote and rollback of a model whose server is a small C++ program (native_model, beside
MOPS), on a platform of its own. Prints, over ROUNDS (100) promotions and as many rollbacks,
  the time from the start of `mops rollback` to the first answer of the other version (one client asks without a pause), and how much
  of it are a start of the program (`mops --version`) and git's answer who the user is;
  how many of the requests sent at 2,000 a second by four processes, each at its time whatever became of those before, failed meanwhile.
Exit 1 when one failed. Times are not asserted: the machine is noisy."""
import contextlib
import http.client
import multiprocessing
import os
import pathlib
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from world import Traffic, World, ask_on  # noqa: E402

RATE = 2000
SENDING_PROCESSES = 4
GOAL_MS = 50


class Watcher:
    """Asks again and again, and knows when it got the first answer of a version after a moment."""

    def __init__(self, listen):
        self._listen, self._ends, self._seen = listen, threading.Event(), []
        self._thread = threading.Thread(target=self._ask)

    def _ask(self):
        with contextlib.closing(http.client.HTTPConnection(self._listen, timeout=10)) as connection:
            while not self._ends.is_set():
                status, y = ask_on(connection, 0.0)
                self._seen.append((time.perf_counter(), y if status == 200 else status))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self._thread.join()

    def first(self, y, after):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for when, value in self._seen[-5000:]:
                if value == y and when > after:
                    return when
            time.sleep(0.002)
        raise SystemExit(f"no answer {y} within 30 s: {self._seen[-3:]}")


def send(listen, rate, ends, results):
    """One of the sending processes: Python sends no more than some hundred requests a second from one."""
    with Traffic(listen, rate=rate, senders=8) as traffic:
        ends.wait()
    values = [y for _, y in traffic.answers]
    results.put((traffic.sent(), values.count(1.0), values.count(1.002), traffic.failures))


@contextlib.contextmanager
def traffic_of_processes(listen, totals):
    ends, results = multiprocessing.Event(), multiprocessing.Queue()
    processes = [multiprocessing.Process(target=send, args=(listen, RATE / SENDING_PROCESSES, ends, results)) for _ in range(SENDING_PROCESSES)]
    for process in processes:
        process.start()
    try:
        yield
    finally:
        ends.set()
        totals.extend(results.get(timeout=60) for _ in processes)
        for process in processes:
            process.join()


def percentile(values, q):
    """The smallest value that at least that share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(q * 100) * len(ordered) // 100) - 1)]


def row(name, values):
    print(f"{name:44}{min(values):8.1f}{percentile(values, 0.5):8.1f}{percentile(values, 0.99):8.1f}{max(values):8.1f}")


def prepare(world):
    world.new_repository()
    world.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    # 30 % more than is sent, and then some: the watcher asks as well.
    world.edit("mops.yaml", "rate_per_second: 400", "rate_per_second: 8000")
    for version, y in (("1.0.0", 1.0), ("1.1.0", 1.002)):
        world.set_weights(y)
        world.release(version)
    world.up()
    world.done("promote", "line@1.0.0", "-m", "first", "--no-push")


def rounds_of(world, count, on_rollback):
    for number in range(count):
        world.done("promote", "line@1.1.0", "-m", f"round {number}", "--no-push")
        begin = time.perf_counter()
        world.done("rollback", "line", "-m", f"round {number}", "--no-push")
        on_rollback(begin)


def starts(words, count):
    times = []
    for _ in range(count):
        begin = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def main():
    mops = pathlib.Path(sys.argv[1]).resolve()
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    os.environ.update(MOPS=str(mops), MOPS_BIN=str(mops.parent))
    world = World()
    try:
        prepare(world)
        first, whole = [], []

        with Watcher(world.listen) as watcher:
            def measure(begin):
                whole.append((time.perf_counter() - begin) * 1000)
                first.append((watcher.first(1.0, after=begin) - begin) * 1000)

            # An answer of the version before may still come after the command was started; only the other one may, from there on.
            rounds_of(world, count, measure)
        print(f"{f'ms over {count} rounds':44}{'min':>8}{'p50':>8}{'p99':>8}{'max':>8}")
        row("mops --version", starts([os.environ["MOPS"], "--version"], count))
        row("git config user.name", starts(["git", "config", "user.name"], count))
        row(f"rollback, to the first answer (goal {GOAL_MS})", first)
        row("rollback, to the end of the command", whole)

        begin = time.monotonic()
        totals = []
        with traffic_of_processes(world.listen, totals):
            rounds_of(world, count, lambda _: None)
        took = time.monotonic() - begin
        sent, old, new, failures = (sum((total[i] for total in totals), [] if i == 3 else 0) for i in range(4))
        print(f"{sent} requests sent in {took:.1f} s ({sent / took:.0f} a second, wanted {RATE}) through {count} promotions and {count} rollbacks: "
              f"{old} answered by 1.0.0, {new} by 1.1.0, {len(failures)} failed")
        for failure in failures[:5]:
            print(f"  {failure}")
        return 1 if failures or sent != old + new else 0
    finally:
        world.close()


if __name__ == "__main__":
    sys.exit(main())
