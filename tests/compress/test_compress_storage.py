"""A saved network comes back the same, to the byte; a file that is damaged, hostile or foreign is refused whole."""

import json
import pickle
import struct
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from compress import Compressed, PruneSettings, QuantizeSettings, TrainSettings, load, prune, quantize, save
from spikewright import InvalidFile, InvalidInput

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


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"steps": None},
        {"bits": {"0": 99}},
        {"bits": {"nowhere": 4}},
        {"bits": {}},
        {"input_shape": [1 << 20, 1 << 20]},
        {"input_shape": [1, -8, 8]},
        {"input_shape": None},
        {"input_shape": [1, 12, 12]},
        {"rewrites": []},
        {"rewrites": [{"op": "run", "target": "x", "levels": 0}]},
        {"rewrites": [{"op": "quantise", "target": "_2", "levels": 1 << 40}]},
        {"rewrites": "abc"},
    ],
)
def test_a_header_that_was_tampered_with(file: Path, change: dict[str, object]) -> None:
    tensors, header = _open(file)
    _write(file, tensors, header | change)
    with pytest.raises(InvalidFile):
        load(file, architecture())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("codes/0", torch.full((4, 1, 3, 3), 100, dtype=torch.int8)),
        ("codes/0", torch.full((4, 1, 3, 3), -128, dtype=torch.int8)),
        ("codes/0", torch.full((4, 1, 3, 3), 7, dtype=torch.int8)),  # in range, but where the mask has nothing
        ("codes/0", torch.zeros(4, 1, 3, 3)),
        ("codes/0", None),
        ("scale/0", torch.zeros(4)),
        ("scale/0", torch.full((4,), float("inf"))),
        ("mask/0", torch.zeros(3, dtype=torch.uint8)),
        ("state/0.bias", torch.full((4,), float("nan"))),
        ("state/0.bias", torch.zeros(5)),
        ("state/0.bias", None),
        ("state/quantised__2.alpha", torch.tensor(-1.0)),
        ("state/strange", torch.zeros(1)),
        ("strange", torch.zeros(1)),
    ],
)
def test_tensors_that_do_not_fit(file: Path, name: str, value: torch.Tensor | None) -> None:
    tensors, header = _open(file)
    tensors.pop(name, None)
    _write(file, tensors if value is None else tensors | {name: value}, header)
    with pytest.raises(InvalidFile):
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


def _open(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, object]]:
    with safe_open(str(path), framework="pt") as file:
        return {key: file.get_tensor(key) for key in file.keys()}, json.loads(file.metadata()[KEY])


def _write(path: Path, tensors: dict[str, torch.Tensor], header: dict[str, object]) -> None:
    save_file(tensors, str(path), metadata={KEY: json.dumps(header)})
