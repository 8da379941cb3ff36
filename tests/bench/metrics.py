#!/usr/bin/env python3
"""tests/bench/metrics.py MOPS [ROUNDS [ROWS [SAMPLED]]]: CPU seconds of mops metrics and of Python with scikit-learn, each a process on one core, interleaved. First
ROC AUC, log loss and F1 of ROWS rows in a .npy with named fields (the peer maps the same file), then the ROC AUC of SAMPLED rows with 1,000 bootstrap
resamples: scipy's bootstrap, and a loop over numpy's draws, both of scikit-learn's roc_auc_score; they are given 50 resamples and their time times 20.
What others need to start is taken off: theirs is the work alone. Ratios are of medians, to mops. Values are compared; nothing else is asserted."""
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile

import numpy as np

RESAMPLES = 1000
FEWER = 50

THEIR_METRICS = """
table = np.load(path, mmap_mode="r")
truth, score = table["truth"], table["score"]
begin = time.process_time()
values = {"roc_auc": metrics.roc_auc_score(truth, score), "log_loss": metrics.log_loss(truth, score), "f1": metrics.f1_score(truth, score >= 0.5)}
"""
SCIPY_BOOTSTRAP = """
from scipy.stats import bootstrap
table = np.load(path)
data = (table["truth"].copy(), table["score"].copy())
begin = time.process_time()
interval = bootstrap(data, metrics.roc_auc_score, paired=True, vectorized=False, n_resamples=%d, method="percentile", rng=np.random.default_rng(1)).confidence_interval
values = {"low": interval.low, "high": interval.high}
""" % FEWER
NUMPY_LOOP = """
table = np.load(path)
truth, score = table["truth"].copy(), table["score"].copy()
draw = np.random.default_rng(1)
begin = time.process_time()
areas = []
for _ in range(%d):
    rows = draw.integers(0, len(truth), len(truth))
    areas.append(metrics.roc_auc_score(truth[rows], score[rows]))
low, high = np.percentile(areas, [2.5, 97.5])
values = {"low": low, "high": high}
""" % FEWER


def their_work(code, times=1):
    program = f"import json, sys, time\nimport numpy as np\nfrom sklearn import metrics\npath = sys.argv[1]\n{code}\nprint(json.dumps([time.process_time() - begin, values]))"

    def work(path):
        seconds, values = json.loads(on_one_core([sys.executable, "-c", program, path])[1])
        return seconds * times, values

    return work


def our_work(mops, *words):
    def work(path):
        seconds, out = on_one_core([mops, "metrics", path, "--task", "binary-classification", "--truth", "truth", "--score", "score", *words, "--format", "json"])
        return seconds, json.loads(out)["metrics"]

    return work


def on_one_core(command):
    """CPU seconds of a process, and what it prints."""
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(["taskset", "-c", "1", *map(str, command)], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"{command[0]} failed")
        out.seek(0)
        return usage.ru_utime + usage.ru_stime, out.read()


def compare(title, works, path, rounds, check):
    seconds = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            taken, values = work(path)
            seconds[name].append(taken)
            check(name, values)
    ours = statistics.median(seconds["mops metrics"])
    print(f"\n{title:44}{'CPU s':>8}{'median':>8}{'max':>8}{'x mops':>9}")
    for name, taken in sorted(seconds.items(), key=lambda item: statistics.median(item[1])):
        print(f"{name:44}{min(taken):8.3f}{statistics.median(taken):8.3f}{max(taken):8.3f}{statistics.median(taken) / ours:9.1f}")


def write_table(path, rows):
    draw = np.random.default_rng(20261127)
    table = np.empty(rows, dtype=[("truth", "u1"), ("score", "<f8")])
    table["score"] = draw.random(rows)
    table["truth"] = draw.random(rows) < table["score"]
    np.save(path, table)
    return path


def main():
    mops = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rows = int(sys.argv[3]) if len(sys.argv) > 3 else 10_000_000
    sampled = int(sys.argv[4]) if len(sys.argv) > 4 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        path = write_table(os.path.join(folder, "scored.npy"), rows)
        words = [word for name in ("roc_auc", "log_loss", "f1") for word in ("--metric", name)]
        known = {}

        def is_same(name, values):
            for metric, value in values.items():
                value = value["value"] if isinstance(value, dict) else value
                if not math.isclose(known.setdefault(metric, value), value, rel_tol=1e-12):
                    sys.exit(f"{metric}: {name} says {value}, another {known[metric]}")

        compare(f"ROC AUC, log loss and F1 of {rows:,} rows", {"mops metrics": our_work(mops, *words), "scikit-learn": their_work(THEIR_METRICS)}, path, rounds, is_same)

        path = write_table(os.path.join(folder, "sampled.npy"), sampled)
        times = RESAMPLES // FEWER
        intervals = {}
        works = {"mops metrics": our_work(mops, "--metric", "roc_auc", "--bootstrap", RESAMPLES, "--seed", 1),
                 "scipy.stats.bootstrap": their_work(SCIPY_BOOTSTRAP, times), "loop over numpy's draws": their_work(NUMPY_LOOP, times)}
        compare(f"ROC AUC, {RESAMPLES:,} resamples of {sampled:,} rows", works, path, rounds, lambda name, values: intervals.update({name: values.get("roc_auc", values)}))
        print("\n95 % intervals: " + ", ".join(f"{name} {found['low']:.5f} to {found['high']:.5f}" for name, found in intervals.items()))


if __name__ == "__main__":
    main()
