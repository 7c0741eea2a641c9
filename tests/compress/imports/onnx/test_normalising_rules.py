"""Operators that normalise: the same numbers as onnx's own evaluator."""

from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Case, graph, numbers, same_as_onnx, written

NORM = ["gamma", "beta", "mean", "var"]
FLAT = ("n", 12)
EACH = {"w": numbers(3), "b": numbers(3, seed=1)}


def norm(channels: int) -> dict[str, np.ndarray]:
    named = {name: numbers(channels, seed=place) for place, name in enumerate(NORM[:3])}
    return {**named, "var": np.abs(numbers(channels)) + 0.1}


CASES: dict[str, Case] = {
    "batch norm": ([("BatchNormalization", ["x", *NORM], {"epsilon": 0.01})], norm(3)),
    "mean and variance of each channel": ([("MeanVarianceNormalization", ["x"], {"axes": [2, 3]})], {}),
    "mean and variance of each image": ([("MeanVarianceNormalization", ["x"], {"axes": [1, -2, -1]})], {}),
    "batch norm, flat": ([("BatchNormalization", ["x", *NORM], {})], norm(12), FLAT),
    "instance norm": ([("InstanceNormalization", ["x", "w", "b"], {})], EACH),
    "layer norm over pixels": ([("LayerNormalization", ["x", "w"], {"axis": 2})], {"w": numbers(8, 8)}),
    "local response": ([("LRN", ["x"], {"size": 3, "alpha": 0.5})], {}),
    "an axis over its sum": ([("Abs", ["x"], {}), ("LpNormalization", ["v0"], {"axis": 1, "p": 1})], {}),
    "an axis over its norm": ([("LpNormalization", ["x"], {"axis": -1})], {}),
    "softmax": ([("Softmax", ["x"], {})], {}, FLAT),
    "log softmax": ([("LogSoftmax", ["x"], {"axis": 1})], {}, FLAT),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers_as_onnx(case: str, tmp_path: Path) -> None:
    same_as_onnx(CASES[case], tmp_path)


@pytest.mark.parametrize("opset", [18, 21])
def test_group_norm_has_weights_of_groups_and_later_of_channels(opset: int, tmp_path: Path) -> None:
    count = 2 if opset < 21 else 6
    constants = {"w": numbers(count), "b": numbers(count, seed=1)}
    nodes = [("GroupNormalization", ["x", "w", "b"], {"num_groups": 2, "epsilon": 0.01})]
    same_as_onnx((nodes, constants, ("n", 6, 4, 4)), tmp_path, opset=opset)


def test_root_mean_square(tmp_path: Path) -> None:
    same_as_onnx(([("RMSNormalization", ["x", "w"], {"axis": 1})], {"w": numbers(3, 8, 8)}), tmp_path, opset=23)


def test_what_mixes_images_is_refused(tmp_path: Path) -> None:
    for op, more in (("LpNormalization", []), ("LayerNormalization", ["w"]), ("Softmax", [])):
        model = graph([(op, ["x", *more], {"axis": 0})], {"w": numbers(8)})
        with pytest.raises(InvalidInput, match="images of the batch"):
            from_onnx(written(model, tmp_path))
