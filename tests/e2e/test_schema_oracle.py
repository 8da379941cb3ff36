"""Random schemas and instances: `mops schema validate` accepts what the Python package jsonschema accepts. Where the two differ, a
third engine (jsonschema-rs) decides who is wrong; MOPS_TEST_ROUNDS makes more of them."""
import json
import os
import pathlib
import random
import subprocess

import jsonschema
import jsonschema_rs
import pytest
import yaml

import schemas

ROUNDS = int(os.environ.get("MOPS_TEST_ROUNDS", "100"))
INSTANCES = 40


def refused_by_mops(folder, schema, instances):
    """The indices of what mops refuses; every other instance is written as YAML."""
    (folder / "schema.json").write_text(json.dumps(schema))
    documents = folder / "documents"
    documents.mkdir()
    for i, instance in enumerate(instances):
        is_yaml = i % 2 == 1
        text = yaml.safe_dump(instance, allow_unicode=True, default_flow_style=i % 4 == 1) if is_yaml else json.dumps(instance, ensure_ascii=False)
        (documents / f"{i:04}.{'yaml' if is_yaml else 'json'}").write_text(text)
    result = subprocess.run([os.environ["MOPS"], "schema", "validate", "--schema", folder / "schema.json", "--format", "json", documents], capture_output=True, text=True)
    assert result.returncode in (0, 1), (schema, result.stdout, result.stderr)
    report = json.loads(result.stdout)
    assert report["summary"]["documents"] == len(instances)
    found = {int(pathlib.Path(finding["location"]["path"]).stem) for finding in report["findings"]}
    assert result.returncode == (1 if found else 0)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_random_schemas(tmp_path, seed):
    chance = random.Random(seed)
    accepted = refused = 0
    wrong = []
    for number in range(ROUNDS):
        schema = schemas.Maker(chance).make()
        instances = [schemas.instance(chance) for _ in range(INSTANCES)]
        folder = tmp_path / str(number)
        folder.mkdir()
        found = refused_by_mops(folder, schema, instances)
        oracle = jsonschema.Draft202012Validator(schema)
        second = jsonschema_rs.Draft202012Validator(schema)
        for i, instance in enumerate(instances):
            accepted += i not in found
            refused += i in found
            if oracle.is_valid(instance) == (i in found) and second.is_valid(instance) == (i in found):
                wrong.append((schema, instance, "refused" if i in found else "accepted"))
    assert wrong == []
    # Neither answer is so rare that the comparison would say nothing.
    assert min(accepted, refused) > (accepted + refused) / 10
