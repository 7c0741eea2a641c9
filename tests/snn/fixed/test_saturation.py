"""Widths that are proved: potentials never saturate unless a width is asked for, and then the report says where and how much."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Direct,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    Linear,
    Network,
    Population,
    Projection,
    SignedIF,
    Source,
    TernaryIF,
    dense,
    simulate,
)
from spikewright.snn.fixed.measuring import measured_saturation
from spikewright.snn.fixed.saturation import (
    can_saturate,
    reach,
    safe_bits,
    saturation_rows,
    widened,
)
from spikewright.snn.simulation import with_steps
from tests.snn.every_record import NETWORKS

WIDE = 60
BINARY = (4.0, 2.0, 1.0)
FIRING = {
    "IF": lambda t: IF(t),
    "IF to zero": lambda t: IF(t, "zero"),
    "refractory": lambda t: IF(t, refractory=2),
    "LIF": lambda t: LIF(t, 0.25),
    "SignedIF": lambda t: SignedIF(t, 3),
    "TernaryIF": lambda t: TernaryIF(t, t + 2),
    "Burst": lambda t: Burst(t, 3),
}


@st.composite
def stacks(draw) -> Network:
    """in -> a -> out in integers, every kind of neuron, both schedules, potentials far wider than anything needs."""
    layerwise, kind = draw(st.booleans()), draw(st.sampled_from([*FIRING, "LatchedIF", "FewSpike"]))
    steps = 3 if kind == "FewSpike" else draw(st.sampled_from([1, 5, 12]))
    threshold = draw(st.integers(1, 400))
    neuron = FIRING[kind](threshold) if kind in FIRING else LatchedIF(threshold)
    neuron = FewSpikeIF(threshold, BINARY, BINARY, BINARY) if kind == "FewSpike" else neuron
    layerwise = (layerwise or kind == "FewSpike") and kind != "LatchedIF"
    random = np.random.default_rng(draw(st.integers(0, 2**16)))
    first, last = (dense(random.integers(-120, 121, shape).astype(np.int8)) for shape in ((4, 6), (3, 4)))
    hidden = Population("a", (4,), neuron, random.integers(-300, 300, 4), random.integers(-50, 50), WIDE)
    parts = (Population("in", (6,), Source()), hidden, Population("out", (3,), Integrator(), potential_bits=WIDE))
    projections = (Projection("in", "a", Linear(first)), Projection("a", "out", Linear(last)))
    schedule = "layerwise" if layerwise else "synchronous"
    return Network(parts, projections, "in", "out", Direct(steps, 15), schedule, numbers="fixed")


@given(stacks())
def test_a_safe_width_changes_no_spike_and_no_logit(network: Network) -> None:
    """In the least width that the proof allows, and no potential of a run is beyond its reach."""
    narrow = replace(
        network,
        populations=tuple(
            p if p.name == "in" else replace(p, potential_bits=safe_bits(network, p)) for p in network.populations
        ),
    )
    images = np.random.default_rng(0).choice([0.0, 0.3, 1.0], (8, 6)).astype(np.float32)
    wide, tight = (simulate(n, images, engine="reference", record=("rasters", "potentials")) for n in (network, narrow))
    assert np.array_equal(wide.logits_over_time, tight.logits_over_time)
    assert np.array_equal(wide.rasters["a"], tight.rasters["a"])
    for name, potentials in wide.potentials.items():
        assert np.abs(potentials).max() <= reach(network, network.by_name[name])
    assert not any(can_saturate(narrow, p) for p in narrow.populations)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_width_asked_for_is_none_that_saturates(name: str) -> None:
    network = NETWORKS[name]
    fixed = network if network.numbers == "fixed" else network.to_fixed()
    assert saturation_rows(fixed) == ()


def charged(neuron: object, steps: int, schedule: str = "layerwise") -> Network:
    """Full charge through one weight, so that every step of the window is full."""
    one = dense(np.array([[1.0]], np.float32))
    parts = (Population("in", (1,), Source()), Population("a", (1,), neuron), Population("out", (1,), Integrator()))
    projections = (Projection("in", "a", Linear(one)), Projection("a", "out", Linear(one)))
    return Network(parts, projections, "in", "out", Direct(steps), schedule)


@pytest.mark.parametrize("neuron", [IF(1.0), SignedIF(1.0), Burst(1 / 8, 8)])
@pytest.mark.parametrize("bits", [None, 10, 16])
def test_a_layer_that_gathers_keeps_all_its_spikes(neuron: object, bits: int | None) -> None:
    """64 steps of full charge are 64 thresholds, and 8 times as many for bursts: more than the eight that a step needs."""
    network = charged(neuron, 64)
    fixed = network.to_fixed(potential_bits=bits)
    images = np.ones((1, 1), np.float32)
    assert simulate(fixed, images).spikes["a"] == simulate(network, images).spikes["a"]
    assert saturation_rows(fixed) == ()


def test_a_width_that_is_asked_for_is_kept_and_what_it_may_lose_is_told() -> None:
    """9 + 1 thresholds flow in and one goes out: 576 are left, of which 12 bits with this precision hold nine."""
    network = charged(IF(1.0), 64, "synchronous")
    heavy = replace(
        network, populations=(*network.populations[:1], replace(network.by_name["a"], bias=9.0), network.by_name["out"])
    )
    images = np.ones((3, 1), np.float32)
    fixed = heavy.to_fixed(weight_bits=4, input_levels=1, potential_bits=12, samples=images)
    assert fixed.by_name["a"].potential_bits == 12
    told = [row.detail for row in fixed.report if row.kind == "saturation"]
    assert "12 bits hold 9.138, all" in told[0] and "add up to 640 thresholds; 19 bits never saturate" in told[0]
    assert told[1] == "on 3 samples 0 of 195 spikes and 0 answers are not those without saturation"


def test_what_saturation_changes_is_counted() -> None:
    """20 thresholds are gathered, of which 6 bits hold three."""
    gathered = charged(IF(10), 20).by_name["a"]
    parts = (
        Population("in", (1,), Source()),
        replace(gathered, potential_bits=6),
        Population("out", (1,), Integrator(), potential_bits=20),
    )
    weights = Linear(dense(np.array([[10]], np.int8)))
    projections = (Projection("in", "a", weights), Projection("a", "out", weights))
    tight = Network(parts, projections, "in", "out", Direct(20, 1), "layerwise", numbers="fixed")
    assert simulate(tight, np.ones((2, 1), np.float32)).spikes["a"].tolist() == [3, 3]
    assert measured_saturation(tight, np.ones((2, 1), np.float32)).detail.startswith(
        "on 2 samples 34 of 42 spikes and 2"  # one output decides nothing, so its logits are compared
    )
    assert can_saturate(tight, tight.by_name["a"]) and not can_saturate(widened(tight), widened(tight).by_name["a"])


def test_more_steps_get_the_width_of_a_new_proof() -> None:
    """An Integrator that holds 4 steps would saturate in 4,000 of them."""
    fixed = charged(IF(1.0), 4, "synchronous").to_fixed()
    longer = with_steps(fixed, 4000)
    assert saturation_rows(longer) == ()
    assert longer.by_name["out"].potential_bits > fixed.by_name["out"].potential_bits
    assert any(row.kind == "saturation" and row.layer == "out" for row in longer.report)
    images = np.ones((1, 1), np.float32)
    assert int(simulate(longer, images).logits[0, 0]) == 1000 * int(simulate(fixed, images).logits[0, 0])


def faint_network(gain: float) -> Network:
    """Two channels, the second of which is its bias and hardly any weight."""
    first = dense(np.array([[1.0, -0.5], [gain, gain]], np.float32))
    last = dense(np.array([[1.0, -1.0], [-1.0, 1.0]], np.float32))
    parts = (
        Population("in", (2,), Source()),
        Population("a", (2,), IF(np.array([1.0, 0.5])), np.array([0.0, 0.3])),
        Population("out", (2,), Integrator()),
    )
    projections = (Projection("in", "a", Linear(first)), Projection("a", "out", Linear(last)))
    return Network(parts, projections, "in", "out", Direct(20))


@pytest.mark.parametrize("gain", [1e-9, -1e-12, 1e-37, 1e-44])
@pytest.mark.parametrize("bits", [None, 12, 16])
def test_a_faint_channel_is_its_bias(gain: float, bits: int | None) -> None:
    network = faint_network(gain)
    fixed = network.to_fixed(potential_bits=bits)
    images = np.random.default_rng(1).random((50, 2)).astype(np.float32)
    assert np.allclose(simulate(fixed, images).spikes["a"], simulate(network, images).spikes["a"], atol=1)
    row = next(row for row in fixed.report if "faint" in row.detail)
    bound = float(row.detail.split("at most ")[-1].split()[0])
    assert row.layer == "a" and "(1)" in row.detail and 0 < bound < 0.01
    assert fixed.projections[0].synapse.weights.values()[0].any()


def test_channels_that_are_not_faint_keep_their_bytes() -> None:
    """The other channel has the integers, and the threshold, that it has without the faint one."""
    faint, without = faint_network(1e-9).to_fixed(), faint_network(0.5).to_fixed()
    one, other = (n.projections[0].synapse.weights.values()[0] for n in (faint, without))
    theta = [int(n.by_name["a"].neuron.threshold[0]) for n in (faint, without)]
    assert np.allclose(
        one / theta[0] * 2.0 ** faint.projections[0].shift,
        other / theta[1] * 2.0 ** without.projections[0].shift,
        rtol=1e-3,
    )
