"""Programs of Debian that tests hold ours against, from tests/bench/debian.py."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import debian  # noqa: E402


def debian_program(name):
    """Its path; skips the test, with the reason, where it cannot be had."""
    program, problem = debian.find(name)
    if program is None:
        pytest.skip(problem)
    return program
