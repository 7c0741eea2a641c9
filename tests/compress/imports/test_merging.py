"""Two steps that are one layer are merged where nobody else reads the value between them."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from spikewright.compress import QuantizedReLU, from_onnx, trace
from spikewright.compress.imports.builder import Builder
from tests.compress.imports.onnx_graphs import Spec, expected, graph, numbers, written

IMAGES = numbers(3, 3, 8, 8)
W = {"w": numbers(6, 3, 3, 3)}


def test_constants_on_a_layer_are_its_bias(tmp_path: Path) -> None:
    nodes: list[Spec] = [("Conv", ["x", "w"], {}), ("Add", ["v0", "c"], {})]
    imported = from_onnx(written(graph(nodes, {**W, "c": numbers(1, 6, 1, 1)}), tmp_path))
    layers = [module for module in imported.modules() if isinstance(module, nn.Conv2d)]
    assert len(layers) == 1 and layers[0].bias is not None
    assert [node.kind for node in trace(imported, IMAGES)] == ["input", "conv2d"]


def test_two_clips_are_one(tmp_path: Path) -> None:
    imported = from_onnx(
        written(graph([("Relu", ["x"], {}), ("Min", ["high", "v0"], {})], {"high": np.float32(1)}), tmp_path)
    )
    assert [node.kind for node in trace(imported, IMAGES)] == ["input", "clamp"]


def test_a_layer_that_is_read_twice_keeps_its_bias(tmp_path: Path) -> None:
    nodes: list[Spec] = [("Conv", ["x", "w"], {}), ("Add", ["v0", "c"], {}), ("Add", ["v0", "v1"], {})]
    model = graph(nodes, {"w": W["w"], "c": numbers(6, 1, 1)})
    with torch.no_grad():
        result = from_onnx(written(model, tmp_path))(torch.from_numpy(IMAGES)).numpy()
    assert np.allclose(result, expected(model, IMAGES), atol=1e-4)


def test_levels_behind_a_relu_are_one_law() -> None:
    def laws(*parts: nn.Module) -> list[nn.Module]:
        builder = Builder()
        value = builder.input("x", (3,))
        for part in parts:
            value = builder.layer("part", part, value)
        return list(builder.finish(builder.start, value).children())

    kept = laws(nn.ReLU(), QuantizedReLU(15, 3.0))
    assert len(kept) == 1 and (kept[0].levels, kept[0].clip) == (15, 3.0)
    clipped = laws(nn.ReLU6(), QuantizedReLU(100, 10.0))
    x = torch.linspace(-1, 12, 200)[:, None].expand(-1, 3)
    assert len(clipped) == 1 and torch.allclose(clipped[0](x), QuantizedReLU(100, 10.0)(nn.ReLU6()(x)), atol=1e-6)
    assert len(laws(nn.Hardtanh(-1, 1), QuantizedReLU(15, 3.0))) == 2
    assert len(laws(nn.Hardtanh(0, 0.01), QuantizedReLU(15, 3.0))) == 2
