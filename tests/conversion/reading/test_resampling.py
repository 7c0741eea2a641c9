"""Enlarging, unequal windows and blurs: currents that compute what torch computes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Ttfs, convert
from spikewright.conversion.reading.geometry import (
    ConvGeometry,
    Kernel,
    PoolGeometry,
    SeparableGeometry,
    UpsampleGeometry,
)
from spikewright.conversion.reading.plan import MANY_TERMS
from spikewright.conversion.reading.resampling import composed, resampled, uneven, upsample, upsampled_current
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.values import Current
from spikewright.snn import simulate
from tests.conversion.reading.test_windows import SHAPE, SIGNAL, VALUES, X, current_value

SHAPES = {"a": SHAPE}


def test_unequal_windows_upsample_or_are_matrices() -> None:
    repeated = SeparableGeometry.repeating((2, 1), SHAPE)
    found = uneven(SIGNAL, repeated, None, "up")
    assert found.terms[0].geometry == UpsampleGeometry((2, 1))
    torch.testing.assert_close(current_value(found), VALUES.repeat_interleave(2, 2))
    stretches = ((0, 4, 0.25), (3, 6, 1 / 3))
    mapped = uneven(SIGNAL, SeparableGeometry.of_stretches(stretches, stretches, SHAPE), None, "map")
    assert isinstance(mapped.terms[0].geometry, SeparableGeometry) and mapped.positive
    rows = torch.stack([VALUES[:, :, :4].mean(2), VALUES[:, :, 3:].mean(2)], 2)
    torch.testing.assert_close(current_value(mapped), torch.stack([rows[..., :4].mean(3), rows[..., 3:].mean(3)], 3))


def test_padded_maps_are_enlarged_too() -> None:
    wide = torch.nn.functional.pad(X * torch.tensor([1.0, 2.0]).view(2, 1, 1), (0, 0, 1, 0))
    padded = replace(SIGNAL, border=(1, 0, 0, 0), shape=(2, 7, 6), offset=None)
    torch.testing.assert_close(
        current_value(upsample(padded, (2, 2), "up")), wide.repeat_interleave(2, 2).repeat_interleave(2, 3)
    )
    offset = replace(padded, offset=np.ones((2, 7, 6)))
    half = SeparableGeometry(np.full((3, 7), 0.5), np.eye(6))
    torch.testing.assert_close(current_value(resampled(offset, half, "half")), half.apply(wide + 1, torch.tensor(1.0)))


def test_maps_in_front_become_one_with_it_unless_that_is_dear() -> None:
    total = Current(
        (SourceTerm("a"), SourceTerm("a", PoolGeometry((1, 1), (1, 1)))), np.ones(SHAPE), SHAPE, "sum", positive=True
    )
    half = SeparableGeometry(np.full((3, 6), 0.5), np.eye(6))
    found = composed(total, half, "half", SHAPES)
    assert found is not None and found.positive and len(found.terms) == 2
    torch.testing.assert_close(current_value(found), half.apply(2 * X + 1, torch.tensor(1.0)))
    mean, spread = SeparableGeometry(np.full((1, 6), 1 / 6), np.eye(6)), SeparableGeometry(np.ones((60, 1)), np.eye(6))
    one = Current((SourceTerm("a", mean),), np.zeros((2, 1, 6)), (2, 1, 6), "mean")
    assert composed(one, SeparableGeometry(np.ones((6, 1)), np.eye(6)), "back", SHAPES) is not None
    assert composed(replace(one, terms=one.terms * 3), spread, "far", SHAPES) is None


class Mixer(nn.Module):
    """A stream of tokens that blocks add to, each behind a scale of the last axis."""

    def __init__(self, blocks: int) -> None:
        super().__init__()
        self.scales = nn.ParameterList(torch.rand(6) + 0.5 for _ in range(blocks))
        self.into = nn.ModuleList(nn.Linear(6, 7) for _ in range(blocks))
        self.back = nn.ModuleList(nn.Linear(7, 6) for _ in range(blocks))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for scale, into, back in zip(self.scales, self.into, self.back, strict=True):
            x = x + back(torch.relu(into(x * scale)))
        return x.mean(1)


@pytest.mark.parametrize("blocks", [3, MANY_TERMS + 6])
def test_a_stream_that_many_blocks_add_to_has_a_population_in_between(blocks: int) -> None:
    """Else each block would read all the blocks before it, with matrices of its own for each of them."""
    torch.manual_seed(0)
    model, x = Mixer(blocks), torch.rand(4, 5, 6)
    network = convert(model, x, Ttfs(ranges="interval"), judge=False)
    most = max(len(network.incoming[one.name]) for one in network.populations)
    assert most <= MANY_TERMS + 1
    wanted = model.double()(x.double()).detach().numpy()
    np.testing.assert_allclose(simulate(network, x.numpy()).logits * network.logit_scale, wanted, rtol=1e-5, atol=1e-5)


def test_sums_of_convolutions_are_left_to_a_relay() -> None:
    mixed = SourceTerm("a", ConvGeometry(), kernel=Kernel(np.ones((2, 2, 1, 1))))
    total = Current((mixed,), np.zeros(SHAPE), SHAPE, "sum")
    assert composed(total, SeparableGeometry(np.eye(6), np.eye(6)), "map", SHAPES) is None
    found = upsampled_current(total, (2, 1), "up")
    assert found is not None and found.shape == (2, 12, 6)
    torch.testing.assert_close(current_value(found), current_value(total).repeat_interleave(2, 2))
