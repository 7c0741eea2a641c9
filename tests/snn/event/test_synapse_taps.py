"""Every synapse has its taps; what has no weights is refused."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import (
    IF,
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    RateCode,
    Separable2d,
    Upsample,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.event.synapse_taps import TAPS, taps_of
from tests.snn.event.steps import gated
from tests.snn.small import single


def ones(*shape):
    return dense(np.ones(shape, np.float32))


SYNAPSES = {
    Linear: (Linear(ones(3, 24)), (2, 3, 4)),
    Conv1d: (Conv1d(ones(3, 2, 2)), (2, 6)),
    Conv2d: (Conv2d(ones(3, 2, 2, 2)), (2, 3, 4)),
    ConvTranspose2d: (ConvTranspose2d(ones(3, 2, 2, 2), (2, 2)), (2, 3, 4)),
    Upsample: (Upsample((2, 3), 0.5), (2, 3, 4)),
    AvgPool2d: (AvgPool2d((2, 2), (1, 2), 0.25), (2, 3, 4)),
    Separable2d: (Separable2d(np.eye(5, 3), np.tri(2, 4), 0.5), (2, 3, 4)),
    Identity: (Identity(np.array([1.0, 2.0], np.float32)), (2, 3, 4)),
}


def test_the_table_is_whole():
    assert set(TAPS) == set(SYNAPSES)


@pytest.mark.parametrize("synapse", TAPS)
def test_the_sum_of_all_that_survives(synapse):
    """A constant input of ones adds up to what the reference says."""
    record, shape = SYNAPSES[synapse]
    network = single((shape, record.output_shape(shape)), Integrator(), record, Direct(1))
    images = np.ones((1, *shape), np.float32)
    fast, slow = (simulate(network, images, engine=engine) for engine in ("event", "reference"))
    np.testing.assert_array_equal(fast.logits, slow.logits)
    assert fast.synaptic_operations["in->a"] == slow.synaptic_operations["in->a"]


def test_weights_are_read_in_the_numbers_of_the_network():
    fixed = single(((2,), (2,)), IF(5), Identity(3), RateCode(2), numbers="fixed", potential_bits=8)
    assert taps_of(fixed, fixed.projections[0]).weights.dtype.kind == "i"


def test_windows_have_no_weights():
    network = gated((2, 4, 4), (2, 2, 2), Windows((2, 2), (2, 2)), RateCode(2))
    with pytest.raises(InvalidNetwork, match="expected weights in projection 'in->m', got Windows"):
        taps_of(network, network.projections[0])
