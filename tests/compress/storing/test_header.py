"""Headers that say what cannot be are refused."""

from pathlib import Path

import pytest

from spikewright import InvalidFile
from spikewright.compress import (
    load,
)
from tests.compress.storing.files import architecture, opened, written

HEADERS = (
    {"version": 4},
    {"version": None},
    {"steps": None},
    {"input_shape": [1 << 20, 1 << 20]},
    {"input_shape": [1, -8, 8]},
    {"input_shape": None},
    {"input_shape": [1, 12, 12]},
    {"rewrites": []},
    {"rewrites": [["run", "x", 0]]},
    {"rewrites": [["quantise", "_2", 1 << 40]]},
    {"rewrites": "abc"},
    {"rewrites": [["substitute", "_2", 0, "{}"]]},
    {"rewrites": [["substitute", "_2", 0, '{"kind": "ReLU", "from": "nowhere"}']]},
    {"rewrites": [["substitute", "_2", 0, 3]]},
    {"rewrites": [["substitute", "_2", 0, "{}", "more"]]},
    {"weights": {}},
    {"weights": None},
    {"arrays": {}},
    {"arrays": None},
    {"loose": ["9"]},
    {"loose": None},
)


@pytest.mark.parametrize("change", HEADERS)
def test_a_header_that_was_tampered_with(file: Path, change: dict[str, object]) -> None:
    data, header = opened(file)
    written(file, data, header | change)
    with pytest.raises(InvalidFile):
        load(file, architecture())
