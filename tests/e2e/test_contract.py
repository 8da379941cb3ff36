"""What a certificate says of a model that breaks one promise of the contract, each with a real server that does."""
import json

import pytest


@pytest.fixture
def strict(fresh):
    """The straight line with everything declared that can be; not yet committed."""
    fresh.edit("mops.yaml", "duration_seconds: 1, warmup_seconds: 0.2", "duration_seconds: 0.3, warmup_seconds: 0.1")
    fresh.edit("mops.yaml", "{name: y, datatype: FP64, shape: [-1], description: The height of the line there.}",
               "{name: y, datatype: FP64, shape: [-1], range: [-5000, 5000], description: The height of the line there.}\n"
               "    - {name: side, datatype: BYTES, shape: [-1], categories: [left, right], description: Of zero.}")
    fresh.edit("mops.yaml", "command: [./server", "command: [./server, --with-side")
    return fresh


def certify(world, broken=None, level="prototype"):
    if broken:
        world.edit("mops.yaml", "--with-side", f"--with-side, --break, {broken}")
    world.edit("mops.yaml", "level: prototype", f"level: {level}")
    world.commit()
    answer = world.mops("certify", "--format", "json")
    world.assert_nothing_left()
    return answer, json.loads(answer.out)


def lines(certified):
    return {check["name"]: check for check in certified["checks"]}


def test_a_model_that_keeps_the_contract(strict):
    answer, certified = certify(strict, level="production")
    assert (answer.code, certified["verdict"], certified["reason"]) == (0, "PASSED", ""), answer
    contract = {name: check["n"] for name, check in lines(certified).items() if name.startswith("contract/")}
    assert contract == {"contract/outputs": 200, "contract/metadata": 3, "contract/batch": 32, "contract/missing-values": 2, "contract/empty-batches": 2,
                        "contract/wrong-types": 3, "contract/unknown-columns": 1, "contract/extreme-values": 2, "contract/broken-bodies": 11,
                        "contract/huge-bodies": 1, "contract/recovery": 1}


@pytest.mark.parametrize(("broken", "check", "words"), [
    ("metadata", "contract/metadata", "GET /v2/models/line: input `x`: found datatype `FP32`, expected `FP64`"),
    ("error-500", "contract/missing-values", "a missing value in input `x`: answered 500, expected 4xx"),
    ("hang", "contract/unknown-columns", "an additional input `mops_unknown_column`: no answer within 10 s, expected 4xx"),
    ("crash", "contract/missing-values", "a missing value in input `x`: the connection ended without an answer, and it answers nothing since, expected 4xx"),
    ("batch", "contract/batch", "are answered otherwise in a batch of 32 than alone"),
    ("range", "contract/outputs", "row 101: output `y`: expected at most 5000"),
    ("category", "contract/outputs", "row 101: output `side`: expected `left` or `right`"),
    ("random", "answers/repeatable", "rows are answered otherwise than certified"),
])
def test_a_broken_promise_is_the_reason(strict, broken, check, words):
    answer, certified = certify(strict, broken)
    assert (answer.code, certified["verdict"]) == (1, "FAILED"), answer
    line = lines(certified)[check]
    assert (line["verdict"], words in line["note"]) == ("FAILED", True), (line["note"], words)
    if broken != "random":
        assert certified["reason"].startswith(f"{check}: {line['note']}"), certified["reason"]
    assert certified["certificate"].startswith("evidence/")


@pytest.mark.parametrize(("broken", "words"), [
    ("unknown", "an additional input `mops_unknown_column`: answered 200, expected 4xx"),
    ("plain-errors", "a missing value in input `x`: answered 400 without a readable `error`"),
])
def test_lenience_warns_a_prototype_and_fails_at_production(strict, broken, words):
    answer, certified = certify(strict, broken)
    assert (answer.code, certified["verdict"], words in certified["reason"]) == (0, "WARNED", True), answer
    strict.done("notes", "draft", "1.0.0", "-m", "with a warning")
    strict.commit()
    strict.done("release", "1.0.0")
    strict.edit("mops.yaml", "level: prototype", "level: production")
    strict.commit()
    answer = strict.mops("certify")
    assert (answer.code, answer.out.splitlines()[0].startswith("FAILED: contract/"), words in answer.out.splitlines()[0]) == (1, True, True), answer


def test_production_stage_takes_no_warned_certificate(strict):
    certify(strict, "unknown")
    # Level is no part of the payload: the same certificate, now of a production model.
    strict.edit("mops.yaml", "level: prototype", "level: production")
    strict.commit()
    strict.done("notes", "draft", "1.0.0", "-m", "with a warning")
    strict.commit()
    strict.done("release", "1.0.0")
    strict.state.mkdir(exist_ok=True)
    (strict.state / "stages.yaml").write_text('format: stages/v1\nstages:\n  - {name: prod, level: production, listen: "127.0.0.1:0"}\n')
    strict.up()
    strict.refused(1, "stage `prod` is of level `production`, and the certificate of payload", "promote", "line@1.0.0", "--to", "prod", "-m", "first")
