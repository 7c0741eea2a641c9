"""A saved network comes back the same, to the byte; a file that is damaged, hostile or foreign is refused whole."""

import json
import pickle
import random
import struct
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import (
    Compressed,
    QuantizeSettings,
    load,
    prune,
    quantize,
    save,
)
from tests.compress.storing.files import SHORT, architecture


def test_what_comes_back_is_the_same(small: Compressed, file: Path, data: tuple[torch.Tensor, torch.Tensor]) -> None:
    back = load(file, architecture())
    assert torch.equal(back(data[0]), small(data[0]))
    assert back.footprint == small.footprint and back.steps == small.steps and back.bits == small.bits
    assert all(torch.equal(mask, small.masks[path]) for path, mask in back.masks.items())
    assert all((codes == small.integers[path][0]).all() for path, (codes, _) in back.integers.items())
    save(back, file.with_name("again"))
    assert file.with_name("again").read_bytes() == file.read_bytes()


def test_a_float_network_and_a_loaded_one_can_go_on(tmp_path: Path, data: tuple[torch.Tensor, torch.Tensor]) -> None:
    pruned = prune(architecture(), 0.5)
    save(pruned, tmp_path / "pruned")
    back = load(tmp_path / "pruned", architecture())
    assert back.input_shape is None and torch.equal(back(data[0]), pruned(data[0]))
    assert len(quantize(back, 4, data, settings=QuantizeSettings(training=SHORT)).integers) == 3


@pytest.mark.parametrize("size", [0, 4, 8, 100, 900, -1])
def test_empty_and_truncated_files(file: Path, size: int) -> None:
    file.write_bytes(file.read_bytes()[:size])
    with pytest.raises(InvalidFile):
        load(file, architecture())


def test_missing_foreign_and_pickled_files(tmp_path: Path) -> None:
    (tmp_path / "pickle").write_bytes(pickle.dumps({"a": 1}))
    save_file({"a": torch.zeros(1)}, str(tmp_path / "foreign"))
    for name in ("nothing", "pickle", "foreign", "."):
        with pytest.raises(InvalidFile):
            load(tmp_path / name, architecture())


def test_a_header_that_promises_more_than_there_is(tmp_path: Path) -> None:
    header = json.dumps({"state/0.weight": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
    (tmp_path / "huge").write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(InvalidFile):
        load(tmp_path / "huge", architecture())


def test_every_bit_of_a_file_is_checked(file: Path) -> None:
    """Four hundred flips and truncations, each refused in one sentence."""
    whole, draw = file.read_bytes(), random.Random(0)
    for turn in range(400):
        place = draw.randrange(len(whole))
        harmed = bytearray(whole)
        harmed[place] ^= 1 << draw.randrange(8)
        file.write_bytes(whole[:place] if turn % 4 == 0 else bytes(harmed))
        with pytest.raises(InvalidFile, match="expected"):
            load(file, architecture())


def test_another_architecture_is_refused(file: Path, small: Compressed) -> None:
    for other in (architecture(5), nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), small.model):
        with pytest.raises(InvalidFile, match="architecture"):
            load(file, other)


def test_only_a_compressed_is_saved_and_only_where_one_may_write(small: Compressed, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="prune"):
        save(architecture(), tmp_path / "x")  # type: ignore[arg-type]
    (tmp_path / "file").touch()
    with pytest.raises(InvalidFile):
        save(small, tmp_path / "file" / "x")
