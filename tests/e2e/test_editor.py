"""Generated files name their schemas, and the language server that editors run completes and checks with them as one types."""
import json
import re

import jsonschema
import pytest

from language_server import LanguageServer

HEADER = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


@pytest.fixture
def model(empty):
    empty.done("new", "churn", "--language", "python", "--task", "binary-classification", "--in", "models", cwd=empty.root)
    return empty.root / "models" / "churn"


def with_header(model):
    return [path for path in sorted(model.rglob("*")) if path.is_file() and ".git" not in path.parts and HEADER.match(path.read_text(errors="replace"))]


def test_generated_files_name_schemas_that_are_there_and_that_git_ignores(model, empty):
    named = {path.relative_to(model).as_posix(): (path.parent / HEADER.match(path.read_text())[1]).resolve() for path in with_header(model)}
    assert set(named) == {"mops.yaml", "mops.lock", "release-notes/0.1.0.yaml"}
    for schema in named.values():
        jsonschema.Draft202012Validator.check_schema(json.loads(schema.read_text()))
        assert schema.parent == model / ".mops" / "schemas"
    empty.repository = model
    assert ".mops" not in empty.git("status", "--short", "--untracked-files=all") + empty.git("ls-files")
    assert ".mops" not in empty.done("payload", "--work-tree").out


def test_export_brings_back_what_new_wrote(model, empty):
    folder = model / ".mops" / "schemas"
    written = {path.name: path.read_text() for path in folder.iterdir()}
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    empty.done("schema", "export", cwd=model)
    assert {path.name: path.read_text() for path in folder.iterdir()} == written
    for name, text in written.items():
        assert empty.done("schema", "show", name.removesuffix(".json"), cwd=model).out == text


def test_the_editor_has_nothing_to_say_about_a_fresh_model(model):
    with LanguageServer(model) as server:
        for path in with_header(model):
            assert server.open(path) == [], path


# A slip in a file, and where it is seen.
SLIPS = [
    ("mops.yaml", "task: binary-classification", "task: binary"),
    ("mops.yaml", "\nlevel: ", "\nlevle: "),
    ("mops.yaml", "startup_timeout_seconds: 60", "startup_timeout_seconds: soon"),
    ("mops.yaml", "datatype: FP64", "datatype: FP65"),
    ("mops.yaml", "roc_auc: ", "roc_uac: "),
    ("mops.lock", "size: ", "sise: "),
    ("release-notes/0.1.0.yaml", '"0.1.0"', "0.10"),
    ("release-notes/0.1.0.yaml", "added:", "add:"),
]


@pytest.mark.parametrize("root", ["churn", "models"])
def test_the_editor_marks_a_slip_where_check_does(model, empty, root):
    """Also where the folder that is open in the editor is above the model."""
    with LanguageServer(model if root == "churn" else model.parent) as server:
        for number, (name, old, new) in enumerate(SLIPS):
            path = model / name
            text = path.read_text()
            assert old in text, old
            path.write_text(text.replace(old, new, 1))
            # A document that an editor had open keeps its answer: each slip is in one of its own.
            copy = path.with_name(f"{path.stem}-{number}.yaml")
            copy.write_text(path.read_text())
            marked = {(item["range"]["start"]["line"] + 1, item["range"]["start"]["character"] + 1) for item in server.open(copy)}
            copy.unlink()
            findings = json.loads(empty.mops("check", "--format", "json", cwd=model).out)["findings"]
            path.write_text(text)
            places = {(finding["location"]["begin"]["line"], finding["location"]["begin"]["column"]) for finding in findings
                      if finding["location"]["path"] == name and finding["severity"] == "error" and "begin" in finding["location"]}
            assert places and marked & places, (name, new, marked, findings)


def completions(server, path, before, typed):
    """What is offered behind `typed` on a line of its own, put in above the first line that begins with `before`."""
    lines = path.read_text().split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(before))
    lines.insert(at, typed)
    server.open(path, "\n".join(lines))
    return server.completion(path, at, len(typed))


def test_the_editor_offers_keys_and_values_with_their_descriptions(model):
    path = model / "mops.yaml"
    with LanguageServer(model) as server:
        schema = json.loads((model / ".mops" / "schemas" / "manifest-v1.json").read_text())
        path.write_text(HEADER.match(path.read_text())[0])
        server.open(path, path.read_text() + "\n")
        offered = server.completion(path, 1, 0)
        wanted = schema["properties"]
        assert set(wanted) <= set(offered)
        for key, rule in wanted.items():
            if "description" in rule:
                assert rule["description"] in str(offered[key]), key


@pytest.mark.parametrize("before, typed, expected", [
    ("environment:", "task: ", {"binary-classification", "multiclass-classification", "regression"}),
    ("  inputs:", "  ", {"outputs"}),
    ("    - {name: ", "    - {name: x, datatype: ", {"FP64", "INT64", "BYTES"}),
    ("    - {name: ", "    - {name: x, sen", {"sensitivity"}),
    ("  dataset: ", "  err", {"errors"}),
])
def test_the_editor_completes_at_every_depth(model, before, typed, expected):
    path = model / "mops.yaml"
    text = path.read_text()
    # The key that is typed must not be there already.
    gone = {"task: ": r"\ntask: .*", "  ": r"\n  outputs:\n(    .*\n)+", "  err": r"\n  errors: .*"}.get(typed)
    if gone:
        assert re.search(gone, text)
        path.write_text(re.sub(gone, "", text, count=1))
    with LanguageServer(model) as server:
        assert expected <= set(completions(server, path, before, typed))


def test_the_editor_explains_each_key_of_the_manifest(model):
    path = model / "mops.yaml"
    properties = json.loads((model / ".mops" / "schemas" / "manifest-v1.json").read_text())["properties"]
    with LanguageServer(model) as server:
        server.open(path)
        explained = 0
        for number, line in enumerate(path.read_text().split("\n")):
            key = re.match(r"([a-z]+):", line)
            if not key:
                continue
            # Markdown's own signs have a backslash there.
            said = server.hover(path, number, 1).replace("\\", "")
            assert properties[key[1]].get("description", "")[:20] in said, (key[1], said)
            explained += 1
        assert explained > 10
