"""Codes at the input, on the reference engine: by hand, draw by draw, and on average."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import (
    IF,
    Bursts,
    Delta,
    Identity,
    Integrator,
    JitteredPeriodic,
    Linear,
    Network,
    PhaseCode,
    Poisson,
    Population,
    Projection,
    SingleBurst,
    Source,
    SpikeSelectCode,
    dense,
)
from tests.snn.disturb.test_noise import draw_of
from tests.snn.small import chain, reference, sent, single

SEEDS = st.integers(0, 2**20)
VALUES = np.array([0.0, 0.01, 0.25, 0.5, 0.8, 1.0])


@given(st.integers(1, 20), st.integers(1, 127))
def test_bursts_are_evenly_spread(steps, limit):
    """After t steps floor(limit x t + 1/2) spikes, at most `limit` in a step."""
    spikes = sent(Bursts(steps, limit), VALUES[None])[:, 0]
    wanted = np.floor(limit * np.arange(1, steps + 1)[:, None] * VALUES.astype(np.float32) + 0.5)
    np.testing.assert_array_equal(np.cumsum(spikes, axis=0), wanted)
    assert spikes.max() <= limit


def test_poisson_follows_the_law_draw_by_draw():
    code = Poisson(4, 0.5, seed=77)
    spikes = sent(code, np.tile(VALUES, (2, 1)))
    for step, sample, neuron in np.ndindex(spikes.shape):
        chance = float(np.float32(VALUES[neuron])) * 0.5
        assert spikes[step, sample, neuron] == (draw_of(77, 8, sample, step, neuron) < int(chance * 2**64))


@given(st.sampled_from([Poisson(30, 0.7, 5), JitteredPeriodic(30, seed=9)]), st.integers(1, 4))
def test_random_codes_do_not_depend_on_the_batch(code, first):
    images = np.tile(VALUES, (4, 1))
    np.testing.assert_array_equal(sent(code, images[:first]), sent(code, images)[:, :first])


def test_poisson_mean():
    """2000 trains of 100 steps: the mean lies within five standard errors."""
    x = 0.3
    spikes = sent(Poisson(100, 0.8, seed=1), np.full((20, 100), x))
    error = 5 * np.sqrt(0.24 * 0.76 / spikes.size)
    assert abs(spikes.mean() - 0.8 * np.float32(x)) < error
    per_step = spikes.mean(axis=(1, 2))
    assert abs(per_step - 0.24).max() < error * 10


@pytest.mark.parametrize("x", [0.2, 0.6, 1.0])
def test_jittered_periods_have_the_mean_rate_of_their_period(x):
    code = JitteredPeriodic(400, shortest=2.0, longest=20.0, deviation=0.1, seed=4)
    rate = 1 / 20 + (1 / 2 - 1 / 20) * x  # 1 / P, by the law of the period
    spikes = sent(code, np.full((10, 20), x))
    assert spikes.max() == 1
    assert spikes.mean() == pytest.approx(rate, rel=0.02)


def test_periods_without_deviation_are_periodic():
    spikes = sent(JitteredPeriodic(60, 4.0, 10.0, 0.0, seed=1), np.ones((3, 5)))
    for train in spikes.reshape(60, -1).T:
        assert np.all(np.diff(np.flatnonzero(train)) == 4) and train.sum() == 15


def test_jittered_periods_follow_the_law_draw_by_draw():
    code, x = JitteredPeriodic(40, 2.0, 8.0, 0.4, seed=5), 0.5
    period = 1 / (1 / 8 + (1 / 2 - 1 / 8) * x)
    for neuron, train in enumerate(sent(code, np.full((1, 6), x))[:, 0].T):
        time, steps = 0.0, []
        for number in range(40):
            fields = [
                draw_of(5, 9 + kind, 0, number, neuron) >> low & 0xFFFF for kind in range(3) for low in (0, 16, 32, 48)
            ]
            interval = period + 0.4 * period * ((sum(fields) + 6) / 65536 - 6)
            time += max(interval, 1.0) if number else draw_of(5, 12, 0, 0, neuron) / 2**64 * max(interval, 0.0)
            steps.append(int(time))
        assert np.flatnonzero(train).tolist() == [step for step in steps if step < 40]


def test_silent_pixels():
    images = np.array([[0.0, 0.25, 0.5, 0.75]])
    assert sent(JitteredPeriodic(50, silent=0.5), images)[:, 0, :3].sum() == 0
    assert sent(SingleBurst(9, silent=0.5), images).sum(axis=(0, 1)).tolist() == [0, 0, 0, 1]


def test_single_bursts_come_the_earlier_the_brighter():
    # floor((1 - x) 4 + 1/2) of 1, .75, .6, .25, .01: 0, 1, floor(2.1), 3, floor(4.46)
    spikes = sent(SingleBurst(5), [[1.0, 0.75, 0.6, 0.25, 0.01]])[:, 0]
    assert spikes.sum(axis=0).tolist() == [1] * 5
    assert spikes.argmax(axis=0).tolist() == [0, 1, 2, 3, 4]


@given(SEEDS, st.sampled_from([0.1, 0.25, 0.3]))
def test_delta_follows_what_it_sees(seed, threshold):
    """With steps enough, thresholds times (ON - OFF) lie within one threshold of a held image, from either side."""
    images = np.random.default_rng(seed).integers(-8, 9, (2, 3)) / 8
    spikes = sent(Delta(12, threshold), images, channels=6)
    on, off = np.split(spikes.sum(axis=0), 2, axis=1)
    assert np.all(on * off == 0)
    assert np.abs(threshold * (on - off) - images).max() < threshold


def test_delta_of_frames_by_hand():
    # .5: two ONs of .25 in steps 0 and 1; down to 0 in step 2: OFFs in steps 2 and 3
    frames = np.array([0.5, 0.5, 0.0, 0.0]).reshape(1, 4, 1, 1, 1)
    network = single(((2, 1, 1), (2, 1, 1)), Integrator(), Identity(), Delta(4, 0.25))
    assert reference(network, frames).rasters["in"].reshape(4, 2).tolist() == [[1, 0], [1, 0], [0, 1], [0, 1]]
    with pytest.raises(InvalidInput, match="frames"):
        reference(network, frames[:, :3])


@given(st.integers(1, 10), st.floats(0, 1, width=32))
def test_one_phase_is_the_binary_value(period, x):
    """The digits pass through an IF neuron unchanged, and an integrator reads the number that they are."""
    activity = reference(chain(Population("a", (1,), IF(1.0)), PhaseCode(period)), [[x]])
    whole = int(np.floor(x * (2**period - 1) + 0.5))
    digits = [int(digit) for digit in f"{whole:0{period}b}"]
    assert activity.rasters["in"].ravel().tolist() == activity.rasters["a"].ravel().tolist() == digits
    assert activity.logits.item() == whole


@given(SEEDS, st.integers(1, 6), st.integers(1, 3))
def test_phase_conserves_weighted_charge(seed, period, periods):
    random = np.random.default_rng(seed)
    weights = (random.integers(-8, 9, (4, 5)) / 16).astype(np.float32)
    theta, bias = random.integers(1, 20, 4) / 16, random.integers(-9, 10, 4) / 16
    network = single(((5,), (4,)), IF(theta), Linear(dense(weights)), PhaseCode(period, periods), bias=bias)
    activity = reference(network, random.integers(0, 17, (3, 5)) / 16)
    weight = 2.0 ** (period - 1 - np.arange(period * periods) % period)
    arrived, spikes = (np.tensordot(weight, activity.rasters[name], 1) for name in ("in", "a"))
    left = activity.potentials["a"][-1]
    np.testing.assert_array_equal(arrived @ weights.T + periods * bias, left + theta * spikes)
    np.testing.assert_array_equal(activity.logits, spikes)


def test_spike_select_lets_the_first_spikes_through():
    parts = (Population("in", (1,), Source()), Population("a", (1,), IF(1.0)), Population("out", (1,), IF(1.0)))
    links = (Projection("in", "a", Identity()), Projection("a", "out", Identity()))
    network = Network(parts, links, "in", "out", SpikeSelectCode(6, 2), readout="count")
    activity = reference(network, [[1.0]])
    assert activity.rasters["in"].ravel().tolist() == [1] * 6
    assert activity.rasters["a"].ravel().tolist() == activity.rasters["out"].ravel().tolist() == [1, 1, 0, 0, 0, 0]
    assert activity.potentials["a"].ravel().tolist() == [0.0] * 6  # reset all the same
    free = Network(parts[:2], links[:1], "in", "a", SpikeSelectCode(6, 2), readout="count")
    assert reference(free, [[1.0]]).logits.item() == 6  # the output is not limited


@pytest.mark.parametrize(
    "build",
    [
        lambda: Bursts(4, 0),
        lambda: Bursts(4, 128),
        lambda: Poisson(4, 0.0),
        lambda: Poisson(4, seed=-1),
        lambda: Poisson(4, seed=1.5),
        lambda: JitteredPeriodic(4, 0.5),
        lambda: JitteredPeriodic(4, 3.0, 2.0),
        lambda: JitteredPeriodic(4, longest=np.inf),
        lambda: JitteredPeriodic(4, deviation=-0.1),
        lambda: SingleBurst(4, silent=1.5),
        lambda: PhaseCode(0),
        lambda: PhaseCode(17),
        lambda: PhaseCode(16, 100_000),
        lambda: SpikeSelectCode(4, 0),
        lambda: Delta(4, 0.0),
        lambda: Delta(4, np.nan),
        lambda: Bursts(1_000_001, 2),
    ],
)
def test_codes_refuse_nonsense(build):
    with pytest.raises(InvalidInput, match="expected"):
        build()
