"""A gate scales whole channels by numbers from 0 to 1, and nothing of the network converts before it is adapted."""

import pytest
import torch

from spikewright.conversion import Rate, Unconvertible
from spikewright.conversion.converting import convert
from spikewright.experiments.models.gated import GatedBlock, SqueezeExcite, gated_cnn


def test_a_gate_scales_channels() -> None:
    x = torch.rand(3, 8, 5, 5) + 0.1
    ratio = SqueezeExcite(8, 2)(x) / x
    assert torch.allclose(ratio, ratio[:, :, :1, :1].expand_as(ratio), atol=1e-5)
    assert bool(((ratio > 0) & (ratio < 1)).all())


def test_a_block_keeps_the_map() -> None:
    assert GatedBlock(2, 16)(torch.rand(3, 2, 6, 7)).shape == (3, 16, 6, 7)


def test_it_is_refused() -> None:
    with pytest.raises(Unconvertible, match="SiLU"):
        convert(gated_cnn().eval(), torch.rand(2, 1, 28, 28), Rate())
