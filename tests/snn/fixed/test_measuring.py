"""What saturation changes on samples."""

import numpy as np

from spikewright.snn import IF, Direct, Linear
from spikewright.snn.fixed.measuring import PROBED, measured_saturation
from spikewright.snn.fixed.saturation import widened
from tests.snn.small import single


def test_nothing_where_potentials_are_wide_enough_and_something_where_not() -> None:
    weights = np.full((1, 4), 4.0, np.float32)
    code = Direct(20, 1, window=2)
    network = single(((4,), (1,)), IF(1.0), Linear(weights), code, readout="count").to_fixed(potential_bits=5)
    images = np.ones((PROBED + 3, 4), np.float32)
    row = measured_saturation(network, images)
    assert row.detail.startswith("on 53 samples") and not row.detail.startswith("on 53 samples 0 of")
    assert measured_saturation(widened(network), images).detail.startswith("on 53 samples 0 of")
