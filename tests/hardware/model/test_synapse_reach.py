"""How far one event reaches through a synapse."""

from math import isqrt

import numpy as np
import pytest

from spikewright.hardware.model.synapse_reach import REACH, SynapseReach, reach_of
from spikewright.snn import (
    IF,
    AvgPool2d,
    Conv2d,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    core_parts,
    dense,
)


def conv(kernel: int, stride: int, dilation: int) -> Network:
    weights = dense(np.ones((2, 1, kernel, kernel), np.int8))
    side = 1 + (12 - dilation * (kernel - 1) - 1) // stride
    populations = (
        Population("in", (1, 12, 12), Source()),
        Population("conv", (2, side, side), IF(5), potential_bits=8),
        Population("out", (3,), Integrator(), potential_bits=12),
    )
    synapse = Conv2d(weights, stride=(stride, stride), dilation=(dilation, dilation))
    last = Linear(dense(np.ones((3, 2 * side * side), np.int8)))
    return Network(
        populations,
        (Projection("in", "conv", synapse), Projection("conv", "out", last)),
        "in",
        "out",
        RateCode(3),
        numbers="fixed",
    )


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "taps"), [(3, 1, 1, 9), (3, 2, 1, 4), (5, 2, 1, 9), (3, 2, 2, 9), (2, 3, 1, 1)]
)
def test_reach_counts_the_outputs_of_one_input(kernel: int, stride: int, dilation: int, taps: int) -> None:
    """Against the dense truth: the most outputs that any input pixel touches."""
    network = conv(kernel, stride, dilation)
    projection, side_taps = network.projections[0], isqrt(taps)
    assert reach_of(projection) == SynapseReach(2, side_taps, side_taps, rows=1, fan_in=kernel * kernel)
    side = network.by_name["conv"].shape[1]
    hit = np.zeros(12, int)
    for place in range(side):
        hit[place * stride : place * stride + dilation * kernel : dilation] += 1
    assert hit.max() ** 2 == taps


def test_other_synapses_by_hand() -> None:
    full = Projection("a", "b", Linear(dense(np.ones((3, 8), np.int8))), pool=(2, 2))
    assert reach_of(full) == SynapseReach(3, 1, 1, rows=8, fan_in=32)
    assert reach_of(Projection("a", "b", AvgPool2d((3, 2), (1, 1), 1))) == SynapseReach(1, 3, 2, 1, 6)
    assert reach_of(Projection("a", "b", AvgPool2d((2, 2), (2, 2), 1))) == SynapseReach(1, 1, 1, 1, 4)
    assert reach_of(Projection("a", "b", Identity(1))) == SynapseReach(1, 1, 1, 1, 1)


def test_every_synapse_that_a_core_can_have_has_a_reach() -> None:
    assert set(REACH) == set(core_parts.SYNAPSES)
