"""How weights lie in memory."""

from dataclasses import replace

import numpy as np

from spikewright.hardware import estimate, time_multiplexed
from spikewright.snn import (
    Linear,
    codebook,
)
from tests.hardware.small_networks import active, perceptron


def test_codebook_stores_indices_and_a_table() -> None:
    values = np.array([-90, -5, 7, 100], np.int8)
    indices = np.arange(64).reshape(4, 16) % 4
    network = perceptron((16, 4))
    shared = replace(network, projections=(replace(network.projections[0], synapse=Linear(codebook(indices, values))),))
    one = estimate(shared, active(shared, {"in": 4}), time_multiplexed(shared))
    assert one.weight_memory_bits == 64 * 2 + 4 * 8
