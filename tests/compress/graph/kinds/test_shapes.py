"""Changes of shape: what a reshape is follows from shapes, pads are zeros around and in front of channels."""

import torch
from torch import nn
from torch.nn import functional as F

from tests.compress.graph.kinds.test_table import only


def test_a_reshape_is_what_its_shapes_say() -> None:
    assert only(lambda x: x.view(x.shape[0], 2, 8, 8)).kind == "identity"
    assert only(lambda x: x.reshape(x.shape[0], -1)).kind == "flatten"
    assert only(lambda x: x.unsqueeze(1)).kind == "reshape"


def test_zeros_around_a_map_and_before_its_channels() -> None:
    assert only(nn.ZeroPad2d((1, 2, 3, 0))).args == {"widths": (3, 0, 1, 2), "channels": (0, 0)}
    assert only(lambda x: F.pad(x, (0, 0, 0, 0, 1, 2))).args == {"widths": (0, 0, 0, 0), "channels": (1, 2)}
    assert only(lambda x: F.pad(x, (-1, 0))).kind == "moved"


def test_upsampling_is_by_whole_factors() -> None:
    assert only(lambda x: F.interpolate(x, size=(16, 24))).args == {"factor": (2, 3)}
    assert only(lambda x: F.interpolate(x, size=(12, 8))).kind == "moved"


def test_a_filled_tensor_and_a_concatenation() -> None:
    assert only(lambda x: torch.ones(x.size(0), 2)).args == {"value": 1.0}
    assert only(lambda x: torch.cat([x, x], -3)).args == {"dim": 1}
    assert only(lambda x: torch.cat([x, x], 2)).kind == "joined"
