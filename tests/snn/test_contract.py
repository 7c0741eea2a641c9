"""One contract for all engines: what the fast ones answer, the reference answers, bit for bit where sums are exact."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    Activity,
    Burst,
    Bursts,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    SignedIF,
    Source,
    SpikeDeletion,
    SpikeJitter,
    SpikeSelectCode,
    TernaryIF,
    dense,
    simulate,
)
from spikewright.snn.event import pieces, temporal
from tests.snn.full_strategies import STEPPED, Wish, disturbances, full_cases
from tests.snn.neurons.test_gates import pooling
from tests.snn.small import threads
from tests.snn.strategies import Case

RECORD = ("rasters", "potentials")
COUNTS = ("spikes", "synaptic_operations")
FEW = settings(max_examples=40)
FEWER = settings(max_examples=20)


def both(case: Case, **options) -> tuple[Activity, Activity]:
    fast = simulate(case.network, case.images, record=RECORD, **options)
    return fast, simulate(case.network, case.images, record=RECORD, engine="reference", **options)


def assert_same(one: Activity, other: Activity, same=np.testing.assert_array_equal, records=True) -> None:
    assert one.axis == other.axis
    same(one.logits_over_time, other.logits_over_time)
    for what in ("neurons", "spikes", "synaptic_operations"):
        assert getattr(one, what).keys() == getattr(other, what).keys()
        for name, count in getattr(one, what).items():
            np.testing.assert_array_equal(count, getattr(other, what)[name], err_msg=f"{what} of {name}")
    np.testing.assert_array_equal(one.decision_step, other.decision_step)
    for what in RECORD if records else ():
        assert getattr(one, what).keys() == getattr(other, what).keys()
        for name, record in getattr(one, what).items():
            same(record, getattr(other, what)[name], err_msg=f"{what} of {name}")


def close(one, other, err_msg=""):
    """Jittered times are not dyadic, so sums of them may differ in their last bits."""
    np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12, err_msg=err_msg)


FAMILIES = ["spiking", "quantised", "timed"]
EACH_FAMILY = pytest.mark.parametrize("family", FAMILIES)


def same_for(family, noise):
    """Random spike times are not dyadic, so sums of them may differ in their last bits."""
    return close if family == "timed" and noise else np.testing.assert_array_equal


@pytest.mark.parametrize("numbers", ["float32", "fixed"])
@pytest.mark.parametrize("code", STEPPED)
@FEWER
@given(data=st.data())
def test_event_equals_reference(code, numbers, data):
    case = data.draw(full_cases(Wish("spiking", numbers, code)))
    assert_same(*both(case, noise=data.draw(st.none() | disturbances(case.network))))


@pytest.mark.parametrize("numbers", ["float32", "fixed"])
@pytest.mark.parametrize("family", ["quantised", "timed"])
@FEW
@given(data=st.data())
def test_one_step_equals_reference(family, numbers, data):
    case = data.draw(full_cases(Wish(family, numbers)))
    noise = data.draw(st.none() | disturbances(case.network))
    assert_same(*both(case, noise=noise), same_for(family if numbers == "float32" else "", noise))


@FEW
@given(data=st.data())
def test_event_equals_reference_under_jitter(data):
    """Jitter moves spikes over the whole run; it needs networks without delays."""
    case = data.draw(full_cases(Wish(late=False)))
    jitter, more = (
        data.draw(st.builds(SpikeJitter, st.integers(1, 3))),
        data.draw(st.none() | disturbances(case.network)),
    )
    assert_same(*both(case, noise=(jitter, *(more or ()))))


@pytest.mark.parametrize("code", [Direct, RateCode, Bursts, SpikeSelectCode])
@FEW
@given(data=st.data())
def test_event_equals_reference_when_samples_stop_early(code, data):
    case = data.draw(full_cases(Wish(code=code, decides=True)))
    assert_same(*both(case, noise=data.draw(st.none() | disturbances(case.network))))


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("neuron", [IF(0.5), TernaryIF(0.5, 0.75), Burst(0.25, 3), SignedIF(0.5)])
@pytest.mark.parametrize("shift", [0, -20])
def test_gates_of_signed_spikes(neuron, schedule, shift):
    """Shifted down, whole windows have sent more negative spikes than positive ones; the padding must not win."""
    assert_same(*both(pooling(neuron, schedule, 5, shift)))


@EACH_FAMILY
@FEWER
@given(data=st.data())
def test_answers_do_not_depend_on_threads_or_batch(family, data):
    """Samples know their own number, so that the first k of a batch are the batch of k, noise or not."""
    case = data.draw(full_cases(Wish(family)))
    noise = data.draw(st.none() | disturbances(case.network))
    with threads(1):
        whole = simulate(case.network, case.images, noise=noise, record=RECORD)
    with threads(2):
        assert_same(simulate(case.network, case.images, noise=noise, record=RECORD), whole)
    first = data.draw(st.integers(1, len(case.images)))
    part = simulate(case.network, case.images[:first], noise=noise, record=RECORD)
    assert_same(part, first_samples(whole, first))


def first_samples(activity: Activity, count: int) -> Activity:
    """The activity of the first samples of a batch."""
    parts = {what: {name: values[:count] for name, values in getattr(activity, what).items()} for what in COUNTS}
    records = {what: {name: values[:, :count] for name, values in getattr(activity, what).items()} for what in RECORD}
    logits = activity.logits_over_time[:, :count]
    return replace(activity, logits_over_time=logits, decision_step=activity.decision_step[:count], **parts, **records)


@pytest.mark.parametrize("family", ["spiking", "timed"])
@FEWER
@given(data=st.data())
def test_answers_do_not_depend_on_chunks(family, data):
    """The fast engines work through samples and steps in pieces; the pieces must not show."""
    case = data.draw(full_cases(Wish(family)))
    noise = data.draw(st.none() | disturbances(case.network))
    with patch.multiple(pieces, CHUNK_BYTES=1, CHUNK_STEPS=2), patch.object(temporal, "CHUNK_SAMPLES", 2):
        cut, whole = both(case, noise=noise)
    assert_same(cut, whole, same_for(family, noise))


@pytest.mark.parametrize("noise", [SpikeDeletion(0.5, 3), (SpikeJitter(2), SpikeDeletion(0.5))])
def test_long_runs_under_noise(noise):
    """A step keeps its number over the whole run, longer than any chunk of steps."""
    parts = (Population("in", (6,), Source()), Population("out", (6,), Integrator()))
    network = Network(parts, (Projection("in", "out", Identity()),), "in", "out", RateCode(100))
    assert_same(*both(Case(network, np.linspace(0, 1, 18).reshape(3, 6)), noise=noise))


@FEWER
@given(case=full_cases(Wish(numbers="fixed")), bits=st.sampled_from([17, 32, 40, 60]))
def test_wide_potentials(case, bits):
    """Other widths, other machine integers, the same law."""
    wide = tuple(replace(p, potential_bits=p.potential_bits and bits) for p in case.network.populations)
    assert_same(*both(Case(replace(case.network, populations=wide), case.images)))


@FEWER
@given(seed=st.integers(0, 2**20))
def test_float_weights_differ_only_within_rounding_of_the_threshold(seed):
    """Sums of arbitrary float32 numbers depend on their order. Until a neuron's potential comes within rounding of its
    threshold, no neuron may tell: its first deviating spike must be such a tie."""
    random = np.random.default_rng(seed)
    inputs, neurons, steps = 30, 40, 8
    first, last = (random.normal(size=shape).astype(np.float32) for shape in ((neurons, inputs), (3, neurons)))
    hidden = Population("a", (neurons,), IF(1.0))
    network = Network(
        (Population("in", (inputs,), Source()), hidden, Population("out", (3,), Integrator())),
        (Projection("in", "a", Linear(dense(first))), Projection("a", "out", Linear(dense(last)))),
        "in", "out", Direct(steps),
    )  # fmt: skip
    fast, slow = both(Case(network, random.random((5, inputs), dtype=np.float32)))
    differs = fast.rasters["a"] != slow.rasters["a"]
    before_reset = slow.potentials["a"] + slow.rasters["a"]
    largest = np.abs(before_reset).max() + np.abs(first).sum(axis=1).max()
    ties = np.abs(before_reset - 1.0) <= inputs * steps * np.finfo(np.float32).eps * largest
    for place in np.argwhere(differs.any(axis=0)):
        assert ties[(differs[:, *place].argmax(), *place)]
    if not differs.any():
        np.testing.assert_allclose(fast.logits, slow.logits, rtol=1e-4, atol=1e-4)
