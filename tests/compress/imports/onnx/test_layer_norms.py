"""A layer norm that an exporter wrote as single operators is an nn.LayerNorm; what only looks like one is not."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from torch import nn

from spikewright.compress import from_onnx
from tests.compress.imports.onnx_graphs import Spec, graph, ints, same_as_onnx, written

CONSTANTS: dict[str, Any] = {"axes": ints(-1), "other": ints(-2), "two": np.float32(2), "eps": np.float32(1e-3)}


def nodes(axes: str, exponent: str = "two") -> list[Spec]:
    return [
        ("ReduceMean", ["x", "axes"], {}),
        ("Sub", ["x", "v0"], {}),
        ("Pow", ["v1", exponent], {}),
        ("ReduceMean", ["v2", axes], {}),
        ("Add", ["v3", "eps"], {}),
        ("Sqrt", ["v4"], {}),
        ("Div", ["v1", "v5"], {}),
    ]


@pytest.mark.parametrize(("axes", "norms"), [("axes", 1), ("other", 0)])
def test_the_same_numbers_as_onnx(axes: str, norms: int, tmp_path: Path) -> None:
    same_as_onnx((nodes(axes), CONSTANTS, ("n", 5, 6)), tmp_path)
    imported = from_onnx(written(graph(nodes(axes), CONSTANTS, ("n", 5, 6)), tmp_path))
    assert sum(isinstance(layer, nn.LayerNorm) for layer in imported.modules()) == norms
