"""Resizing by sizes and by scales: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, Spec, expected, graph, ints, numbers, same_as_onnx, written

CASES: dict[str, Case] = {
    "upsampling": (
        [
            (
                "Resize",
                ["x", "", "s"],
                {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
            )
        ],
        {"s": np.array([1, 1, 2, 3], np.float32)},
    ),
    "a scale that is not whole": (
        [
            (
                "Resize",
                ["x", "", "s"],
                {"mode": "nearest", "nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
            )
        ],
        {"s": np.array([1, 1, 1, 2.3], np.float32)},
    ),
    "down": ([("Resize", ["x", "", "s"], {"mode": "nearest"})], {"s": np.array([1, 1, 0.5, 0.6], np.float32)}),
    "some axes": (
        [("Resize", ["x", "", "s"], {"mode": "nearest", "axes": [2, 3]})],
        {"s": np.array([2, 3], np.float32)},
    ),
    "channels between neighbours": (
        [("Resize", ["x", "", "s"], {"mode": "linear"})],
        {"s": np.array([1, 2, 1, 1.5], np.float32)},
    ),
    "upsampling to sizes": ([("Resize", ["x", "", "", "s"], {"mode": "nearest"})], {"s": ints(3, 3, 16, 24)}),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


CENTRES = ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric", "align_corners", "asymmetric")


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("outside", [0, 1])
@pytest.mark.parametrize("sizes", [(16, 16), (4, 11), (5, 8), (2, 3)])
def test_between_neighbours(mode: str, centre: str, outside: int, sizes: tuple[int, int], tmp_path: Path) -> None:
    settings = {"mode": mode, "coordinate_transformation_mode": centre, "exclude_outside": outside}
    same_as_onnx(([("Resize", ["x", "", "", "s"], settings)], {"s": ints(3, 3, *sizes)}), tmp_path)


REGIONS = {
    "inside": (0.1, 0.2, 0.7, 0.9),
    "beyond the ends": (-0.3, 0.2, 0.6, 1.4),
    "turned around": (0.9, 1.2, 0.1, -0.4),
    "nowhere": (1.5, 0.0, 1.9, 1.0),
    "the whole": (0.0, 0.0, 1.0, 1.0),
}


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("sizes", [(11, 1), (5, 16)])
def test_regions(region: str, mode: str, sizes: tuple[int, int], tmp_path: Path) -> None:
    settings = {"mode": mode, "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 0.7}
    some = {"axes": [3, 2]} if sizes[1] == 1 else {}
    top, left, bottom, right = REGIONS[region]
    roi = [left, top, right, bottom] if some else [0, 0, top, left, 1, 1, bottom, right]
    given = {"r": np.array(roi, np.float32), "s": ints(*sizes[::-1]) if some else ints(3, 3, *sizes)}
    same_as_onnx(([("Resize", ["x", "r", "", "s"], settings | some)], given), tmp_path)


def test_regions_with_channels_last(tmp_path: Path) -> None:
    settings = {"mode": "linear", "coordinate_transformation_mode": "tf_crop_and_resize", "extrapolation_value": 0.7}
    roi, images = np.array([0, -0.3, 0.2, 0, 1, 0.6, 1.4, 1], np.float32), numbers(2, 3, 4, 5)
    for place, new in ((1, 6), (1.9, 6)):
        roi[1], roi[5] = roi[1] * place, roi[5] * place if place == 1 else -0.1
        nodes: list[Spec] = [
            ("Transpose", ["x"], {"perm": [0, 2, 3, 1]}),
            ("Resize", ["v0", "r", "", "s"], settings),
            ("Transpose", ["v1"], {"perm": [0, 3, 1, 2]}),
        ]
        model = graph(nodes, {"r": roi, "s": ints(2, new, 7, 3)}, (2, 3, 4, 5))
        found = from_onnx(written(model, tmp_path))(torch.from_numpy(images)).numpy()
        assert np.allclose(found, expected(model, images), atol=1e-5)


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("outside", [0, 1])
@pytest.mark.parametrize("sizes", [(16, 16), (4, 11), (5, 3)])
def test_shrinking_without_aliases(mode: str, outside: int, sizes: tuple[int, int], tmp_path: Path) -> None:
    settings = {"mode": mode, "antialias": 1, "exclude_outside": outside}
    same_as_onnx(([("Resize", ["x", "", "", "s"], settings)], {"s": ints(3, 3, *sizes)}), tmp_path)


@pytest.mark.parametrize("policy", ["not_larger", "not_smaller"])
def test_the_ratio_of_the_sides_can_be_kept(policy: str, tmp_path: Path) -> None:
    settings = {"mode": "linear", "keep_aspect_ratio_policy": policy, "axes": [2, 3]}
    same_as_onnx(([("Resize", ["x", "", "", "s"], settings)], {"s": ints(12, 18)}), tmp_path)


def test_what_torch_has_is_a_layer(tmp_path: Path) -> None:
    def layers(mode: str, centre: str) -> list[type]:
        settings = {"mode": mode, "coordinate_transformation_mode": centre}
        model = graph([("Resize", ["x", "", "s"], settings)], {"s": np.array([1, 1, 2, 2], np.float32)})
        return [type(module) for module in from_onnx(written(model, tmp_path)).children()]

    for mode in ("linear", "cubic"):
        assert layers(mode, "half_pixel") == layers(mode, "align_corners") == [nn.Upsample]
        assert layers(mode, "asymmetric") == []


def test_images_with_channels_last_are_resized_in_place(tmp_path: Path) -> None:
    nodes = [
        ("Transpose", ["x"], {"perm": [0, 3, 1, 2]}),
        ("Relu", ["v0"], {}),
        ("Transpose", ["v1"], {"perm": [0, 2, 3, 1]}),
        ("Resize", ["v2", "", "s"], {"mode": "linear", "coordinate_transformation_mode": "asymmetric"}),
        ("Transpose", ["v3"], {"perm": [0, 3, 1, 2]}),
    ]
    model = graph(nodes, {"s": np.array([1, 2, 3, 1], np.float32)}, ("n", 4, 5, 3))
    images = torch.rand(2, 3, 4, 5)
    wanted = same_resize(images.numpy())
    assert np.allclose(from_onnx(written(model, tmp_path))(images).numpy(), wanted, atol=1e-6)


def same_resize(images: np.ndarray) -> np.ndarray:
    """Twice the height, three times the width, by hand: place p lies at p / factor, the last number goes on."""
    for axis, factor in ((2, 2), (3, 3)):
        size = images.shape[axis]
        at = np.arange(size * factor) / factor
        low = np.floor(at).astype(int)
        share = (at - low).reshape([-1 if place == axis else 1 for place in range(4)])
        one, two = images.take(low, axis), images.take(np.minimum(low + 1, size - 1), axis)
        images = one * (1 - share) + two * share
    return images
