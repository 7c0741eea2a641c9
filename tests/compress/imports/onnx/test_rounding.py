"""Activations that a file rounds: which become a QuantizedReLU, and which are refused or left off."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import QuantizedReLU, from_onnx, from_quantized_onnx
from tests.compress.imports.onnx_graphs import Spec, expected, graph, numbers, written

CONSTANTS = {
    "s": np.float32(0.02),
    "zero": np.int8(0),
    "least": np.int8(-128),
    "w": numbers(4, 3, 3, 3),
    "t": np.float32(1),
}
CONV: Spec = ("Conv", ["x", "w"], {})


def rounded(before: list[Spec], zero: str) -> list[Spec]:
    """Rounding behind other nodes."""
    last = f"v{len(before) - 1}" if before else "x"
    codes = f"v{len(before)}"
    return [*before, ("QuantizeLinear", [last, "s", zero], {}), ("DequantizeLinear", [codes, "s", zero], {})]


@pytest.mark.parametrize(
    ("before", "zero", "levels"),
    [
        ([CONV], "least", 255),
        ([CONV, ("Relu", ["v0"], {})], "zero", 127),
        ([CONV, ("Clip", ["v0", "", "t"], {}), ("Relu", ["v1"], {})], "zero", 50),
        ([("Sigmoid", ["x"], {}), ("MaxPool", ["v0"], {"kernel_shape": [2, 2]})], "zero", 127),
    ],
    ids=["no level below zero", "nothing below zero", "a clip below the last level", "behind a pool"],
)
def test_what_is_a_quantised_relu(before: list[Spec], zero: str, levels: int, tmp_path: Path) -> None:
    model, images = graph(rounded(before, zero), CONSTANTS, opset=19), numbers(3, 3, 8, 8)
    network = from_onnx(written(model, tmp_path)).requires_grad_(False)
    laws = [module for module in network.modules() if isinstance(module, QuantizedReLU)]
    assert [law.levels for law in laws] == [levels]
    assert not any(isinstance(module, nn.ReLU | nn.Hardtanh) for module in network.modules())
    assert np.abs(network(torch.from_numpy(images)).numpy() - expected(model, images)).max() < 1e-5


def test_what_was_rounded_before_is_not_rounded_again(tmp_path: Path) -> None:
    moved: list[Spec] = [*rounded([CONV], "least"), ("Reshape", ["v2", "to"], {})]
    model = graph(rounded(moved, "least"), {**CONSTANTS, "to": np.array([0, -1])})
    network = from_onnx(written(model, tmp_path))
    assert sum(isinstance(module, QuantizedReLU) for module in network.modules()) == 1


def test_levels_below_zero_are_refused_or_left_off(tmp_path: Path) -> None:
    path, images = written(graph(rounded([CONV], "zero"), CONSTANTS), tmp_path), torch.from_numpy(numbers(2, 3, 8, 8))
    with pytest.raises(InvalidInput, match=r"256 levels from -2\.56 to 2\.54.*from_quantized_onnx.*compress\.quantize"):
        from_onnx(path)
    small = from_quantized_onnx(path)
    plain = from_onnx(path, output="v0")
    assert torch.equal(small(images), plain(images)) and "quantizelinear1 (256 levels" in small.steps[-1]


def test_integers_are_no_activations(tmp_path: Path) -> None:
    whole = rounded([CONV], "least")
    with pytest.raises(InvalidInput, match="got the integers 'v1'"):
        from_onnx(written(graph(whole[:-1], CONSTANTS), tmp_path))
    with pytest.raises(InvalidInput, match="arithmetic with integers"):
        from_onnx(written(graph([*whole[:-1], ("Add", ["v1", "v1"], {})], CONSTANTS), tmp_path))
    other: list[Spec] = [*whole[:-1], ("DequantizeLinear", ["v1", "t", "least"], {})]
    with pytest.raises(InvalidInput, match="by another scale"):
        from_onnx(written(graph(other, CONSTANTS), tmp_path))
    with pytest.raises(InvalidInput, match="scale for each channel"):
        from_onnx(written(graph(rounded([CONV], "least"), {**CONSTANTS, "s": np.full(4, 0.1, np.float32)}), tmp_path))


def test_the_ends_of_a_range_stay_where_they_are_asked_for(tmp_path: Path) -> None:
    model, images = graph(rounded([CONV], "zero"), {**CONSTANTS, "s": np.float32(0.005)}, opset=19), numbers(2, 3, 8, 8)
    path, wanted = written(model, tmp_path), expected(model, images)
    without, small = from_quantized_onnx(path), from_quantized_onnx(path, ends=True)
    assert "(ends=True does)" in without.steps[-1] and "cut off" not in small.steps[-1]
    with torch.no_grad():
        off = [np.abs(one(torch.from_numpy(images)).numpy() - wanted).max() for one in (without, small)]
    assert off[1] <= 0.005 / 2 + 1e-6 < 0.1 < off[0]


def test_integers_are_resized_along_lines(tmp_path: Path) -> None:
    nodes = [CONV, ("QuantizeLinear", ["v0", "s", "zero"], {}), ("Resize", ["v1", "", "wide"], {"mode": "linear"})]
    given = {**CONSTANTS, "wide": np.array([1, 1, 2, 2], np.float32)}
    path = written(graph([*nodes, ("DequantizeLinear", ["v2", "s", "zero"], {})], given, opset=19), tmp_path)
    with pytest.raises(InvalidInput, match="256 levels"):
        from_onnx(path)
    small, images = from_quantized_onnx(path), torch.from_numpy(numbers(2, 3, 8, 8))
    wide = from_onnx(written(graph([CONV, ("Resize", ["v0", "", "wide"], {"mode": "linear"})], given), tmp_path))
    assert "between levels" in small.steps[-1] and torch.allclose(small(images), wide(images), atol=1e-5)
