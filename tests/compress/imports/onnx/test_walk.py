"""A graph from its input to its outputs: what is folded, what is kept in mind."""

from pathlib import Path

import numpy as np
import torch

from spikewright.compress.imports.onnx.choosing import Choice
from spikewright.compress.imports.onnx.rounding import RoundedValues
from spikewright.compress.imports.onnx.walk import OnnxWalk
from tests.compress.imports.onnx.quantised_graphs import QDQ, constants, quantised
from tests.compress.imports.onnx_graphs import written


def test_scales_are_known_by_layer_and_constants_are_folded(tmp_path: Path) -> None:
    tensors = constants("uint8", True, "uint8")
    path = written(quantised(QDQ, tensors), tmp_path)
    walk = OnnxWalk(path, None, Choice(), RoundedValues(leave_off=True))
    network = walk.run()
    assert [type(network.get_submodule(name)) for name in walk.scales] == [torch.nn.Conv2d, torch.nn.Linear]
    assert [known.bits for known in walk.scales.values()] == [8, 8]
    assert np.array_equal(next(iter(walk.scales.values())).scale, tensors["ws"])
    assert walk.rounded.layers == 2 and set(walk.rounded.integers) == {"xq", "hq", "pq"}
