#!/usr/bin/env python3
"""tests/bench/startup.py MOPS: wall time of whole processes, interleaved in one run: `mops --version`, `mops check` of a fresh
model repository, `mops payload --digest`, beside `git --version`. Prints minimum and median of 60 runs, and the ratio of
medians to git's. Nothing is asserted: the machine is noisy."""
import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 60


def wall(command, folder):
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1000


def main():
    mops = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "bench"), ("EMAIL", "bench@example.com"))}
        os.environ.update(identity)
        subprocess.run([mops, "new", "churn", "--language", "python", "--task", "regression"], cwd=folder, check=True, capture_output=True)
        commands = {
            "git --version": ["git", "--version"],
            "mops --version": [mops, "--version"],
            "mops check": [mops, "check"],
            "mops payload --digest": [mops, "payload", "--digest"],
        }
        times = {name: [] for name in commands}
        for _ in range(RUNS + 3):
            for name, command in commands.items():
                times[name].append(wall(command, os.path.join(folder, "churn")))
        base = statistics.median(times["git --version"][3:])
        print(f"{'wall ms':24}{'min':>8}{'median':>8}{'x git':>8}")
        for name, values in times.items():
            values = values[3:]
            print(f"{name:24}{min(values):8.2f}{statistics.median(values):8.2f}{statistics.median(values) / base:8.2f}")


if __name__ == "__main__":
    main()
