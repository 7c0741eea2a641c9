"""What flows through a projection."""

import numpy as np
import pytest
from hypothesis import given

from spikewright.hardware.model.flows import event_flow, fan_in, reach
from spikewright.snn import (
    IF,
    Conv2d,
    Dense,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    simulate,
)
from tests.snn.strategies import cases


@given(cases("spiking", "fixed"))
def test_no_event_reaches_more_than_its_row(case) -> None:
    activity = simulate(case.network, case.images, engine="reference")
    for projection in case.network.projections:
        flow = event_flow(case.network, activity, projection)
        assert 0 <= flow.operations <= flow.events * flow.channels * flow.taps * (1 + 1e-12)
        assert flow.operations <= flow.reads * (1 + 1e-12)


def conv(kernel: int, stride: int, dilation: int) -> Network:
    weights = Dense(np.ones((2, 1, kernel, kernel), np.int8))
    side = 1 + (12 - dilation * (kernel - 1) - 1) // stride
    populations = (
        Population("in", (1, 12, 12), Source()),
        Population("conv", (2, side, side), IF(5), potential_bits=8),
        Population("out", (3,), Integrator(), potential_bits=12),
    )
    synapse = Conv2d(weights, stride=(stride, stride), dilation=(dilation, dilation))
    last = Linear(Dense(np.ones((3, 2 * side * side), np.int8)))
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
    projection = network.projections[0]
    assert reach(network, projection) == (2, taps, 1)
    assert fan_in(network, projection) == kernel * kernel
    side = network.by_name["conv"].shape[1]
    hit = np.zeros(12, int)
    for place in range(side):
        hit[place * stride : place * stride + dilation * kernel : dilation] += 1
    assert hit.max() ** 2 == taps
