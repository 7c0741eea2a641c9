"""A saved network comes back the same, to the byte; a file that is damaged, hostile or foreign is refused whole."""

import json
import pickle
import random
import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    load,
    prune,
    quantize,
    save,
)
from spikewright.compress.storing.file import checksum

KEY = "spikewright.compressed"
SHORT = TrainSettings(epochs=1, batch_size=16)


def architecture(channels: int = 4) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, channels, 3, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(),
        nn.Conv2d(channels, 6, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(6),  # cannot be folded: the pooling stands in between
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(54, 3),
    )


@pytest.fixture(scope="module")
def data() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(32, 1, 8, 8, generator=generator), torch.arange(32) % 3


@pytest.fixture(scope="module")
def small(data: tuple[torch.Tensor, torch.Tensor]) -> Compressed:
    """Pruned, quantised, quantised again, pruned again: every kind of change is in its history."""
    pruned = prune(architecture(), 0.5, data, settings=PruneSettings(rounds=1, final_epochs=1, training=SHORT))
    settings = QuantizeSettings(training=SHORT)
    coarse = quantize(pruned, 5, data, activation_bits=3, settings=settings)
    return prune(quantize(coarse, 4, data, activation_bits=4, settings=settings), 0.7)


@pytest.fixture
def file(small: Compressed, tmp_path: Path) -> Path:
    save(small, tmp_path / "small.safetensors")
    return tmp_path / "small.safetensors"


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
    {"weights": {}},
    {"weights": None},
    {"arrays": {}},
    {"arrays": None},
    {"loose": ["9"]},
    {"loose": None},
)
LEAF = ("base", "base")
MASK = ("base", "mask")
CHANGES: tuple[tuple[tuple[str, ...], str, object], ...] = (
    ((), "node", "Heap"),
    ((), "node", "Signed"),
    ((), "scale", None),
    ((), "base", {"node": "Leaf"}),
    (LEAF, "shape", [1 << 40]),
    (LEAF, "shape", [2]),
    (LEAF, "shape", None),
    (LEAF, "bits", 99),
    (LEAF, "bits", 0),
    (LEAF, "type", "object"),
    (LEAF, "bytes", "nowhere"),
    (MASK, "layout", "gap99"),
    (MASK, "layout", "heap"),
    (MASK, "layout", "4:2 output"),
    (MASK, "stored", -1),
    (MASK, "stored", 1 << 39),
    (MASK, "shape", [4, 1, 3]),
    (("scale",), "type", "int8"),
    (("scale",), "shape", [3]),
)


@pytest.mark.parametrize("change", HEADERS)
def test_a_header_that_was_tampered_with(file: Path, change: dict[str, object]) -> None:
    data, header = _open(file)
    _write(file, data, header | change)
    with pytest.raises(InvalidFile):
        load(file, architecture())


@pytest.mark.parametrize(("place", "name", "value"), CHANGES)
def test_a_layer_that_was_tampered_with(file: Path, place: tuple[str, ...], name: str, value: object) -> None:
    data, header = _open(file)
    told = header["weights"]["0"]
    for step in place:
        told = told[step]
    told[name] = value
    _write(file, data, header)
    with pytest.raises(InvalidFile):
        load(file, architecture())


def test_numbers_that_do_not_fit(file: Path) -> None:
    data, header = _open(file)
    for other in (data[:-1], data + b"0", b"", data[:40]):
        _write(file, other, header)
        with pytest.raises(InvalidFile, match=r"too early|no place|out of range|damaged|not tell|NaN"):
            load(file, architecture())
    start = sum(
        header["arrays"][name] for name in list(header["arrays"])[:2]
    )  # the mask and integers of the first layer
    assert header["weights"]["0"]["scale"]["shape"] == [4]
    infinite = torch.full((4,), float("inf")).numpy().tobytes()
    _write(file, data[:start] + infinite + data[start + 16 :], header)
    with pytest.raises(InvalidFile):
        load(file, architecture())


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


