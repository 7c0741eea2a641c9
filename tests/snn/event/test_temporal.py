"""Time-coded networks: one value a neuron, whatever the chunks of samples, and noise on times."""

from unittest.mock import patch

import numpy as np
import pytest

from spikewright.snn import Identity, Ramp, SpikeDeletion, StuckAt, TtfsCode, simulate
from spikewright.snn.event import temporal
from tests.snn.small import single

IMAGES = np.linspace(0, 1, 12).reshape(4, 3).astype(np.float32)


def network(**options):
    return single(((3,), (3,)), Ramp(2.0), Identity(1.5), TtfsCode(), readout="first", **options)


def test_the_value_is_what_is_left_of_the_window():
    activity = simulate(network(bias=0.25), IMAGES, record=("rasters", "potentials"))
    V = IMAGES.astype(np.float64) * 1.5 + 0.25
    np.testing.assert_array_equal(activity.potentials["a"][0], V)
    np.testing.assert_array_equal(activity.logits, np.clip(V, 0, 2))
    assert activity.axis == "window" and activity.engine == "temporal"
    np.testing.assert_array_equal(activity.synaptic_operations["in->a"], (IMAGES != 0).sum(axis=1))


def test_chunks_do_not_show():
    whole = simulate(network(), IMAGES, noise=SpikeDeletion(0.5, 3))
    with patch.object(temporal, "CHUNK_SAMPLES", 1):
        cut = simulate(network(), IMAGES, noise=SpikeDeletion(0.5, 3))
    np.testing.assert_array_equal(cut.logits, whole.logits)
    assert 0 < whole.synaptic_operations["in->a"].sum() < 11


@pytest.mark.parametrize(("value", "sent"), [(0, 0.0), (1, 2.0)])
def test_stuck_neurons_fire_at_once_or_never(value, sent):
    activity = simulate(network(), IMAGES, noise=StuckAt(value, 1.0, 0, ("a",)))
    np.testing.assert_array_equal(activity.logits, sent)
