"""Noise on spikes, draw by draw: the law of `snn.disturb.noise` stated once more in plain integers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn import (
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Ramp,
    RateCode,
    Source,
    SpikeDeletion,
    SpikeJitter,
    TtfsCode,
    dense,
    simulate,
)


def reference(network, images, **options):
    return simulate(network, images, engine="reference", record=("potentials",), **options)


def splitmix(state):
    """The published finaliser, in plain integers."""
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) % 2**64
    return state ^ (state >> 31)


def draw_of(seed, *places):
    for place in places:
        seed = splitmix((seed + 0x9E3779B97F4A7C15 * place) % 2**64)
    return seed


def test_draws_are_splitmix64():
    assert draw_of(0, 1) == 0xE220A8397B1DCDAF  # the first output of splitmix64 with seed 0


def wide(steps, width=40):
    """Inputs that all fire in every step, into one integrator each."""
    parts = (Population("in", (width,), Source()), Population("out", (width,), Integrator()))
    return Network(parts, (Projection("in", "out", Identity()),), "in", "out", RateCode(steps))


def test_deletion_follows_the_law_draw_by_draw():
    seed, steps, width = 12345, 3, 40
    activity = reference(wide(steps), np.ones((2, width)), noise=SpikeDeletion(0.3, seed))
    arrived = np.diff(activity.logits_over_time, axis=0, prepend=0)
    for step, sample, neuron in np.ndindex(steps, 2, width):
        lost = draw_of(seed, 0, sample, step, neuron) < 0.3 * 2**64
        assert arrived[step, sample, neuron] == (not lost)
    assert activity.spikes["in"].tolist() == [120, 120]


def test_jitter_follows_the_law_draw_by_draw():
    seed, steps, width = 99, 5, 40
    image = np.full((1, width), 0.2)  # floor(.2 t + .5): one spike, in step 2
    activity = reference(wide(steps), image, noise=SpikeJitter(2, seed))
    arrived = np.diff(activity.logits_over_time, axis=0, prepend=0)[:, 0]
    places = [min(max(2 + draw_of(seed, 1, 0, 2, neuron) % 5 - 2, 0), steps - 1) for neuron in range(width)]
    assert arrived.argmax(axis=0).tolist() == places
    assert len(set(places)) == 5


@given(st.integers(0, 2**63 - 1), st.integers(0, 4))
def test_jitter_loses_nothing(seed, width):
    activity = reference(wide(6), np.full((3, 40), 0.5), noise=SpikeJitter(width, seed))
    assert activity.synaptic_operations["in->out"].tolist() == activity.spikes["in"].tolist() == [120] * 3


def test_timed_jitter_stays_in_the_window():
    parts = (Population("in", (30,), Source()), Population("a", (1,), Ramp(1.0)), Population("out", (1,), Integrator()))
    first, last = (Linear(dense(np.ones((1, inputs), np.float32))) for inputs in (30, 1))
    links = (Projection("in", "a", first), Projection("a", "out", last))
    activity = reference(
        Network(parts, links, "in", "out", TtfsCode()), np.full((1, 30), 0.5), noise=SpikeJitter(2.0, 4)
    )
    later = [(draw_of(4, 1, 0, 0, n) / 2**64 * 2 - 1) * 2.0 for n in range(30)]
    np.testing.assert_allclose(activity.potentials["a"].item(), np.clip(0.5 - np.array(later), 0, 1).sum())
