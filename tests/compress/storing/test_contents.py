"""The numbers of a file: as many as the footprint counts, and none that do not fit."""

from pathlib import Path

import pytest
import torch
from torch import nn

from spikewright import InvalidFile
from spikewright.compress import (
    PruneSettings,
    load,
    prune,
    quantize,
    save,
)
from tests.compress.storing.files import architecture, opened, written

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
    (LEAF, "dtype", "object"),
    (LEAF, "bytes", "nowhere"),
    (MASK, "layout", "gap99"),
    (MASK, "layout", "heap"),
    (MASK, "layout", "4:2 output"),
    (MASK, "stored", -1),
    (MASK, "stored", 1 << 39),
    (MASK, "shape", [4, 1, 3]),
    (("scale",), "dtype", "int8"),
    (("scale",), "shape", [3]),
)


@pytest.mark.parametrize(("place", "name", "value"), CHANGES)
def test_a_layer_that_was_tampered_with(file: Path, place: tuple[str, ...], name: str, value: object) -> None:
    data, header = opened(file)
    told = header["weights"]["0"]
    for step in place:
        told = told[step]
    told[name] = value
    written(file, data, header)
    with pytest.raises(InvalidFile):
        load(file, architecture())


def test_numbers_that_do_not_fit(file: Path) -> None:
    data, header = opened(file)
    for other in (data[:-1], data + b"0", b"", data[:40]):
        written(file, other, header)
        with pytest.raises(InvalidFile, match=r"too early|no place|out of range|damaged|not tell|NaN"):
            load(file, architecture())
    start = sum(
        header["arrays"][name] for name in list(header["arrays"])[:2]
    )  # the mask and integers of the first layer
    assert header["weights"]["0"]["scale"]["shape"] == [4]
    infinite = torch.full((4,), float("inf")).numpy().tobytes()
    written(file, data[:start] + infinite + data[start + 16 :], header)
    with pytest.raises(InvalidFile):
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
    data, header = opened(tmp_path / "file")
    said, disk = small.footprint.total_bits / 8, (tmp_path / "file").stat().st_size
    assert said <= len(data) <= said + len(header["arrays"])  # each array ends with a byte
    assert disk - len(data) <= 3072
    back = load(tmp_path / "file", made)
    assert back.footprint == small.footprint and all(map(torch.equal, back.masks.values(), small.masks.values()))
    for name, value in small.model.state_dict().items():
        assert torch.equal(value, back.model.state_dict()[name])
