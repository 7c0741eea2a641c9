"""Laws of neurons whose spikes tell numbers by their time: FewSpike and LatchedIF."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.snn import (
    Direct,
    FewSpikeIF,
    Identity,
    Integrator,
    LatchedIF,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    Source,
    SpikeDeletion,
    Windows,
    dense,
    simulate,
)
from tests.snn.small import alone, chain, reference


def binary(steps: int) -> tuple[float, ...]:
    return tuple(2.0**place for place in reversed(range(steps)))


def few(threshold: float, steps: int) -> FewSpikeIF:
    return FewSpikeIF(threshold, *[binary(steps)] * 3)


@given(st.integers(-40, 300), st.integers(1, 8), st.integers(1, 32))
def test_binary_spikes_are_the_digits_of_the_potential(value, steps, threshold):
    """sum of amplitude * spike = clip(floor(U / threshold), 0, 2**K - 1), and the next population sees it."""
    value, theta = value / 16, threshold / 16
    spikes, _, activity = alone(few(theta, steps), Direct(steps, window=1), schedule="layerwise", value=value)
    whole = int(np.clip(np.floor(value / theta), 0, 2**steps - 1))
    assert spikes == [whole >> place & 1 for place in reversed(range(steps))]
    assert activity.logits.item() == whole
    assert activity.spikes["a"].item() == whole.bit_count()
    assert activity.synaptic_operations["a->out"].item() == whole.bit_count()


@given(st.integers(0, 2**20), st.integers(1, 6), st.sampled_from(["event", "reference"]))
def test_a_few_spike_answer_is_linear_in_its_amplitudes(seed, steps, engine):
    random = np.random.default_rng(seed)
    crossings, resets, amplitudes = (tuple(random.integers(low, 9, steps) / 4) for low in (-4, -4, 1))
    parts = Population("a", (5,), FewSpikeIF(0.5, crossings, resets, amplitudes), 0.25, 0.125)
    network = chain(parts, Direct(steps, window=1), schedule="layerwise", size=3)
    images = random.integers(0, 17, (4, 3)) / 16
    activity = simulate(network, images, engine=engine, record=("rasters",))
    answers = np.einsum("k,ksn->s", np.array(amplitudes), activity.rasters["a"].astype(float))
    assert activity.logits.ravel().tolist() == answers.tolist()


def test_a_latched_current_stays_on_and_the_neuron_fires_once():
    """Weight 1/2 from a spike in step 1 on, threshold 1: U = 0, .5, 1 fires in step 2. Nothing ever after."""
    source = Population("a", (1,), LatchedIF(2.0))
    last = Population("out", (1,), LatchedIF(1.0))
    network = chain(source, Direct(9), output=last, readout="first")
    second = replace(network.projections[1], synapse=Linear(dense(np.full((1, 1), 0.5, np.float32))))
    network = replace(network, projections=(network.projections[0], second))
    activity = reference(network, [[1.0]])
    assert activity.rasters["a"].ravel().tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0]
    assert activity.rasters["out"].ravel().tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert activity.potentials["out"].ravel().tolist() == [0, 0.5, 0, 0, 0, 0, 0, 0, 0]
    assert activity.logits.item() == 7  # steps since it fired


@given(st.integers(1, 16), st.integers(1, 64), st.integers(1, 40))
def test_under_a_constant_drive_the_time_is_the_inverse_of_the_activation(value, threshold, steps):
    drive, theta = value / 16, threshold / 16
    spikes, _, _ = alone(LatchedIF(theta), Direct(steps), value=drive)
    when = int(np.ceil(theta / drive)) - 1
    assert spikes == [int(step == when) for step in range(steps)]


@given(st.integers(0, 2**20), st.integers(1, 12))
def test_latched_currents_are_ramps(seed, steps):
    """V(t) = sum over spikes of w (t + 1 - s) as long as nobody has fired: linear postsynaptic potentials."""
    random = np.random.default_rng(seed)
    weights = (random.integers(-8, 9, (2, 3)) / 16).astype(np.float32)
    hidden = Population("a", (3,), LatchedIF(1.0))
    out = Population("out", (2,), LatchedIF(1e6))
    links = (
        Projection("in", "a", Linear(dense(np.eye(3, dtype=np.float32)))),
        Projection("a", "out", Linear(dense(weights))),
    )
    network = Network(
        (Population("in", (3,), Source()), hidden, out), links, "in", "out", Direct(steps), readout="first"
    )
    images = random.integers(0, 17, (2, 3)) / 16
    for engine in ("event", "reference"):
        activity = simulate(network, images, engine=engine, record=("rasters", "potentials"))
        begun = activity.rasters["a"].cumsum(axis=0).cumsum(axis=0)
        np.testing.assert_array_equal(activity.potentials["out"], (begun @ weights.T).astype(np.float32))


def test_what_does_not_go_together_is_refused_by_name():
    latched, digits = Population("a", (1,), LatchedIF(1.0)), Population("a", (1,), few(1.0, 3))
    with pytest.raises(InvalidNetwork, match="synchronous schedule for LatchedIF neurons in 'a'"):
        chain(latched, Direct(3), schedule="layerwise")
    with pytest.raises(InvalidNetwork, match=r"layerwise schedule over 3 steps.*in 'a', got 'synchronous' over 3"):
        chain(digits, Direct(3))
    with pytest.raises(InvalidNetwork, match=r"over 3 steps.*'layerwise' over 4"):
        chain(digits, Direct(4), schedule="layerwise")
    with pytest.raises(InvalidNetwork, match="readout that FewSpikeIF neurons can give, got 'count'"):
        replace(chain(digits, Direct(3), schedule="layerwise"), output="a", readout="count")
    with pytest.raises(
        InvalidNetwork, match="whole thresholds, resets and amplitudes in the FewSpikeIF neurons of 'a'"
    ):
        odd = replace(digits, neuron=FewSpikeIF(1.0, (2.5,), (2.0,), (1.0,)))
        chain(odd, Direct(1, window=1), schedule="layerwise").to_fixed()
    gate = Population("g", (1, 1, 1), MaxGate())
    maps = (Population("in", (1, 2, 2), Source()), Population("a", (1, 2, 2), few(1.0, 3)), gate)
    links = (Projection("in", "a", Identity()), Projection("a", "g", Windows((2, 2), (2, 2))))
    with pytest.raises(InvalidNetwork, match=r"spikes of equal weight into the MaxGate 'g'.*try an average pool"):
        answers = Projection("g", "out", Linear(dense(np.ones((1, 1), np.float32))))
        parts = (*maps, Population("out", (1,), Integrator()))
        Network(parts, (*links, answers), "in", "out", Direct(3), "layerwise")
    for parts, told in (
        (((1.0,), (1.0, 2.0), (1.0,)), "one length from 1 to 24 steps, got 1, 2 and 1"),
        (((), (), ()), "one length"),
        (((np.nan,), (1.0,), (1.0,)), "finite"),
        (((1.0,), (1.0,), (0.0,)), "amplitude other than zero"),
    ):
        with pytest.raises(InvalidNetwork, match=told):
            FewSpikeIF(1.0, *parts)


def test_lost_spikes_lose_their_amplitude():
    network = chain(Population("a", (1,), few(1.0, 4)), Direct(4, window=1), schedule="layerwise", weight=11.0)
    images = np.ones((200, 1))
    kept = simulate(network, images, noise=SpikeDeletion(0.5, 1, ("a",))).logits.ravel()
    assert set(kept) == {0, 1, 2, 3, 8, 9, 10, 11}
