"""The rule artifact/pickle against what Python, NumPy and joblib write, and against files that are no pickles."""
import bz2
import collections
import datetime
import decimal
import gzip
import io
import json
import lzma
import pathlib
import pickle
import pickletools
import random
import struct
import zipfile
import zlib

import joblib
import numpy
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

PROTOCOLS = range(6)


class Point:
    def __init__(self, x):
        self.x = x


def random_object(rng, depth=0):
    leaf = [lambda: rng.randrange(-2**70, 2**70), rng.random, lambda: "wört" * rng.randrange(4), lambda: rng.randbytes(rng.randrange(300)), lambda: None, lambda: True]
    tree = [lambda: [random_object(rng, depth + 1) for _ in range(rng.randrange(5))],
            lambda: {str(i): random_object(rng, depth + 1) for i in range(rng.randrange(5))},
            lambda: Point(random_object(rng, depth + 1)),
            lambda: numpy.array([rng.random() for _ in range(rng.randrange(1, 9))]),
            lambda: datetime.datetime(2026, 1, 1) + datetime.timedelta(days=rng.randrange(300)),
            lambda: collections.OrderedDict(a=random_object(rng, depth + 1)),
            lambda: decimal.Decimal(rng.randrange(100))]
    return rng.choice(tree if depth == 0 else leaf if depth > 2 else tree + leaf)()


def pickled():
    """Name → bytes of files that run code when they are loaded."""
    rng = random.Random(4)
    files = {}
    model = LogisticRegression().fit(numpy.arange(8).reshape(-1, 1), [0, 0, 0, 0, 1, 1, 1, 1])
    for protocol in PROTOCOLS:
        for number in range(40):
            files[f"random-{protocol}-{number}.bin"] = pickle.dumps(random_object(rng), protocol)
        for name, value in {"model": model, "scaler": StandardScaler(), "function": json.dumps, "class": Point, "set": {1, 2}, "tuple": (1, "a"), "empty": {}}.items():
            files[f"{name}-{protocol}.sav"] = pickle.dumps(value, protocol)
        files[f"optimised-{protocol}.bin"] = pickletools.optimize(pickle.dumps(model, protocol))
    large = io.BytesIO()
    pickle.Pickler(large, 5).dump([bytes(70_000), model])
    files["frames.bin"] = large.getvalue()
    for name in ("model.joblib", "model.pkl"):
        for compress in (0, 3, ("gzip", 3), ("bz2", 3), ("lzma", 3), ("xz", 3)):
            written = io.BytesIO()
            joblib.dump(model, written, compress=compress)
            files[f"{compress[0] if isinstance(compress, tuple) else compress}/{name}"] = written.getvalue()
    plain = pickle.dumps(model)
    files |= {"a.pkl.gz": gzip.compress(plain), "a.pkl.bz2": bz2.compress(plain), "a.pickle.xz": lzma.compress(plain), "a.pkl.z": zlib.compress(plain)}
    array = io.BytesIO()
    numpy.save(array, numpy.array([Point(1), None], dtype=object), allow_pickle=True)
    files["objects.npy"] = array.getvalue()
    record = io.BytesIO()
    numpy.save(record, numpy.array([(1, "a")], dtype=[("number", "i4"), ("value", object)]), allow_pickle=True)
    files["records.npy"] = record.getvalue()
    torch = io.BytesIO()
    with zipfile.ZipFile(torch, "w") as archive:  # as torch.save lays it out
        archive.writestr("archive/data.pkl", plain)
        archive.writestr("archive/data/0", bytes(16))
    files["weights.pt"] = torch.getvalue()
    return files


