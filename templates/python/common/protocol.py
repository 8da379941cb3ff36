"""The Open Inference Protocol v2 over REST: a request becomes columns, columns become an answer.

The interface in `mops.yaml` is the only description of what goes in and out. What does not fit it is refused with a
status of 4xx and one sentence that names the column, what was found and what was expected.
"""

import math
from dataclasses import dataclass
from pathlib import Path

import orjson
import yaml

_INTEGERS = {f"INT{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}
_INTEGERS |= {f"UINT{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)}
_FLOATS = {"FP16", "FP32", "FP64", "BF16"}
_NOTHING = type(None)


class Refused(Exception):
    """A request that cannot be answered, and the HTTP status that says so."""

    def __init__(self, message: str, status: int = 400):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Column:
    """One tensor of the interface: a value for each row."""

    name: str
    datatype: str
    nullable: bool
    categories: frozenset

    def check(self, data: list) -> None:
        """Raises Refused unless each value of `data` is one of this column."""
        types = set(map(type, data))
        if _NOTHING in types:
            if not self.nullable:
                raise Refused(f"input `{self.name}` has null in row {data.index(None)}, expected a value (it is not nullable)")
            types.discard(_NOTHING)
        if self.datatype in _FLOATS:
            allowed = {float, int}
        elif self.datatype in _INTEGERS:
            allowed = {int}
        elif self.datatype == "BOOL":
            allowed = {bool}
        else:
            allowed = {str}
        if not types <= allowed:
            row = next(i for i, value in enumerate(data) if value is not None and type(value) not in allowed)
            raise Refused(f"input `{self.name}` has {_shown(data[row])} in row {row}, expected {self.datatype}")
        if allowed == {int}:
            low, high = _INTEGERS[self.datatype]
            for row, value in enumerate(data):
                if value is not None and not low <= value <= high:
                    raise Refused(f"input `{self.name}` has {value} in row {row}, expected {self.datatype}")
        if self.categories:
            for row, value in enumerate(data):
                if value is not None and value not in self.categories:
                    expected = ", ".join(sorted(self.categories)[:20])
                    raise Refused(f"input `{self.name}` has {_shown(value)} in row {row}, expected one of: {expected}")


@dataclass(frozen=True)
class Request:
    """`columns`: the values of each input, by name, all of the same length `rows`. `outputs`: the names that were asked for."""

    id: str | None
    columns: dict
    rows: int
    outputs: tuple


class Interface:
    """Inputs and outputs of `mops.yaml`, and the name under which the model is served."""

    def __init__(self, manifest: dict):
        interface = manifest["interface"]
        self.model = manifest["serving"].get("model", manifest["name"])
        self.inputs = {tensor["name"]: _column(tensor) for tensor in interface["inputs"]}
        self.outputs = {tensor["name"]: tensor["datatype"] for tensor in interface["outputs"]}
        self.metadata = {
            "name": self.model,
            "versions": [],
            "platform": manifest["environment"]["name"],
            "inputs": [_described(tensor) for tensor in interface["inputs"]],
            "outputs": [_described(tensor) for tensor in interface["outputs"]],
        }

    @staticmethod
    def read(path: Path) -> "Interface":
        with open(path, encoding="utf-8") as file:
            return Interface(yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def decode(self, body: bytes) -> Request:
        try:
            request = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise Refused(f"the body is not JSON: {error}") from None
        if not isinstance(request, dict):
            raise Refused("the body is not a JSON object, expected one with `inputs`")
        id = request.get("id")
        if id is not None and not isinstance(id, str):
            raise Refused(f"`id` is {_shown(id)}, expected text")
        tensors = request.get("inputs")
        if not isinstance(tensors, list):
            raise Refused("`inputs` is missing or not a list, expected a list of tensors")
        columns: dict = {}
        rows = None
        for tensor in tensors:
            name, length = self._decode_tensor(tensor, columns)
            if rows is None:
                rows, first = length, name
            elif length != rows:
                raise Refused(f"input `{name}` has {length} rows, expected {rows} as in `{first}`")
        missing = [name for name, column in self.inputs.items() if not column.nullable and name not in columns]
        if missing:
            raise Refused("missing input: " + ", ".join(f"`{name}`" for name in missing))
        if not rows:
            raise Refused("the batch is empty, expected at least one row")
        # Clients of the version before a nullable input came do not send it.
        for name in self.inputs:
            columns.setdefault(name, [None] * rows)
        return Request(id, columns, rows, self._asked(request.get("outputs")))

    def encode(self, request: Request, answer: dict) -> bytes:
        """`answer`: a list of `request.rows` values for each output."""
        outputs = []
        for name in request.outputs:
            datatype, data = self.outputs[name], answer[name]
            if datatype in _FLOATS and not all(map(math.isfinite, data)):
                row = next(i for i, value in enumerate(data) if not math.isfinite(value))
                raise Refused(f"output `{name}` is not finite in row {row}: its inputs are too large", 422)
            outputs.append({"name": name, "shape": [request.rows], "datatype": datatype, "data": data})
        body = {"model_name": self.model, "outputs": outputs}
        if request.id is not None:
            body["id"] = request.id
        return orjson.dumps(body)

    def _decode_tensor(self, tensor, columns: dict) -> tuple:
        if not isinstance(tensor, dict) or not isinstance(tensor.get("name"), str):
            raise Refused("a tensor of `inputs` has no name, expected an object with name, shape, datatype and data")
        name = tensor["name"]
        column = self.inputs.get(name)
        if column is None:
            raise Refused(f"unknown input {_shown(name)}, expected: " + ", ".join(f"`{known}`" for known in self.inputs))
        if name in columns:
            raise Refused(f"input `{name}` is given twice")
        if tensor.get("datatype") != column.datatype:
            raise Refused(f"input `{name}` has datatype {_shown(tensor.get('datatype'))}, expected {column.datatype}")
        data = tensor.get("data")
        if not isinstance(data, list):
            raise Refused(f"input `{name}` has no list `data`")
        if tensor.get("shape") != [len(data)] or type(tensor["shape"][0]) is not int:
            raise Refused(f"input `{name}` has shape {_shown(tensor.get('shape'))}, expected [{len(data)}]: the length of its data")
        column.check(data)
        columns[name] = data
        return name, len(data)

    def _asked(self, outputs) -> tuple:
        if outputs is None or outputs == []:
            return tuple(self.outputs)
        if not isinstance(outputs, list) or not all(isinstance(output, dict) for output in outputs):
            raise Refused("`outputs` is not a list of objects with a name")
        names = tuple(output.get("name") for output in outputs)
        for name in names:
            if not isinstance(name, str) or name not in self.outputs:
                raise Refused(f"unknown output {_shown(name)}, expected: " + ", ".join(f"`{known}`" for known in self.outputs))
        return names


def _column(tensor: dict) -> Column:
    if tensor.get("shape", [-1]) != [-1]:
        raise ValueError(f"input `{tensor['name']}` has shape {tensor['shape']}; this server takes one value a row, [-1]")
    return Column(
        name=tensor["name"],
        datatype=tensor["datatype"],
        nullable=tensor.get("nullable", False),
        categories=frozenset(tensor.get("categories", ())),
    )


def _described(tensor: dict) -> dict:
    return {"name": tensor["name"], "datatype": tensor["datatype"], "shape": tensor.get("shape", [-1])}


def _shown(value) -> str:
    text = orjson.dumps(value).decode(errors="replace")
    return "`" + (text if len(text) <= 60 else text[:57] + "...") + "`"
