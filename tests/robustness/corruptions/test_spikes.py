"""Spikes that are lost, late or come from nothing."""

from typing import Any

import numpy as np

from spikewright.robustness import (
    SnnPredictor,
    SpikeDeletionFault,
    SpikeJitterFault,
)
from spikewright.snn import simulate
from spikewright.snn.disturb.noise import SpikeDeletion
from tests.snn.every_record import NETWORKS


def test_spike_deletion_is_the_engines(snn: SnnPredictor, digits: Any) -> None:
    images = digits.images[:50]
    run = simulate(snn.network, images.numpy(), noise=SpikeDeletion(0.4, 5))
    np.testing.assert_array_equal(SpikeDeletionFault()(snn, images, 0.4, 5).numpy(), run.predictions)


def test_losing_every_spike_leaves_one_answer(snn: SnnPredictor, digits: Any) -> None:
    assert len(SpikeDeletionFault()(snn, digits.images[:50], 1.0).unique()) == 1


def test_time_codes_take_jitter_in_windows(ttfs: SnnPredictor, digits: Any) -> None:
    assert SpikeJitterFault().refusal(ttfs, 0.1) is None
    assert len(SpikeJitterFault()(ttfs, digits.images[:20], 0.1)) == 20


def test_jitter_is_refused_where_time_has_consequences() -> None:
    reason = SpikeJitterFault().refusal(SnnPredictor(NETWORKS["delay"], engine="reference"), 1.0)
    assert reason is not None
    assert "delays" in reason


def test_jitter_is_whole_steps_where_there_are_steps(snn: SnnPredictor) -> None:
    assert SpikeJitterFault().refusal(snn, 0.5) == "its strength is whole steps, not 0.5"
    assert SpikeJitterFault().refusal(snn, 2.0) is None
    assert "number of steps" in str(SpikeJitterFault().refusal(snn, 2e6))