def harmless():
    """Name → bytes of files that hold data only, some of them named to mislead."""
    rng = random.Random(5)
    files = {"weights.json": json.dumps({"a": [1.5, -2]}).encode(), "list.json": b"[1, 2, 3]\n", "number.json": b"1\n", "empty.pkl": b"", "note.pkl": b"moved to the lake\n"}
    array = io.BytesIO()
    numpy.save(array, numpy.arange(6.0))
    files["array.npy"] = array.getvalue()
    arrays = io.BytesIO()
    numpy.savez(arrays, weights=numpy.arange(6.0), bias=numpy.zeros(2))
    files["arrays.npz"] = arrays.getvalue()
    header = json.dumps({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    for padding in [*range(130), *range(0x200, 0x600, 3)]:  # a safetensors file begins with the size of its header: 0x80, or 0x0480 as pickles do
        padded = header + b" " * padding
        files[f"padded-{padding}.safetensors"] = struct.pack("<Q", len(padded)) + padded + bytes(4)
    files["table.parquet"] = b"PAR1" + rng.randbytes(200) + b"PAR1"
    files["model.onnx"] = b"\x08\x0a\x12\x07pytorch\x1a\x052.1.0" + rng.randbytes(100)
    files["model.gguf"] = b"GGUF\x03\x00\x00\x00" + bytes(16)
    files["data.csv.gz"] = gzip.compress(b"a,b\n1,2\n")
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<a/>")
    files["table.xlsx"] = sheet.getvalue()
    words = ["(deep) learning", "copy", "c", "(list of", "import os", "Nothing.", "(lp0", "cos\nsystem", "I", "S", "the end.", "(dp is a heading", "a.b.c", "\n", "\n\n", "1.", "."]
    for number in range(400):
        files[f"text-{number}.txt"] = " ".join(rng.choice(words) for _ in range(rng.randrange(1, 12))).encode()
        files[f"noise-{number}.bin"] = bytes([rng.randrange(128)]) + rng.randbytes(rng.randrange(1, 60))
    files["prose.md"] = "café (dp) was founded.\nIt ends with a full stop.\n".encode()
    files["script.py"] = b"class A:\n  pass\n# copy_reg.\n"
    return files


@pytest.fixture
def found(fresh):
    def check(files):
        folder = fresh.repository / "given"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        answer = fresh.mops("check", "--format", "json")
        return {str(pathlib.PurePosixPath(finding["location"]["path"]).relative_to("given")): finding["message"] for finding in json.loads(answer.out)["findings"]
                if finding["rule"] == "artifact/pickle"}
    return check


def test_every_pickle_is_found(found):
    files = pickled()
    told = found(files)
    assert sorted(set(files) - set(told)) == []
    for name, message in told.items():
        opcodes = files[name][:2]
        if opcodes[:1] == b"\x80":
            assert f"(protocol {opcodes[1]})" in message, name


def is_pickle(content):
    """Whether Python reads the bytes as a pickle, opcode by opcode and with its stack, without running it."""
    try:
        pickletools.dis(content, io.StringIO())
    except Exception:  # noqa: BLE001: whatever it raises, it does not read it
        return False
    return True


def test_nothing_else_is(found):
    files = harmless()
    assert [name for name, content in files.items() if is_pickle(content) and not name.startswith(("text-", "noise-"))] == []
    told = found(files)
    assert {name: message for name, message in told.items() if not is_pickle(files[name])} == {}


def test_damaged_pickles_that_still_run_code_are_found(found):
    rng = random.Random(6)
    whole = [pickle.dumps(random_object(rng), protocol) for protocol in (0, 1) for _ in range(60)]
    whole = [content for content in whole if len(content) < 400]
    files = {}
    for number in range(4000):
        content = bytearray(rng.choice(whole))
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(content))
            kind = rng.randrange(3)
            if kind == 0:
                content[at] = rng.choice(b"()]}.acdeghijlopqrstu012IKNSVX\x80\x85\n")
            elif kind == 1:
                del content[at:at + rng.randrange(1, 4)]
            else:
                content[at:at] = rng.choice([b"0", b"2", b"(", b"N", b"I1\n", b"K\x01", b"]", b"t", b"."])
            content = content or bytearray(b".")
        files[f"damaged-{number}"] = bytes(content)
    running = {name for name, content in files.items() if runs_code(content)}
    assert 100 < len(running) < len(files) - 100
    told = found(files)
    assert sorted(running - set(told)) == []


class Watched(pickle._Unpickler):  # in Python: the one in C takes 16 GiB for a damaged number of its memo
    """Python's own reader, with harmless classes in the place of all others."""
    calls = 0

    def find_class(self, module, name):
        watched = self
        if not all(word.isidentifier() for word in f"{module}.{name}".split(".")):
            raise ImportError(module)

        class Stub(dict):
            def __new__(cls, *_, **__):
                watched.calls += 1
                return super().__new__(cls)

            def __init__(self, *_, **__):
                super().__init__()

        return Stub


def runs_code(content):
    reader = Watched(io.BytesIO(content))
    try:
        reader.load()
    except Exception:  # noqa: BLE001: damaged; what was called before counts
        pass
    return reader.calls > 0


def test_the_loading_of_a_file_is_never_tried(found, tmp_path):
    class Bomb:
        def __reduce__(self):
            return (pathlib.Path.touch, (tmp_path / "ran",))

    told = found({f"bomb-{protocol}": pickle.dumps(Bomb(), protocol) for protocol in PROTOCOLS})
    assert len(told) == len(PROTOCOLS)
    assert not (tmp_path / "ran").exists()
