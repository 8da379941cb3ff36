import json

import pytest

from protocol import Interface, Refused

INTERFACE = Interface(
    {
        "name": "demo",
        "environment": {"name": "python-3"},
        "serving": {"model": "demo"},
        "interface": {
            "inputs": [
                {"name": "size", "datatype": "FP64", "shape": [-1], "nullable": True},
                {"name": "count", "datatype": "INT8", "shape": [-1]},
                {"name": "kind", "datatype": "BYTES", "shape": [-1], "categories": ["a", "b"]},
            ],
            "outputs": [{"name": "score", "datatype": "FP64", "shape": [-1]}, {"name": "label", "datatype": "INT64", "shape": [-1]}],
        },
    }
)


def body(change=lambda request: None, size=(1.5, None), count=(1, 2), kind=("a", "b")) -> bytes:
    columns = [("size", "FP64", size), ("count", "INT8", count), ("kind", "BYTES", kind)]
    request = {
        "inputs": [{"name": name, "shape": [len(data)], "datatype": datatype, "data": list(data)} for name, datatype, data in columns]
    }
    change(request)
    return json.dumps(request).encode()


def changed(index: int, **fields) -> bytes:
    return body(lambda request: request["inputs"][index].update(fields))


def test_request_becomes_columns():
    request = INTERFACE.decode(body(lambda request: request.update(id="x", outputs=[{"name": "label"}])))
    assert request.id == "x"
    assert request.rows == 2
    assert request.columns == {"size": [1.5, None], "count": [1, 2], "kind": ["a", "b"]}
    assert request.outputs == ("label",)


def test_nullable_input_may_be_left_out():
    request = INTERFACE.decode(body(lambda request: request["inputs"].pop(0)))
    assert request.columns == {"size": [None, None], "count": [1, 2], "kind": ["a", "b"]}


def test_answer_has_what_was_asked_for():
    answer = {"score": [0.25, 0.1], "label": [0, 1]}
    everything = json.loads(INTERFACE.encode(INTERFACE.decode(body()), answer))
    assert everything == {
        "model_name": "demo",
        "outputs": [
            {"name": "score", "shape": [2], "datatype": "FP64", "data": [0.25, 0.1]},
            {"name": "label", "shape": [2], "datatype": "INT64", "data": [0, 1]},
        ],
    }
    one = INTERFACE.decode(body(lambda request: request.update(id="x", outputs=[{"name": "label"}])))
    assert json.loads(INTERFACE.encode(one, answer)) == {
        "model_name": "demo",
        "id": "x",
        "outputs": [{"name": "label", "shape": [2], "datatype": "INT64", "data": [0, 1]}],
    }


def test_answer_that_is_not_finite_is_refused():
    with pytest.raises(Refused) as refused:
        INTERFACE.encode(INTERFACE.decode(body()), {"score": [0.25, float("inf")], "label": [0, 1]})
    assert str(refused.value) == "output `score` is not finite in row 1: its inputs are too large"
    assert refused.value.status == 422


@pytest.mark.parametrize(
    ("request_body", "message"),
    [
        (b"{", "the body is not JSON: "),
        (b"", "the body is not JSON: "),
        (b"\xff\xfe", "the body is not JSON: "),
        (b"[" * 100_000, "the body is not JSON: "),
        (b'{"inputs": [NaN]}', "the body is not JSON: "),
        (b"[]", "the body is not a JSON object, expected one with `inputs`"),
        (b"{}", "`inputs` is missing or not a list, expected a list of tensors"),
        (b'{"inputs": []}', "missing input: `count`, `kind`"),
        (b'{"inputs": [1]}', "a tensor of `inputs` has no name, expected an object with name, shape, datatype and data"),
        (b'{"id": 7, "inputs": []}', "`id` is `7`, expected text"),
        (body(lambda request: request["inputs"].pop()), "missing input: `kind`"),
        (body(lambda request: request["inputs"].append(request["inputs"][0])), "input `size` is given twice"),
        (changed(0, name="sise"), 'unknown input `"sise"`, expected: `size`, `count`, `kind`'),
        (changed(0, datatype="FP32"), 'input `size` has datatype `"FP32"`, expected FP64'),
        (changed(0, datatype=None), "input `size` has datatype `null`, expected FP64"),
        (changed(0, data=None), "input `size` has no list `data`"),
        (changed(0, shape=[3]), "input `size` has shape `[3]`, expected [2]: the length of its data"),
        (changed(0, shape=[-1]), "input `size` has shape `[-1]`, expected [2]: the length of its data"),
        (changed(0, shape=[2.0]), "input `size` has shape `[2.0]`, expected [2]: the length of its data"),
        (changed(0, shape=[2, 1]), "input `size` has shape `[2,1]`, expected [2]: the length of its data"),
        (changed(0, shape=None), "input `size` has shape `null`, expected [2]: the length of its data"),
        (changed(0, data=[[1], [2]]), "input `size` has `[1]` in row 0, expected FP64"),
        (body(size=(1, "x")), 'input `size` has `"x"` in row 1, expected FP64'),
        (body(size=(True, 1)), "input `size` has `true` in row 0, expected FP64"),
        (body(count=(1, 1.5)), "input `count` has `1.5` in row 1, expected INT8"),
        (body(count=(1, 128)), "input `count` has 128 in row 1, expected INT8"),
        (body(count=(1, None)), "input `count` has null in row 1, expected a value (it is not nullable)"),
        (body(kind=("a", "c")), 'input `kind` has `"c"` in row 1, expected one of: a, b'),
        (body(kind=("a", 1)), "input `kind` has `1` in row 1, expected BYTES"),
        (body(count=(1,)), "input `count` has 1 rows, expected 2 as in `size`"),
        (body(size=(), count=(), kind=()), "the batch is empty, expected at least one row"),
        (body(lambda request: request.update(outputs=[{"name": "x"}])), 'unknown output `"x"`, expected: `score`, `label`'),
        (body(lambda request: request.update(outputs=[{}])), "unknown output `null`, expected: `score`, `label`"),
        (body(lambda request: request.update(outputs="score")), "`outputs` is not a list of objects with a name"),
    ],
)
def test_what_does_not_fit_the_interface_is_refused(request_body, message):
    with pytest.raises(Refused) as refused:
        INTERFACE.decode(request_body)
    assert refused.value.status == 400
    if message.endswith("JSON: "):
        assert str(refused.value).startswith(message)
    else:
        assert str(refused.value) == message


def test_interface_that_this_server_cannot_serve():
    with pytest.raises(ValueError, match="takes one value a row"):
        Interface(
            {
                "name": "demo",
                "environment": {"name": "python-3"},
                "serving": {},
                "interface": {"inputs": [{"name": "image", "datatype": "FP64", "shape": [-1, 28]}], "outputs": []},
            }
        )
