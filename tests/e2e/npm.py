"""Programs from npm that the tests hold our output against, installed once below build/."""
import functools
import os
import pathlib
import shutil
import subprocess

import pytest

WANTED = pathlib.Path(__file__).parent / "packages.json"
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "build" / "npm"


@functools.cache
def problem():
    """Why there are none; None when they are there."""
    stamp = FOLDER / "complete"
    if stamp.exists() and stamp.read_text() == WANTED.read_text():
        return None
    if not shutil.which("npm"):
        return "there is no npm"
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    shutil.copy(WANTED, FOLDER / "package.json")
    # Binaries ship inside the packages: nothing has to run after the installation.
    result = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"], cwd=FOLDER,
                            capture_output=True, text=True, timeout=300)
    if result.returncode != 0:
        return "npm cannot install: " + " ".join(result.stderr.split())[:300]
    (FOLDER / "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool").chmod(0o755)
    shutil.copy(WANTED, stamp)
    return None


def modules():
    """The folder node_modules; skips the test where npm cannot install."""
    if problem():
        pytest.skip(problem())
    return FOLDER / "node_modules"


def node_program():
    """Node as those packages want it: Debian 12 has an older one."""
    return next(modules().glob("node-linux-*/bin/node"))


def node(script, *words, **options):
    """Runs a module of ours, which may import those packages by name."""
    return subprocess.run([node_program(), "--input-type=module", "-e", script, *map(str, words)], cwd=FOLDER, capture_output=True, text=True, timeout=120,
                          env={"PATH": os.environ["PATH"]} | options.pop("env", {}), **options)
