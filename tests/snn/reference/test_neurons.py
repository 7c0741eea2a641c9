"""Laws of the neurons, on the reference engine: charge is conserved, counts are what they should be, deaf means deaf."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    AddressEvents,
    Burst,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    Ramp,
    RateCode,
    SignedIF,
    Source,
    TernaryIF,
    TtfsCode,
    dense,
)
from tests.snn.small import alone, events, reference, single

SIXTEENTHS = st.integers(-64, 64).map(lambda whole: whole / 16)
SEEDS = st.integers(0, 2**20)
SCHEDULES = st.sampled_from(["synchronous", "layerwise"])


@settings(max_examples=40)
@given(SEEDS, st.sampled_from([None, 3]))
def test_signed_if_at_rest_has_counted_the_whole_charge(seed, limit):
    """From theta / 2: count = clip(floor(charge / theta + 1/2), 0, limit), whatever the order in which the charge came."""
    random = np.random.default_rng(seed)
    weights = (random.integers(-8, 9, (5, 6)) / 16).astype(np.float32)
    theta = random.integers(4, 20, 5) / 16
    stream = sorted((x, 0, t, 0) for x, t in random.integers(0, [6, 10], (30, 2)))
    stream = events(*sorted(stream, key=lambda event: event[2]))
    network = single(
        ((1, 1, 6), (5,)), SignedIF(theta, limit), Linear(dense(weights)), AddressEvents(100, 1, 30), initial=theta / 2
    )
    counts = reference(network, [stream]).rasters["a"].sum(axis=(0, 1))
    charge = weights @ np.bincount(stream["x"], minlength=6)
    np.testing.assert_array_equal(counts, np.clip(np.floor(charge / theta + 0.5), 0, limit or np.inf))


def test_signed_if_by_hand():
    # U: 1.5 fires, .5 left | the charge is over, .5 | then -.75: -.25 < 0 and the count is 1: takes it back, .75 | .75
    events_ = events((0, 0, 0, 0), (1, 0, 2, 0))
    weights = Linear(dense(np.array([[1.5, -0.75]], np.float32)))
    network = single(((1, 1, 2), (1,)), SignedIF(1.0), weights, AddressEvents(4, 1))
    activity = reference(network, [events_])
    assert activity.rasters["a"].ravel().tolist() == [1, 0, -1, 0]
    assert activity.potentials["a"].ravel().tolist() == [0.5, 0.5, 0.75, 0.75]
    assert activity.logits_over_time.ravel().tolist() == [1, 1, 0, 0]
    assert activity.spikes["a"].item() == 2  # a spike taken back is one more spike


@given(SIXTEENTHS, st.integers(1, 40), st.integers(1, 40), st.integers(1, 60))
def test_ternary_rates(value, threshold, negative, steps):
    """Constant drive d: d T / threshold positive spikes or -d T / negative negative ones, within one, while d allows it."""
    threshold, negative = threshold / 16, negative / 16
    drive = float(np.clip(value, -negative, threshold))
    spikes, potentials, _ = alone(TernaryIF(threshold, negative), Direct(steps), value=drive)
    up, down = (sum(spike == sign for spike in spikes) for sign in (1, -1))
    assert potentials[-1] == steps * drive - up * threshold + down * negative
    assert abs(up - max(drive, 0) * steps / threshold) <= 1
    assert abs(down - max(-drive, 0) * steps / negative) <= 1


@given(SEEDS, SCHEDULES, st.integers(1, 5))
def test_burst_conserves_charge_and_keeps_its_limit(seed, schedule, limit):
    random = np.random.default_rng(seed)
    weights = (random.integers(-8, 30, (4, 5)) / 16).astype(np.float32)
    theta, bias, initial = (random.integers(1, 20, 4) / 16 for _ in range(3))
    network = single(
        ((5,), (4,)), Burst(theta, limit), Linear(dense(weights)), Direct(6),
        bias=bias, initial=initial, schedule=schedule,
    )  # fmt: skip
    images = random.integers(0, 17, (3, 5)) / 16
    activity = reference(network, images)
    spikes = activity.rasters["a"]
    assert spikes.min() >= 0 and spikes.max() <= limit
    left = activity.potentials["a"][-1]
    np.testing.assert_array_equal(6 * (images @ weights.T + bias), left - initial + theta * spikes.sum(axis=0))
    assert activity.spikes["a"].tolist() == spikes.sum(axis=(0, 2)).tolist()


@given(st.integers(0, 5), st.integers(1, 30))
def test_refractory_steps_limit_the_rate(refractory, steps):
    """With charge enough, one spike in every refractory + 1 steps, and not one more."""
    spikes, _, _ = alone(IF(1.0, "zero", refractory), Direct(steps), value=2.0)
    assert spikes == [int(step % (refractory + 1) == 0) for step in range(steps)]


def test_a_deaf_neuron_loses_what_arrives_and_keeps_what_it_has():
    # U: .75 | 1.5 fires, .5 left | deaf: .5 (no leak either) | .5 * .5 + .75 = 1.0 fires, 0 | deaf
    spikes, potentials, _ = alone(LIF(1.0, 0.5, "subtract", 1), Direct(5), value=0.75, initial=0.75)
    # U: .375 + .75 = 1.125 fires, .125 | deaf | .0625 + .75 = .8125 | .40625 + .75 = 1.15625 fires | deaf
    assert spikes == [1, 0, 0, 1, 0]
    assert potentials == [0.125, 0.125, 0.8125, 0.15625, 0.15625]


def test_thresholds_of_each_neuron():
    thresholds = np.arange(1, 5, dtype=np.float32).reshape(1, 2, 2)
    network = single(((1, 2, 2), (1, 2, 2)), IF(thresholds), Identity(), Direct(12))
    counts = reference(network, np.ones((1, 1, 2, 2))).rasters["a"].sum(axis=0)[0]
    assert counts.tolist() == [[[12, 6], [4, 3]]]


@given(st.integers(0, 9))
def test_a_delay_moves_everything_behind_it(delay):
    network = single(((3,), (3,)), IF(1.0), Identity(), RateCode(8), delay=delay)
    activity = reference(network, [[0.3, 0.75, 1.0]])
    moved = np.zeros_like(activity.rasters["in"])
    moved[delay:] = activity.rasters["in"][: max(8 - delay, 0)]
    np.testing.assert_array_equal(activity.rasters["a"], moved)
    assert activity.synaptic_operations["in->a"].item() == moved.sum()  # what never arrives costs nothing


def test_recurrence_by_hand():
    # drive 1, a spike inhibits by 1 a step later: 1 fires, 0 | 1 - 1 = 0 | 1 fires | 0 ...
    parts = (Population("in", (1,), Source()), Population("a", (1,), IF(1.0)))
    links = (Projection("in", "a", Identity()), Projection("a", "a", Identity(-1.0), delay=1))
    activity = reference(Network(parts, links, "in", "a", Direct(6), readout="count"), [[1.0]])
    assert activity.rasters["a"].ravel().tolist() == [1, 0, 1, 0, 1, 0]
    assert activity.synaptic_operations["a->a"].item() == 3


def test_a_window_of_direct_input_ends_current_and_bias():
    spikes, potentials, _ = alone(IF(10.0), Direct(5, window=2), value=0.5, bias=0.25)
    assert spikes == [0] * 5
    assert potentials == [0.75, 1.5, 1.5, 1.5, 1.5]
    assert alone(Integrator(), Direct(5, window=2), value=0.5, bias=0.25, schedule="layerwise")[1] == [1.5] * 5


@given(st.integers(1, 12), st.integers(1, 20), st.integers(-60, 60))
def test_fixed_ramp_is_the_real_one_in_units_of_a_slot(levels, slot, charge):
    """Slots left = clip(floor(V / d + 1/2), 0, levels): what the real neuron sends, divided by the length of a slot."""
    window = slot * levels
    fixed = {"numbers": "fixed", "potential_bits": 12}
    level = alone(Ramp(window, levels), TtfsCode(1), value=1.0, weight=charge, **fixed)[0]
    value = alone(Ramp(float(window), levels), TtfsCode(), value=1.0, weight=float(charge))[0]
    assert level == [np.clip(np.floor(charge / slot + 0.5), 0, levels)]
    assert value == pytest.approx([level[0] * slot])
