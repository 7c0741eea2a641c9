"""Every code of spikes has its encoder, and it writes all neurons and steps."""

import numpy as np
import pytest

from spikewright.snn import (
    AddressEvents,
    Bursts,
    Delta,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
)
from spikewright.snn.codes import CODES
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.encoders import ENCODERS, Encoding
from tests.snn.event.steps import chunk_of

SHAPE = (2, 3, 2)
GIVEN = {
    RateCode: RateCode(6),
    SpikeSelectCode: SpikeSelectCode(6),
    Bursts: Bursts(6, 3),
    Poisson: Poisson(6, 0.5, 3),
    SingleBurst: SingleBurst(6),
    PhaseCode: PhaseCode(3, 2),
    JitteredPeriodic: JitteredPeriodic(6, 1.0, 3.0),
    Delta: Delta(6, 0.25),
}


def test_the_table_is_whole():
    assert {code for code in CODES if code.sends == "spikes"} - {AddressEvents} == set(ENCODERS) == set(GIVEN)


@pytest.mark.parametrize("code", ENCODERS)
def test_pieces_of_steps_and_of_samples(code):
    """What samples 1 and 2 send is what they send in a batch of three, whatever the pieces of steps."""
    shape = (1, *SHAPE[1:]) if code is Delta else SHAPE
    images = np.random.default_rng(0).random((3, *shape)).astype(np.float32)

    def encoded(samples, *steps):
        chunk, parts = chunk_of(steps[0], 3), []
        chunk.samples = samples
        for chunk.steps in steps:
            sent = np.full((samples.size, chunk.length, 16), 9, np.int8)
            ENCODERS[code](Encoding(GIVEN[code], "in", 0, engine_order(SHAPE), images, chunk), sent)
            parts.append(sent[:, :, :12])
        return np.concatenate(parts, axis=1)

    whole = encoded(np.arange(3), slice(0, 6))
    assert 0 < np.abs(whole).sum() and whole.max() <= GIVEN[code].most
    np.testing.assert_array_equal(encoded(np.array([1, 2]), slice(0, 2), slice(2, 6)), whole[1:])
