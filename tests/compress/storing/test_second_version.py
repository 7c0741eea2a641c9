"""Files of the second version: the records of their layers are checked before a byte is unpacked."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from spikewright import InvalidFile
from spikewright.compress import load
from tests.compress.old_models import MODELS
from tests.compress.storing.files import opened, written
from tests.compress.test_old_files import FOLDER

RECORDS: tuple[tuple[Any, ...], ...] = (
    (99, 0, None),
    ("gap99", "4:2 output", "heap", "block7", None),
    (0, 3, -1),
    (0, 1 << 39, -1),
    (1 << 39, -1),
    (2, 7),
)
"""Wrong values of bits, storage, scales, stored weights, bytes of the index, and mask."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(FOLDER / "v2-both.safetensors", tmp_path / "old"))


@pytest.mark.parametrize(
    ("place", "value"), [(place, value) for place, values in enumerate(RECORDS) for value in values]
)
def test_a_record_that_was_tampered_with(file: Path, place: int, value: object) -> None:
    data, header = opened(file)
    header["layers"]["0"][place] = value
    written(file, data, header)
    with pytest.raises(InvalidFile):
        load(file, MODELS["plain"][0]())


@pytest.mark.parametrize("cut", [slice(0, -1), slice(0, 40), slice(0, 0), slice(5, None)])
def test_numbers_that_do_not_fit(file: Path, cut: slice) -> None:
    data, header = opened(file)
    written(file, data[cut], header)
    with pytest.raises(InvalidFile, match="expected a consistent file"):
        load(file, MODELS["plain"][0]())


def test_layers_of_another_network(file: Path) -> None:
    data, header = opened(file)
    header["layers"] = json.loads(json.dumps(header["layers"]).replace('"0"', '"1"'))
    written(file, data, header)
    with pytest.raises(InvalidFile, match="its layers are others"):
        load(file, MODELS["plain"][0]())
