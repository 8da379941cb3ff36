"""Programs that others wrote, installed once below build/bench-peers; what cannot be installed says why."""
import functools
import pathlib
import shutil
import subprocess

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build" / "bench-peers"


def install(program, command):
    """Runs `command` unless the program is there. Returns the program's path, or None and prints the reason."""
    path = FOLDER / program
    if path.exists():
        return path
    needed = next(word for word in command if word != "env" and "=" not in word)
    if not shutil.which(needed):
        print(f"skipped: {path.name} ({needed} is not installed)")
        return None
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"installing {path.name} ...", flush=True)
    result = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True)
    if result.returncode != 0 or not path.exists():
        print(f"skipped: {path.name} ({' '.join(result.stderr.split())[-300:]})")
        return None
    return path


def cargo(crate, program, version):
    return install(f"cargo/bin/{program}", ["cargo", "install", "--locked", "--quiet", "--root", str(FOLDER / "cargo"), f"{crate}@{version}"])


def go(module, program, version):
    return install(f"go/bin/{program}", ["env", f"GOBIN={FOLDER / 'go' / 'bin'}", "go", "install", f"{module}@{version}"])


def npm(package, program, version):
    return install(f"node_modules/.bin/{program}", ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", f"{package}@{version}"])


def pypi(package, program, version):
    if not (FOLDER / "venv").exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        subprocess.run(["python3", "-m", "venv", str(FOLDER / "venv")], check=True)
    return install(f"venv/bin/{program}", [str(FOLDER / "venv/bin/pip"), "install", "-q", f"{package}=={version}"])


@functools.cache
def programs():
    """Of JSON Schema, by name: the command that holds documents against a schema, what it reads, how many of many files it is given, and whether its
    patterns may look ahead; one that cannot gets the schema without those patterns, which is less work."""
    found = {}

    def add(name, path, reads, words, most=None, looks_around=True):
        if path:
            found[name] = {"reads": reads, "words": lambda schema, files: [str(path), *words(str(schema), [str(f) for f in files])], "most": most,
                           "looks_around": looks_around}

    add("boon", cargo("boon-cli", "boon", "0.6.1"), "yaml", lambda schema, files: [schema, *files], looks_around=False)
    add("jsonschema-cli (rust)", cargo("jsonschema-cli", "jsonschema-cli", "0.60.2"), "json",
        lambda schema, files: ["validate", schema, *[word for file in files for word in ("-i", file)]])
    add("sourcemeta jsonschema", npm("@sourcemeta/jsonschema", "jsonschema", "16.11.0"), "yaml", lambda schema, files: ["validate", schema, *files])
    add("ajv-cli", npm("ajv-cli", "ajv", "5.0.0"), "yaml",
        lambda schema, files: ["validate", "--spec=draft2020", "--strict=false", "--validate-formats=false", "-s", schema, *[word for file in files for word in ("-d", file)]])
    add("check-jsonschema", pypi("check-jsonschema", "check-jsonschema", "0.39.0"), "yaml",
        lambda schema, files: ["--schemafile", schema, *files], most=200)
    return found
