"""Reading between pixels: as onnx's own evaluator at constant places, as torch at those that depend on the image."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spikewright import InvalidFile, InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, expected, graph, ints, numbers, same_as_onnx, written

GRID = np.random.default_rng(0).uniform(-1.3, 1.3, (1, 4, 5, 2)).astype(np.float32)
IMAGE = (1, 3, 6, 7)


@pytest.mark.parametrize("corners", [0, 1])
@pytest.mark.parametrize("beyond", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["linear", "nearest", "cubic"])
def test_constant_places(mode: str, beyond: str, corners: int, tmp_path: Path) -> None:
    inside = GRID * 0.5 if mode == "cubic" else GRID  # cubic beyond a border: the evaluator is alone with its answer
    settings = {"mode": mode, "padding_mode": beyond, "align_corners": corners}
    model, images = graph([("GridSample", ["x", "g"], settings)], {"g": inside}, IMAGE, opset=20), numbers(*IMAGE)
    found = from_onnx(written(model, tmp_path))(torch.from_numpy(images)).numpy()
    assert np.abs(found - expected(model, images)).max() <= 1e-5


CASES: dict[str, Case] = {
    "places for any number of images": (
        [
            ("Shape", ["x"], {"end": 1}),
            ("Concat", ["v0", "sizes"], {"axis": 0}),
            ("Expand", ["g", "v1"], {}),
            ("GridSample", ["x", "v2"], {}),
        ],
        {"g": GRID, "sizes": ints(4, 5, 2)},
    ),
    "places that depend on the image": (
        [("Slice", ["x", "from", "to", "axis"], {}), ("GridSample", ["x", "v0"], {})],
        {"from": ints(0), "to": ints(2), "axis": ints(3)},
    ),
    "a volume": (
        [("GridSample", ["x", "g"], {})],
        {"g": np.random.default_rng(1).uniform(-1, 1, (3, 2, 3, 2, 3)).astype(np.float32)[:1].repeat(3, 0)},
        (3, 2, 3, 4, 5),
    ),
    "a grid of matrices": (
        [("AffineGrid", ["x", "size"], {"align_corners": 1})],
        {"size": ints(3, 1, 4, 5)},
        (3, 2, 3),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path, opset=20)


def test_many_pixels_are_read_without_a_matrix(tmp_path: Path) -> None:
    grid = np.random.default_rng(2).uniform(-1, 1, (1, 65, 65, 2)).astype(np.float32)
    model = graph([("GridSample", ["x", "g"], {})], {"g": grid}, (1, 1, 64, 64), opset=20)
    images = torch.from_numpy(numbers(1, 1, 64, 64))
    network = from_onnx(written(model, tmp_path))
    assert torch.allclose(
        network(images), F.grid_sample(images, torch.from_numpy(grid), align_corners=False), atol=1e-6
    )
    assert sum(one.numel() for one in network.buffers()) == grid.size


def test_places_that_differ_between_images(tmp_path: Path) -> None:
    grid = np.random.default_rng(3).uniform(-1, 1, (3, 4, 5, 2)).astype(np.float32)
    model = graph([("GridSample", ["x", "g"], {})], {"g": grid}, (3, *IMAGE[1:]), opset=20)
    with pytest.raises(InvalidInput, match="differ between images"):
        from_onnx(written(model, tmp_path))


@pytest.mark.parametrize("grid", [GRID * np.nan, GRID[..., :1], GRID[0]], ids=["NaN", "one axis", "no batch"])
def test_places_that_are_none(grid: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="sound graph"):
        from_onnx(written(graph([("GridSample", ["x", "g"], {})], {"g": grid}, IMAGE, opset=20), tmp_path))
