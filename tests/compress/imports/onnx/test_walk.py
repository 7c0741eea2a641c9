"""A graph from its input to its outputs: what is folded, what is kept in mind."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress import from_onnx
from spikewright.compress.imports.onnx.choosing import Choice
from spikewright.compress.imports.onnx.rounding import RoundedValues
from spikewright.compress.imports.onnx.walk import OnnxWalk
from tests.compress.imports.onnx.quantised_graphs import QDQ, constants, quantised
from tests.compress.imports.onnx_graphs import graph, written


def test_scales_are_known_by_layer_and_constants_are_folded(tmp_path: Path) -> None:
    tensors = constants("uint8", True, "uint8")
    path = written(quantised(QDQ, tensors), tmp_path)
    walk = OnnxWalk(path, None, Choice(), RoundedValues(leave_off=True))
    network = walk.run()
    assert [type(network.get_submodule(name)) for name in walk.scales] == [torch.nn.Conv2d, torch.nn.Linear]
    assert [known.bits for known in walk.scales.values()] == [8, 8]
    assert np.array_equal(next(iter(walk.scales.values())).scale, tensors["ws"])
    assert walk.rounded.layers == 2 and set(walk.rounded.integers) == {"xq", "hq", "pq"}


def _with_indices(*, read: bool) -> onnx.ModelProto:
    """A max pool with its indices, which somebody reads or nobody."""
    model = graph([("MaxPool", ["x"], {"kernel_shape": [2, 2]}), ("Relu", ["v0"], {})])
    model.graph.node[0].output.append("places")
    if read:
        model.graph.node[1].input[0] = "places"
    return model


def test_results_that_nobody_reads_stand_in_nobodys_way(tmp_path: Path) -> None:
    images = torch.rand(2, 3, 8, 8)
    network = from_onnx(written(_with_indices(read=False), tmp_path))
    assert torch.equal(network(images), torch.max_pool2d(images, 2, 1))
    with pytest.raises(InvalidInput, match="returns indices"):
        from_onnx(written(_with_indices(read=True), tmp_path))


def test_a_second_result_that_is_read_is_named(tmp_path: Path) -> None:
    model = graph([("LayerNormalization", ["x", "w"], {}), ("Relu", ["mean"], {})], {"w": np.ones(8, np.float32)})
    model.graph.node[0].output.append("mean")
    with pytest.raises(InvalidInput, match="the first result of LayerNormalization, got 'mean', another one"):
        from_onnx(written(model, tmp_path))