@pytest.mark.parametrize("bits", [None, 2, 3, 8])
@pytest.mark.parametrize(
    "settings",
    [
        PruneSettings(),
        PruneSettings(pattern="channel-block", block=8),
        PruneSettings(pattern="n:m", block=8, scope="layer", spare=("2",)),
        PruneSettings(pattern="n:m", block=4, along="input", scope="layer", spare=("2",)),
    ],
    ids=str,
)
def test_the_file_is_as_long_as_the_footprint_says(bits: int | None, settings: PruneSettings, tmp_path: Path) -> None:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 20, 3), nn.ReLU(), nn.ConvTranspose2d(20, 16, 3), nn.ReLU(), nn.Conv2d(16, 24, 5, groups=2)
    made = nn.Sequential(*layers, nn.Flatten(), nn.Linear(24 * 16, 80))
    small = prune(made, 0.75, settings=settings)
    small = small if bits is None else quantize(small, bits)
    save(small, tmp_path / "file")
    data, header = _open(tmp_path / "file")
    said, disk = small.footprint.total_bits / 8, (tmp_path / "file").stat().st_size
    assert said <= len(data) <= said + len(header["arrays"])  # each array ends with a byte
    assert disk - len(data) <= 3072
    back = load(tmp_path / "file", made)
    assert back.footprint == small.footprint and all(map(torch.equal, back.masks.values(), small.masks.values()))
    for name, value in small.model.state_dict().items():
        assert torch.equal(value, back.model.state_dict()[name])


def test_files_of_the_first_version_are_read(tmp_path: Path, small: Compressed, file: Path) -> None:
    """As they were written: codes as int8, masks as bits, the rest dense."""
    state = small.model.state_dict()
    tensors = {f"state/{key}": value for key, value in state.items() if key not in {f"{p}.weight" for p in small.bits}}
    for path, (codes, scale) in small.integers.items():
        tensors |= {f"codes/{path}": torch.tensor(codes), f"scale/{path}": torch.tensor(scale)}
    tensors |= {f"mask/{path}": torch.tensor(np.packbits(mask.numpy().ravel())) for path, mask in small.masks.items()}
    header = {
        "version": 1,
        "steps": list(small.steps),
        "bits": dict(small.bits),
        "rewrites": [asdict(change) for change in small.rewrites],
        "input_shape": small.input_shape,
    }

    def written(changed: dict[str, torch.Tensor]) -> Path:
        save_file(changed, str(tmp_path / "old"), metadata={KEY: json.dumps(header)})
        return tmp_path / "old"

    back = load(written(tensors), architecture())
    assert back.footprint == small.footprint and back.steps == small.steps
    save(back, tmp_path / "new")
    assert (tmp_path / "new").read_bytes() == file.read_bytes()
    for name, value in (
        ("codes/0", torch.full((4, 1, 3, 3), 100, dtype=torch.int8)),
        ("codes/0", torch.full((4, 1, 3, 3), 7, dtype=torch.int8)),  # in range, but where the mask has nothing
        ("scale/0", torch.zeros(4)),
        ("mask/0", torch.zeros(3, dtype=torch.uint8)),
        ("state/0.bias", torch.full((4,), float("nan"))),
        ("state/quantised__2.alpha", torch.tensor(-1.0)),
        ("strange", torch.zeros(1)),
    ):
        with pytest.raises(InvalidFile):
            load(written(tensors | {name: value}), architecture())
    with pytest.raises(InvalidFile):
        load(written({name: value for name, value in tensors.items() if name != "codes/0"}), architecture())


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


def _open(path: Path) -> tuple[bytes, dict[str, Any]]:
    with safe_open(str(path), framework="pt") as file:
        return file.get_tensor("data").numpy().tobytes(), json.loads(file.metadata()[KEY])


def _write(path: Path, data: bytes, header: dict[str, Any]) -> None:
    """With a checksum that fits, as somebody would who means it."""
    numbers = torch.tensor(list(data), dtype=torch.uint8)
    save_file({"data": numbers}, str(path), metadata={KEY: json.dumps(header | {"check": checksum(header, data)})})
