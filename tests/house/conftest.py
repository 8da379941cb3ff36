import pathlib
import pytest

@pytest.fixture
def source():
    return pathlib.Path(__file__).resolve().parents[2]
