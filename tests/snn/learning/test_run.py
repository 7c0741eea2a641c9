"""Learning by spike timing: the compiled engine against the plain one, and the laws of the rule."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import get_threads, set_threads
from spikewright.snn.learning.records import AdaptiveLIF, Learned, Presentation, Responses, StdpRule, WinnerTakeAll
from spikewright.snn.learning.run import classify, decide, label_neurons, respond, start_stdp, train_stdp


def small(inputs=9, neurons=5, **changed):
    """A network small enough for the plain engine, busy enough to learn something."""
    parts = {
        "inhibition": 6.0,
        "neuron": AdaptiveLIF(threshold=2.0, theta_plus=0.3, theta_tau_ms=2000.0),
        "rule": StdpRule(learning_rate=0.05, weight_sum=0.3 * inputs),
        "shown": Presentation(shown_ms=40.0, rate_hz=250.0, raise_hz=50.0, least_spikes=3, most_attempts=3),
    }
    return WinnerTakeAll(inputs, neurons, **{**parts, **changed})


def images_of(seed, count=4, inputs=9):
    random = np.random.default_rng(seed)
    return (random.random((count, inputs)) * (random.random((count, inputs)) < 0.7)).astype(np.float32)


NETWORKS = st.builds(
    small,
    inputs=st.sampled_from([1, 4, 9, 17]),
    neurons=st.sampled_from([1, 2, 5, 16]),
    inhibition=st.sampled_from([0.0, 1.5, 6.0]),
    neuron=st.builds(
        AdaptiveLIF,
        tau_ms=st.sampled_from([5.0, 100.0]),
        refractory_ms=st.sampled_from([0.0, 1.0, 5.0]),
        threshold=st.sampled_from([0.2, 1.0, 2.0]),
        theta_plus=st.sampled_from([0.0, 0.1, 0.5]),
        theta_tau_ms=st.sampled_from([500.0, 1e7]),
    ),
    rule=st.builds(
        StdpRule,
        learning_rate=st.sampled_from([0.01, 0.3, 2.0]),
        trace_target=st.sampled_from([0.0, 0.1, 0.6]),
        trace_tau_ms=st.sampled_from([2.0, 20.0]),
        weight_max=st.sampled_from([0.6, 1.0]),
        weight_sum=st.sampled_from([0.2, 0.55]),
    ),
    shown=st.builds(
        Presentation,
        shown_ms=st.sampled_from([1.0, 8.0, 20.0]),
        step_ms=st.sampled_from([0.5, 1.0]),
        rate_hz=st.sampled_from([0.0, 300.0, 800.0]),
        least_spikes=st.integers(0, 6),
        most_attempts=st.integers(1, 3),
    ),
)


def same(one: Responses, other: Responses) -> None:
    for name in ("counts", "input_spikes", "output_spikes", "attempts"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@settings(max_examples=25)
@given(network=NETWORKS, seed=st.integers(0, 2**63 - 1))
def test_event_is_reference_spike_for_spike_and_weight_for_weight(network: WinnerTakeAll, seed: int) -> None:
    images = images_of(seed % 1000, 2, network.inputs)
    start = start_stdp(network, seed)
    (fast, came), (plain, expected) = (train_stdp(start, images, 3, engine=e) for e in ("event", "reference"))
    same(came, expected)
    assert fast.weights.tobytes() == plain.weights.tobytes() and fast.theta.tobytes() == plain.theta.tobytes()
    for purpose in ("label", "classify"):
        same(respond(fast, images, purpose), respond(fast, images, purpose, engine="reference"))


@given(network=NETWORKS, seed=st.integers(0, 1000))
def test_weights_stay_in_range_and_keep_their_sum(network: WinnerTakeAll, seed: int) -> None:
    after, _ = train_stdp(start_stdp(network, seed), images_of(seed, 3, network.inputs), 6)
    top = np.float32(network.rule.weight_max)
    assert after.weights.min() >= 0 and after.weights.max() <= top
    sums = after.weights.astype(np.float64).sum(axis=0)
    assert np.all(sums <= network.rule.weight_sum * (1 + 1e-5))
    untouched = (after.weights < top).all(axis=0) & (after.weights > 0).any(axis=0)
    np.testing.assert_allclose(sums[untouched], network.rule.weight_sum, rtol=1e-5)


def test_theta_grows_with_each_spike_and_fades_once_a_presentation() -> None:
    network = small()
    before = start_stdp(network, 1)
    state, images = before, images_of(1)
    for number in range(6):
        after, came = train_stdp(replace(state, network=one_attempt(network)), images, 1)
        fading = np.exp(-(40.0 + 150.0) / 2000.0)
        np.testing.assert_allclose(after.theta, (state.theta + 0.3 * came.counts[0]) * fading, rtol=1e-5)
        assert after.presentations == number + 1
        state = after
    assert state.theta.max() > 0 == before.theta.max()


def one_attempt(network: WinnerTakeAll) -> WinnerTakeAll:
    return replace(network, shown=replace(network.shown, most_attempts=1))


def test_only_neurons_that_fired_have_learned() -> None:
    network = one_attempt(small(neurons=16))
    start = start_stdp(network, 3)
    after, came = train_stdp(start, images_of(3), 1)
    changed = (after.weights != start.weights).any(axis=0)
    np.testing.assert_array_equal(changed, came.counts[0] > 0)
    assert changed.any() and not changed.all()


def test_at_most_one_winner_a_step_and_none_while_refractory() -> None:
    """Without inhibition and with thresholds that everybody reaches there is still one spike a step."""
    cell = AdaptiveLIF(threshold=1e-6, theta_plus=0.0, refractory_ms=3.0)
    shown = Presentation(shown_ms=20.0, rate_hz=999.0, raise_hz=0.0, most_attempts=1)
    crowd = replace(small(), neurons=30, inhibition=0.0, neuron=cell, shown=shown)
    came = respond(start_stdp(crowd, 0), np.ones((1, 9), np.float32))
    assert 18 <= came.output_spikes[0] <= 20
    assert came.counts.max() <= 5  # one spike in four steps


def test_equal_neurons_the_lowest_number_wins() -> None:
    network = one_attempt(small(neuron=AdaptiveLIF(threshold=0.5, theta_plus=0.0)))
    state = start_stdp(network, 0)
    alike = replace(state, weights=np.repeat(state.weights[:, :1], 5, axis=1), network=replace(network, inhibition=1e6))
    came = respond(alike, np.ones((1, 9), np.float32))
    assert came.counts[0, 0] > 0 and came.counts[0, 1:].sum() == 0


def test_stronger_inputs_than_the_target_grow_and_weaker_ones_shrink() -> None:
    image = np.zeros((1, 9), np.float32)
    image[0, :4] = 1
    network = one_attempt(small())
    start = start_stdp(network, 0)
    after, _ = train_stdp(start, image, 40)
    assert after.weights[:4].mean() > start.weights[:4].mean() > start.weights[4:].mean() / 2 > after.weights[4:].mean()


@given(cut=st.integers(1, 9), seed=st.integers(0, 100))
def test_two_calls_give_the_bytes_of_one(cut: int, seed: int) -> None:
    images, start = images_of(seed), start_stdp(small(), seed)
    whole, came = train_stdp(start, images, 10)
    first, early = train_stdp(start, images, cut)
    second, late = train_stdp(first, images, 10 - cut)
    assert whole.weights.tobytes() == second.weights.tobytes() and whole.theta.tobytes() == second.theta.tobytes()
    same(came, Responses.joined([early, late]))
    assert second.presentations == 10 and start.presentations == 0


def test_answers_do_not_depend_on_threads_and_seeds_matter() -> None:
    images = images_of(0, 100)
    learned, _ = train_stdp(start_stdp(small(), 0), images, 30)
    answers, before = [], get_threads()
    try:
        for threads in (1, 3):
            set_threads(threads)
            answers.append(respond(learned, images))
    finally:
        set_threads(before)
    same(*answers)
    other, _ = train_stdp(start_stdp(small(), 1), images, 30)
    assert (other.weights != learned.weights).any()
    assert (respond(learned, images, "label").input_spikes != answers[0].input_spikes).any()


def test_input_rate_and_operations() -> None:
    """Poisson counts within five standard deviations; every spike is added to every neuron, a winner to all others."""
    network = replace(small(), shown=Presentation(shown_ms=1000.0, rate_hz=100.0, most_attempts=1))
    came = respond(start_stdp(network, 0), np.full((50, 9), 0.5, np.float32))
    mean = 9 * 0.5 * 100.0
    assert abs(came.input_spikes.mean() - mean) < 5 * np.sqrt(mean / 50)
    np.testing.assert_array_equal(came.synaptic_operations["input"], came.input_spikes * 5)
    np.testing.assert_array_equal(came.synaptic_operations["lateral"], came.counts.sum(axis=1) * 4)


def test_a_faint_image_is_shown_again_with_a_higher_rate() -> None:
    came = respond(start_stdp(small(), 0), np.array([[0.0] * 9, [1.0] * 9], np.float32))
    assert came.attempts.tolist() == [3, 1] and came.input_spikes[0] == 0


def test_labels_and_decisions_by_hand() -> None:
    counts = np.array([[4, 0, 1, 0], [2, 0, 3, 0], [0, 6, 0, 0]], np.int32)
    zeros = np.zeros(3, np.int64)
    responses = Responses(counts, zeros, zeros, zeros)
    assigned = label_neurons(responses, np.array([0, 0, 2]), classes=3)
    assert assigned.tolist() == [0, 2, 0, -1]
    assert decide(responses, assigned, classes=3).tolist() == [0, 0, 2]
    learned = start_stdp(small(neurons=4), 0)
    images = images_of(0)
    np.testing.assert_array_equal(classify(learned, assigned, images, 3), decide(respond(learned, images), assigned, 3))


def test_an_interrupt_leaves_the_state_as_it_was() -> None:
    start = start_stdp(small(), 0)
    kept = start.weights.copy()

    def stop(stage: str, done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_stdp(start, images_of(0), 100_000, progress=stop)
    assert (start.weights == kept).all()


GOOD = images_of(0)
STATE = start_stdp(small(), 0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: train_stdp(STATE, np.where(GOOD > 0.5, np.nan, GOOD), 1),
        lambda: train_stdp(STATE, -GOOD, 1),
        lambda: train_stdp(STATE, GOOD * 255, 1),
        lambda: train_stdp(STATE, GOOD[:, :8], 1),
        lambda: train_stdp(STATE, GOOD[:0], 1),
        lambda: train_stdp(STATE, GOOD, 0),
        lambda: train_stdp(STATE, GOOD, 1, engine="dense"),
        lambda: respond(STATE, GOOD, "test"),  # type: ignore[arg-type]
        lambda: label_neurons(respond(STATE, GOOD), np.array([0, 1])),
        lambda: label_neurons(respond(STATE, GOOD), np.array([0, 1, 2, 10])),
        lambda: decide(respond(STATE, GOOD), np.zeros(4, int)),
        lambda: start_stdp(small(), -1),
        lambda: Learned(small(), STATE.weights.astype(float), STATE.theta, 0),
        lambda: Learned(small(), STATE.weights * np.float32(np.nan), STATE.theta, 0),
        lambda: Learned(small(), STATE.weights + np.float32(1), STATE.theta, 0),
    ],
)
def test_bad_input(wrong) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        wrong()
