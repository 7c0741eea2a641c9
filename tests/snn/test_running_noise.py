"""Noise of a running network, on the reference engine, draw by draw: what is lost, added, stuck, shaken and flipped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    InputNoise,
    Integrator,
    MembraneNoise,
    Network,
    Population,
    PotentialBitFlips,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    StuckAt,
    TerminateMax,
    TtfsCode,
)
from tests.snn.disturb.test_noise import draw_of, wide
from tests.snn.small import reference, single

SEEDS = st.integers(0, 2**63 - 1)
FEW = settings(max_examples=25)
FIELDS = (0, 16, 32, 48)


def normal_of(seed, stream, *places):
    fields = [draw_of(seed, stream + kind, *places) >> low & 0xFFFF for kind in range(3) for low in FIELDS]
    return (sum(fields) + 6) / 65536 - 6


def arrivals(activity):
    return np.diff(activity.logits_over_time, axis=0, prepend=0)


def timed(levels=None, width=40):
    parts = (Population("in", (width,), Source()), Population("a", (width,), Ramp(2.0, levels)))
    parts = (*parts, Population("out", (width,), Integrator()))
    links = (Projection("in", "a", Identity(2.0)), Projection("a", "out", Identity()))
    return Network(parts, links, "in", "out", TtfsCode())


def test_insertion_follows_the_law_draw_by_draw():
    activity = reference(wide(3), np.zeros((2, 40)), noise=SpikeInsertion(0.3, 9))
    arrived = arrivals(activity)
    for place in np.ndindex(arrived.shape):
        step, sample, neuron = place
        assert arrived[place] == (draw_of(9, 2, sample, step, neuron) < int(0.3 * 2**64))
    assert activity.spikes["in"].tolist() == [0, 0]  # nobody sent them
    assert activity.synaptic_operations["in->out"].tolist() == arrived.sum(axis=(0, 2)).tolist()
    full = reference(wide(3), np.ones((2, 40)), noise=SpikeInsertion(1.0))
    assert np.all(arrivals(full) == 1)  # only where nothing arrives


def test_noise_acts_in_the_order_given():
    both = (SpikeDeletion(1.0), SpikeInsertion(1.0))
    assert np.all(arrivals(reference(wide(2), np.ones((1, 40)), noise=both)) == 1)
    assert np.all(arrivals(reference(wide(2), np.ones((1, 40)), noise=both[::-1])) == 0)


@pytest.mark.parametrize("value", [0, 1])
def test_stuck_neurons_are_the_same_in_every_step_and_sample(value):
    network = single(((40,), (40,)), IF(1.0), Identity(), RateCode(4))
    activity = reference(network, np.full((3, 40), 0.5), noise=StuckAt(value, 0.25, 7, ("a",)))
    stuck = np.array([draw_of(7, 16 * 1 + 3, 0, 0, neuron) < 2**62 for neuron in range(40)])
    assert 3 <= stuck.sum() <= 17
    assert np.all(activity.rasters["a"][:, :, stuck] == value)
    np.testing.assert_array_equal(activity.rasters["a"][:, :, ~stuck], activity.rasters["in"][:, :, ~stuck])
    np.testing.assert_array_equal(activity.logits, activity.rasters["a"].sum(axis=0))


def test_stuck_spike_times_are_the_whole_window():
    activity = reference(timed(), np.full((1, 40), 0.25), noise=StuckAt(1, 1.0, 0, ("a",)))
    assert np.all(activity.rasters["a"] == 2.0) and np.all(activity.rasters["in"] == 0.25)
    assert np.all(reference(timed(8), np.full((1, 40), 0.25), noise=StuckAt(1, 1.0)).rasters["in"] == 1.0)


@FEW
@given(SEEDS, st.floats(0, 2))
def test_membrane_noise_follows_the_law(seed, deviation):
    """Below the threshold the noise adds up: float32 rounds it, fixed point to whole numbers."""
    noise = MembraneNoise(deviation, seed, ("a",))
    n = [normal_of(seed, 16 * 1 + 4, 0, step, 0) for step in range(5)]
    _, potentials = run(IF(1000.0), noise)
    added = np.array([deviation * 1000.0 * one for one in n], np.float32)
    wanted, potential = [], np.float32(0)
    for more in added:
        potential = potential + more
        if potential >= 1000:
            potential = potential - np.float32(1000)
        wanted.append(potential)
    np.testing.assert_array_equal(potentials, np.array(wanted))
    whole = run(IF(2000), noise, fixed=True)[1]
    wanted, potential = [], 0
    for one in n:
        potential = int(np.clip(potential + np.floor(deviation * 2000 * one + 0.5), -(2**15), 2**15 - 1))
        potential -= 2000 * (potential >= 2000)
        wanted.append(potential)
    assert whole == wanted


def run(neuron, noise, *, fixed=False, initial=0, bits=16):
    options = {"numbers": "fixed"} if fixed else {}
    own = {"potential_bits": bits} if fixed else {}
    network = single(((1,), (1,)), neuron, Identity(1), RateCode(5), initial=initial, **own, **options)
    activity = reference(network, [[0.0]], noise=noise)
    return activity.rasters["a"].ravel().tolist(), activity.potentials["a"].ravel().tolist()


def test_membrane_noise_shakes_time_codes_once():
    activity = reference(timed(), np.full((2, 40), 0.25), noise=MembraneNoise(0.1, 3))
    for sample, neuron in np.ndindex(2, 40):
        wanted = 0.5 + 0.1 * 2.0 * normal_of(3, 16 + 4, sample, 0, neuron)
        assert activity.potentials["a"][0, sample, neuron] == wanted


@FEW
@given(SEEDS, st.integers(2, 16))
def test_potential_bits_flip_one_by_one(seed, bits):
    """With certainty: in every step one bit of the word, the one that the draw names."""
    top = 2 ** (bits - 1) - 1
    _, potentials = run(Integrator(), PotentialBitFlips(1.0, seed), fixed=True, initial=min(5, top), bits=bits)
    word = min(5, top) % 2**bits
    for step, potential in enumerate(potentials):
        word ^= 1 << draw_of(seed, 16 * 1 + 13, 0, step, 0) % bits
        assert potential % 2**bits == word and -top - 1 <= potential <= top


def test_rare_flips_follow_their_probability():
    network = single(
        ((40,), (40,)), Integrator(), Identity(1), RateCode(6), initial=0, potential_bits=8, numbers="fixed"
    )  # fmt: skip
    potentials = reference(network, np.zeros((2, 40)), noise=PotentialBitFlips(0.2, 4)).potentials["a"]
    changed = np.diff(potentials, axis=0, prepend=0) != 0
    for step, sample, neuron in np.ndindex(changed.shape):
        assert changed[step, sample, neuron] == (draw_of(4, 16 + 7, sample, step, neuron) < int(0.2 * 2**64))


def test_inserted_spike_times():
    activity = reference(timed(8), np.zeros((2, 40)), noise=SpikeInsertion(0.5, 6, ("a",)))
    for sample, neuron in np.ndindex(2, 40):
        hit = draw_of(6, 16 + 2, sample, 0, neuron) < 2**63
        share = draw_of(6, 16 + 13, sample, 0, neuron) / 2**64
        assert activity.logits[sample, neuron] == (2.0 / 8 * np.floor(share * 8 + 0.5) if hit else 0.0)


def test_timed_jitter_waits_for_the_grid():
    activity = reference(timed(8), np.full((1, 40), 0.5), noise=SpikeJitter(0.3, 6, ("a",)))
    later = [(draw_of(6, 16 + 1, 0, 0, n) / 2**64 * 2 - 1) * 0.3 * 2.0 for n in range(40)]
    np.testing.assert_array_equal(activity.logits[0], np.floor(np.clip(1.0 - np.array(later), 0, 2) * 4 + 0.5) / 4)


@FEW
@given(SEEDS, st.floats(0, 1))
def test_input_noise_follows_the_law(seed, deviation):
    network = single(((5,), (5,)), Integrator(), Identity(), Direct(1))
    arrived = reference(network, np.full((2, 5), 0.5), noise=InputNoise(deviation, seed)).rasters["in"][0]
    for sample, neuron in np.ndindex(2, 5):
        wanted = np.float32(np.clip(0.5 + deviation * normal_of(seed, 4, sample, 0, neuron), 0, 1))
        assert arrived[sample, neuron] == wanted


def test_graded_values_are_not_touched():
    parts = (Population("in", (3,), Source()), Population("q", (3,), QuantReLU(1.0, 0, 7)))
    network = Network(parts, (Projection("in", "q", Identity()),), "in", "q", Direct(1, 7), readout="count")
    noise = (SpikeDeletion(1.0), SpikeInsertion(1.0), StuckAt(1, 1.0), SpikeJitter(1), MembraneNoise(1.0))
    images = np.array([[0.0, 3 / 7, 1.0]])
    assert reference(network, images, noise=noise).logits.tolist() == [[0, 3, 7]]


def test_noise_acts_on_what_it_names():
    network = single(((4,), (4,)), IF(1.0), Identity(), RateCode(3))
    activity = reference(network, np.ones((1, 4)), noise=SpikeDeletion(1.0, 0, ("a",)))
    assert activity.synaptic_operations["in->a"].item() == 12


RATE = single(((2,), (2,)), IF(1.0), Identity(), RateCode(3))
DELAYED = single(((2,), (2,)), IF(1.0), Identity(), RateCode(3), delay=1)
DECIDING = single(((2,), (2,)), IF(1.0), Identity(), RateCode(3), decision=TerminateMax(1))
REFUSED = {
    "half a step of jitter": (RATE, SpikeJitter(0.5), "whole number of steps"),
    "jitter against delay": (DELAYED, SpikeJitter(1), "no SpikeJitter"),
    "jitter against decision": (DECIDING, SpikeJitter(1), "no SpikeJitter"),
    "bits of real potentials": (RATE, PotentialBitFlips(0.1), "fixed-point"),
    "bits of spike times": (timed(), PotentialBitFlips(0.1), "fixed-point"),
    "nobody": (RATE, StuckAt(0, 0.1, 0, ("b",)), "names of populations, got b"),
    "no noise at all": (RATE, "hum", "noise or faults"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_noise_that_does_not_fit(name):
    network, noise, message = REFUSED[name]
    with pytest.raises(InvalidInput, match=message):
        reference(network, np.zeros((1, network.populations[0].size)), noise=noise)


@pytest.mark.parametrize(
    "build",
    [
        lambda: SpikeDeletion(1.1),
        lambda: SpikeInsertion(-0.1),
        lambda: SpikeJitter(-1),
        lambda: StuckAt(2, 0.5),
        lambda: StuckAt(1, 1.5),
        lambda: MembraneNoise(np.nan),
        lambda: PotentialBitFlips(2.0),
        lambda: InputNoise(101.0),
        lambda: SpikeDeletion(0.5, seed=-1),
        lambda: SpikeDeletion(0.5, seed=0.5),
    ],
)
def test_noise_refuses_nonsense(build):
    with pytest.raises(InvalidInput, match="expected"):
        build()
