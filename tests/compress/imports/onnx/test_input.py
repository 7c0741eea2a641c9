"""The input of an ONNX file: sizes that it leaves open are asked for, channels at the end are taken at the front."""

from pathlib import Path

import numpy as np
import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Spec, expected, graph, ints, numbers, written

IMAGES = numbers(3, 3, 8, 8)
W = {"w": numbers(6, 3, 3, 3), "b": numbers(6)}


def test_images_with_channels_last_are_taken_with_channels_first(tmp_path: Path) -> None:
    nodes: list[Spec] = [
        ("Transpose", ["x"], {"perm": [0, 3, 1, 2]}),
        ("Conv", ["v0", "w", "b"], {}),
        ("Transpose", ["v1"], {"perm": [0, 2, 3, 1]}),
        ("Relu", ["v2"], {}),
        ("Reshape", ["v3", "to"], {}),
        ("MatMul", ["v4", "m"], {}),
    ]
    model = graph(nodes, {**W, "to": ints(-1, 216), "m": numbers(216, 4)}, ("n", 8, 8, 3))
    imported = from_onnx(written(model, tmp_path))
    with torch.no_grad():
        result = imported(torch.from_numpy(IMAGES)).numpy()
    assert np.allclose(result, expected(model, IMAGES.transpose(0, 2, 3, 1)), atol=1e-3)


def test_open_sizes_are_asked_for(tmp_path: Path) -> None:
    path = written(graph([("Relu", ["x"], {})], shape=("n", 3, "h", "w")), tmp_path)
    with pytest.raises(InvalidInput, match=r"input_shape=\(C, H, W\)"):
        from_onnx(path)
    assert from_onnx(path, (3, 5, 6))(torch.zeros(2, 3, 5, 6)).shape == (2, 3, 5, 6)
    with pytest.raises(InvalidInput, match="that fits"):
        from_onnx(path, (1, 5, 6))
