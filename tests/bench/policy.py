#!/usr/bin/env python3
"""tests/bench/policy.py MOPS [FILES]: checking documents, ours and the peers interleaved in one run: one manifest in a process of its
own, FILES (10,000) manifests at once, and the hook on a commit of three files. Prints wall and CPU time, memory, and the ratio of
medians to ours. Peers are installed below build/bench-peers. Needs PyYAML. Nothing is asserted: the machine is noisy."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import peers  # noqa: E402
import usage  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[2]
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "bench"), ("EMAIL", "bench@example.com"))}


def manifest(number):
    """About 67 lines, as people write them."""
    columns = "".join(
        f"    - name: column_{number % 7}_{i}\n      datatype: {'FP64' if i % 2 else 'INT64'}\n      shape: [-1]\n      range: [0, {10 * i + number % 13 + 1}]\n"
        f"      nullable: false\n      sensitivity: {'personal' if i % 3 else 'none'}\n" for i in range(5))
    return f"""# Model {number}
format: mops/v1
name: model-{number}
owner:
  team: team-{number % 50}
  contact: "team-{number % 50}@example.com"
description: "Predicts what number {number} does, from five columns."
level: {'production' if number % 3 else 'prototype'}
task: {'regression' if number % 2 else 'binary-classification'}
environment: {{name: python-3, lock: requirements.lock}}

interface:
  inputs:
{columns}  outputs:
    - {{name: y, datatype: FP64, shape: [-1], description: What is predicted}}

serving:
  command: [python, serve.py, --port, "{{port}}"]
  startup_timeout_seconds: {30 + number % 60}
  variables: {{OMP_NUM_THREADS: "1"}}

datasets:
  - name: holdout
    role: holdout
    path: data/holdout-{number}.csv
    sha256: {'c0ffee' + format(number, '058x')}

certification:
  dataset: holdout
  target: y
  prediction: y
  metrics:
    {'mean_absolute_error' if number % 2 else 'log_loss'}: {{max: {number % 90 + 1}.5}}
  load: {{rate_per_second: 100, duration_seconds: 10, warmup_seconds: 1, rows_per_request: 1}}
  latency: {{p50_ms: 30, p99_ms: 250}}
  errors: {{max_share: 0}}
"""


def measured(command, folder):
    code, *taken = usage.of(command, folder)
    if code != 0:
        raise SystemExit(f"{command[:4]} ended with {code}")
    return taken


def table(title, rounds, commands, folder, unit=1.0):
    """`commands`: by name, how many of the files it is given, and the command. The first one is ours."""
    runs = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, (_, command) in commands.items():
            runs[name].append(measured(command, folder))
    first = next(iter(commands))
    print(f"\n{title}\n{'':28}{'files':>7}{'min':>9}{'median':>9}{'CPU':>9}{'MiB':>7}{'x ours':>8}")

    def median(name, part):
        return statistics.median(run[part] for run in runs[name][1:])

    for name, (count, _) in commands.items():
        ratio = (median(name, 0) / count) / (median(first, 0) / commands[first][0])
        print(f"{name:28}{count:7}{min(run[0] for run in runs[name][1:]) * unit:9.2f}{median(name, 0) * unit:9.2f}{median(name, 1) * unit:9.2f}"
              f"{max(run[2] for run in runs[name]):7.0f}{ratio:8.2f}", flush=True)


def write_documents(folder, count):
    documents = {"yaml": [], "json": []}
    for number in range(count):
        text = manifest(number)
        for kind, content in (("yaml", text), ("json", None)):
            path = folder / kind / f"{number // 100:03}" / f"model-{number}.{kind}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content if content is not None else json.dumps(yaml.load(text, yaml.CSafeLoader), indent=2))
            documents[kind].append(path)
    return documents


def answers(command, folder):
    return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def without_look_around(schema):
    if isinstance(schema, list):
        return [without_look_around(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without_look_around(value) for key, value in schema.items() if key != "pattern" or "(?" not in value}


def write_schemas(folder, schema):
    """For each program the one that it can read."""
    paths = {True: folder / "manifest.schema.json", False: folder / "manifest-without-look-around.schema.json"}
    paths[True].write_text(json.dumps(schema))
    paths[False].write_text(json.dumps(without_look_around(schema)))
    return lambda program: paths[program["looks_around"]]


def agreeing(programs, schema_for, documents, folder):
    """Those peers that accept a good manifest and refuse a bad one; the others would be measured at something else."""
    usable = {}
    for name, program in programs.items():
        kind = program["reads"]
        good = documents[kind][0]
        bad = folder / f"bad.{kind}"
        bad.write_text(good.read_text().replace("holdout.csv", "x").replace("regression", "regresion").replace("binary-classification", "binary"))
        if answers(program["words"](schema_for(program), [good]), folder) and not answers(program["words"](schema_for(program), [bad]), folder):
            usable[name] = program
        else:
            print(f"skipped: {name} (does not tell a good manifest from a bad one)")
    return usable


def hook(mops, folder):
    environment = os.environ | IDENTITY
    subprocess.run([mops, "new", "churn", "--language", "python", "--task", "regression"], cwd=folder, env=environment, check=True, capture_output=True)
    repository = folder / "churn"
    for name in ("mops.yaml", "README.md", "train.py"):
        path = repository / name
        path.write_text(path.read_text() + "\n")
    subprocess.run(["git", "add", "--all"], cwd=repository, env=environment, check=True)
    commands = {"mops check": (1, [mops, "check"]), "mops check --format concise": (1, [mops, "check", "--format", "concise"]), "git --version": (1, ["git", "--version"]),
                "git status": (1, ["git", "status", "--porcelain"])}
    table("hook on a commit of 3 files, ms", 30, commands, repository, 1000)


def main():
    mops = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        documents = write_documents(folder, count)
        schema_for = write_schemas(folder, yaml.safe_load((SOURCE / "schemas/manifest-v1.yaml").read_text()))
        ours = [mops, "schema", "validate", "--schema", str(SOURCE / "schemas/manifest-v1.yaml")]
        programs = agreeing(peers.programs(), schema_for, documents, folder)
        print(f"manifests: {count} of {manifest(0).count(chr(10))} lines")

        commands = {"mops schema validate": (1, [*ours, str(documents["yaml"][0])])}
        commands |= {f"{name} ({program['reads']})": (1, program["words"](schema_for(program), documents[program["reads"]][:1])) for name, program in programs.items()}
        table("one manifest, whole process, ms", 20, commands, folder, 1000)

        commands = {"mops schema validate": (count, [*ours, str(folder / "yaml")]), "mops, of JSON": (count, [*ours, str(folder / "json")]),
                    "cat (reading alone)": (count, ["cat", *map(str, documents["yaml"])])}
        for name, program in programs.items():
            files = documents[program["reads"]][:program["most"]]
            commands[f"{name} ({program['reads']})"] = (len(files), program["words"](schema_for(program), files))
        table("many manifests, seconds", 5, commands, folder)
        hook(mops, folder)


if __name__ == "__main__":
    main()
