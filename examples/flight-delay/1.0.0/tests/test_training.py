import csv
import hashlib
import json

import pytest
import yaml
from conftest import ROOT

from data import HOLDOUT, split
from train import WEIGHTS, train


def test_training_reproduces_the_weights():
    shipped = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    trained = train()
    assert trained.keys() == shipped.keys()
    for part in shipped:
        assert trained[part] == pytest.approx(shipped[part], rel=1e-6), part


def test_lock_names_the_weights():
    lock = yaml.safe_load((ROOT / "mops.lock").read_text(encoding="utf-8"))
    content = WEIGHTS.read_bytes()
    assert lock == {
        "format": "lock/v1",
        "artifacts": [
            {
                "path": WEIGHTS.relative_to(ROOT).as_posix(),
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
        ],
    }


def test_holdout_is_the_split_that_training_leaves_out():
    header, _, rows = split()
    with open(ROOT / HOLDOUT, newline="", encoding="utf-8") as file:
        found = list(csv.reader(file))
    assert found == [header, *[["" if value is None else str(value) for value in row] for row in rows]]


def test_manifest_names_the_holdout():
    manifest = yaml.safe_load((ROOT / "mops.yaml").read_text(encoding="utf-8"))
    digests = {dataset["path"]: dataset["sha256"] for dataset in manifest["datasets"]}
    assert digests[HOLDOUT] == hashlib.sha256((ROOT / HOLDOUT).read_bytes()).hexdigest()
