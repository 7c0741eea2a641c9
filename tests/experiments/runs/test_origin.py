"""The origin of a file is one more entry of its metadata; nothing else of it changes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from spikewright import InvalidFile
from spikewright.experiments.runs.origin import KEY, Origin, hand_on, metadata_of, origin_of, stamp

ORIGIN = Origin("small_cnn", "digits", 10, 3, ({"epoch": 1, "loss": 0.5},))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "w.safetensors"
    save_file({"a": np.arange(3.0), "b": np.ones((2, 2), np.int8)}, made, {"spikewright.weights": "1"})
    return made


def test_an_origin_comes_back_and_tensors_stay(path: Path) -> None:
    before = load_file(path)
    assert origin_of(path) is None
    stamp(path, ORIGIN)
    stamp(path, ORIGIN)
    assert origin_of(path) == ORIGIN and set(metadata_of(path)) == {"spikewright.weights", KEY}
    stamp(path, replace(ORIGIN, levels=4))
    assert origin_of(path) == replace(ORIGIN, levels=4)
    after = load_file(path)
    assert all(np.array_equal(after[name], before[name]) for name in before)


def test_an_origin_is_handed_on_where_there_is_one(path: Path, tmp_path: Path) -> None:
    save_file({"a": np.arange(3.0)}, tmp_path / "from", {})
    hand_on(tmp_path / "from", path)
    assert origin_of(path) is None
    save_file({"a": np.arange(3.0)}, tmp_path / "from", ORIGIN.metadata())
    hand_on(tmp_path / "from", path)
    assert origin_of(path) == ORIGIN


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"log": 3}', "[" * 5000])
def test_a_damaged_origin_is_told(path: Path, text: str) -> None:
    save_file({"a": np.arange(3.0)}, path, {KEY: text})
    with pytest.raises(InvalidFile, match="expected an origin"):
        origin_of(path)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 8, b"\xff" * 20, b"\x02" + b"\0" * 7 + b"[]", b"\x02" + b"\0" * 7 + b"{x"]
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(InvalidFile, match="expected a safetensors file"):
        origin_of(tmp_path / "f")
