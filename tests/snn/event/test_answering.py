"""Answers: timing of the steps, and noise on potentials before the kernels."""

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    Direct,
    Identity,
    MembraneNoise,
    PhaseCode,
    PotentialBitFlips,
    QuantReLU,
    RateCode,
    TernaryIF,
)
from spikewright.snn.event.answering import answer, timing
from tests.snn.event.steps import chunk_of, last_of
from tests.snn.kernels.making import sent_by
from tests.snn.small import single

SIZE, STEPS = 5, 6


def answered(neuron, sums, noise=(), code=None, traced=True, **options):
    """What the neurons of a fixed-point network send, their potentials, and the events."""
    network = single(
        ((SIZE,),) * 2, neuron, Identity(1), code or RateCode(STEPS), numbers="fixed", potential_bits=9, **options
    )
    population = last_of(network, noise)
    chunk = chunk_of(slice(0, network.steps))
    events, trace = answer(network, population, sums.astype(population.types.sums), chunk, traced)
    return sent_by(events, SIZE), trace, events


def drawn(seed=0, planes=STEPS):
    return np.random.default_rng(seed).integers(-5, 9, (2, planes, SIZE))


def test_timing():
    def told(*arguments):
        return [part.tolist() for part in timing(*arguments)]

    assert told("layerwise", RateCode(9), 0, 3) == [
        [0, 1, 1],
        [1, 0, 0],
        [1, 1, 1],
        [0, 1, 2],
    ]
    assert told("synchronous", PhaseCode(2, 2), 1, 4) == [
        [1, 0, 1],
        [1, 2, 1],
        [1, 2, 1],
        [1, 2, 3],
    ]
    assert timing("synchronous", Direct(9, window=2), 1, 4).bias_row.tolist() == [0, 1, 1]
    assert [part.tolist() for part in timing("synchronous", RateCode(9), 4, 7).step(1)] == [[0], [1], [1], [5]]


def test_signed_numbers_have_values_and_single_spikes_none():
    sums = drawn()
    plain, _, without = answered(IF(4), sums)
    signed, _, valued = answered(TernaryIF(4, 3), sums)
    assert not without.valued and valued.valued and plain.min() == 0 and signed.min() == -1


def test_levels_are_graded():
    sums = drawn(planes=1)
    sent, trace, events = answered(QuantReLU(1, 0, 3), sums, code=RateCode(1))
    assert events.graded
    np.testing.assert_array_equal(sent, np.clip(sums, 0, 3))
    np.testing.assert_array_equal(trace, sums)


@pytest.mark.parametrize(
    "noise", [(MembraneNoise(0.0),), (PotentialBitFlips(0.0),), (PotentialBitFlips(0.0), MembraneNoise(0.0))]
)
@pytest.mark.parametrize("options", [{}, {"bias": 2}, {"schedule": "layerwise", "bias": 1}])
def test_noise_that_does_nothing_changes_nothing(noise, options):
    sums = drawn(planes=1 if "schedule" in options else STEPS)
    for neuron in (IF(4), IF(4, refractory=1), TernaryIF(4, 3)):
        if "schedule" in options and neuron.refractory:
            continue
        quiet, noisy = answered(neuron, sums.copy(), **options), answered(neuron, sums.copy(), noise, **options)
        np.testing.assert_array_equal(noisy[0], quiet[0])
        np.testing.assert_array_equal(noisy[1], quiet[1])


def test_spikes_are_the_same_whether_or_not_potentials_are_wanted():
    """Then, under a steady drive, another kernel serves."""
    sums = drawn(3, planes=1)
    traced, untraced = answered(IF(4), sums.copy()), answered(IF(4), sums.copy(), traced=False)
    np.testing.assert_array_equal(untraced[0], traced[0])
    assert not untraced[1].size
