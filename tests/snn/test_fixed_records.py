"""To fixed point for every neuron, synapse and code: what is rounded lies within half a unit, and one unit is one unit."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.conversion import Ttfs as TtfsRecipe
from spikewright.conversion import convert
from spikewright.experiments.data.load import load_dataset
from spikewright.experiments.zoo import load
from spikewright.snn import (
    IF,
    AddressEvents,
    Burst,
    Conv2d,
    Delta,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    PhaseCode,
    Population,
    Projection,
    Ramp,
    SignedIF,
    Source,
    TerminateMax,
    TernaryIF,
    TtfsCode,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.fixed.bounds import population_bound
from spikewright.snn.synapses import Synapse
from spikewright.weights import Expression, Scaled, refilled, stored_values, unscaled
from tests.snn.every_record import NETWORKS, network


def images_for(some: Network, count: int = 4) -> np.ndarray:
    shape = some.by_name[some.input].shape
    shape = (shape[0] // 2, *shape[1:]) if isinstance(some.code, Delta) else shape
    return np.random.default_rng(0).random((count, *shape)).astype(np.float32)


def in_integers(some: Network) -> Network:
    """The same network with its weights, sixteenths, stored as integers with a scale."""

    def storage(weights: Expression) -> Expression:
        if unscaled(weights)[1] is not None:
            return weights
        whole = refilled(weights, (weights.values() * 16).astype(np.int8))
        return Scaled(whole, np.full(weights.shape[0], 1 / 16))

    def synapse(one: Synapse) -> Synapse:
        return replace(one, weights=storage(one.weights)) if one.weights is not None else one

    return replace(some, projections=tuple(replace(q, synapse=synapse(q.synapse)) for q in some.projections))


@pytest.mark.parametrize("name", NETWORKS)
def test_what_lies_on_the_grid_already_is_not_changed(name: str) -> None:
    """Weights, thresholds, biases and inputs that are integers of their grids: the fixed network is the float one."""
    real = in_integers(NETWORKS[name])
    fixed = real.to_fixed(potential_bits=24, input_levels=256, time_levels=256)
    assert [type(p.neuron) for p in fixed.populations] == [type(p.neuron) for p in real.populations]
    assert [q.delay for q in fixed.projections] == [q.delay for q in real.projections]
    # The shift of a leak rounds downwards, and exact times must find a slot.
    if isinstance(real.code, AddressEvents) or name in ("LIF", "refractory leak", "Ttfs"):
        return
    images = np.floor(images_for(real) * 256) / 256
    one, two = (simulate(n, images, engine="reference") for n in (real, fixed))
    assert np.array_equal(one.logits_over_time * np.float64(real.logit_scale), two.logits_over_time * fixed.logit_scale)
    assert np.array_equal(one.decision_step, two.decision_step)
    assert all(np.array_equal(one.spikes[part], two.spikes[part]) for part in one.spikes)


NEURONS = st.sampled_from(["scalar", "channel", "neuron"])


@given(NEURONS, st.sampled_from([IF, SignedIF, TernaryIF, Burst]), st.integers(0, 1000), st.integers(4, 12))
def test_thresholds_are_rounded_by_half_a_unit(form: str, kind: type, seed: int, bits: int) -> None:
    random = np.random.default_rng(seed)
    shape = {"scalar": (), "channel": (2,), "neuron": (2, 4, 4)}[form]
    one, other = (random.uniform(0.2, 3.0, shape) for _ in range(2))
    neuron = {IF: IF, SignedIF: SignedIF, TernaryIF: lambda t: TernaryIF(t, other), Burst: lambda t: Burst(t, 5)}[kind](
        one
    )
    start = network(neuron)
    fixed = start.to_fixed(weight_bits=bits)
    storage = start.projections[0].synapse.weights.values()
    lsb = np.abs(storage).reshape(2, -1).max(axis=1) / (2 ** (bits - 1) - 1) / 2.0 ** fixed.projections[0].shift
    after = fixed.by_name["a"]
    for name, before in neuron.all_thresholds().items():
        error = spread(after.neuron.all_thresholds()[name]) * spread(lsb) - spread(before)
        assert np.all(np.abs(error) <= 0.5 * spread(lsb) + 2.0**-23 * np.abs(spread(before)))  # those were float32


def spread(value: object) -> np.ndarray:
    """One value, one a channel or one a neuron, over the neurons."""
    array = np.asarray(value)
    return np.broadcast_to(array.reshape(-1, 1, 1) if array.ndim == 1 else array, (2, 4, 4))


def test_integers_of_a_recurrent_network_are_kept() -> None:
    """The loop's gain lands on the grid of its target; weights that are integers stay what they are."""
    start = NETWORKS["delay"]
    values = (stored_values(start.projections[1].synapse.weights) * 16).astype(np.int8)
    middle = replace(start.projections[1], synapse=Conv2d(dense(values, np.full(2, 1 / 16)), padding=(1, 1)))
    fixed = replace(start, projections=(start.projections[0], middle, *start.projections[2:])).to_fixed()
    assert np.array_equal(stored_values(fixed.projections[1].synapse.weights), values)
    loop, theta = fixed.projections[-1].synapse.gain, fixed.by_name["a"].neuron.threshold
    assert np.allclose(loop / theta, -0.25 / 0.5, rtol=0.01)


def test_heavy_phases_have_room() -> None:
    """Thresholds of the first step of a period, eight of them, lie inside the width; an Integrator is proved for all."""
    for period in (1, 4, 10):
        fixed = replace(NETWORKS["Phase"], code=PhaseCode(period, 3)).to_fixed(potential_bits=8)
        one, out = fixed.by_name["a"], fixed.by_name["out"]
        assert 8 * int(np.max(one.neuron.threshold)) << (period - 1) < 2 ** (one.potential_bits - 1)
        ones = simulate(fixed, np.ones((1, 2, 4, 4)), engine="reference", record=("potentials",)).potentials["out"]
        assert np.abs(ones).max() < 2 ** (out.potential_bits - 1) - 1
        assert population_bound(fixed, out) <= 2 ** (out.potential_bits - 1)


def test_a_decision_on_potentials_moves_to_their_units() -> None:
    start = network(decision=TerminateMax(2.0))
    fixed = start.to_fixed(potential_bits=20)
    unit = fixed.logit_scale / start.logit_scale
    assert abs(fixed.decision.count * unit - 2.0) <= unit
    one, two = (simulate(n, images_for(start), engine="reference").decision_step for n in (start, fixed))
    assert np.abs(one - two).max() <= 1


def test_what_no_fixed_point_can_say_is_refused() -> None:
    with pytest.raises(InvalidNetwork, match="slot of population 'a'"):
        network(Ramp(1e-4), code=TtfsCode()).to_fixed(weight_bits=2, potential_bits=4, time_levels=60_000)


def test_thresholds_beyond_32_bits_leave_coarse_weights_and_a_bound() -> None:
    far = replace(NETWORKS["Phase"], code=PhaseCode(16), populations=_thresholds(NETWORKS["Phase"], 1e6))
    row = next(row for row in far.to_fixed().report if "faint" in row.detail)
    assert row.layer == "a" and float(row.detail.split("at most ")[-1].split()[0]) < 0.01
    silent = simulate(far, images_for(far), engine="reference").spikes["a"]
    assert np.array_equal(simulate(far.to_fixed(), images_for(far), engine="reference").spikes["a"], silent)


def _thresholds(some: Network, value: float) -> tuple[Population, ...]:
    return tuple(replace(p, neuron=IF(value)) if isinstance(p.neuron, IF) else p for p in some.populations)


def timed(window: float, other: float, levels: int | None = None) -> Network:
    """Two ramps of the input side by side into a gate, and an answer."""
    ones = dense(np.array([[[[1.0]]], [[[0.5]]]], np.float32))
    parts = (
        Population("in", (1, 4, 4), Source()),
        Population("a", (2, 4, 4), Ramp(window, levels)),
        Population("b", (2, 4, 4), Ramp(other, levels)),
        Population("gate", (4, 2, 2), MaxGate()),
        Population("out", (4,), Integrator()),
    )
    windows = Windows((2, 2), (2, 2))
    projections = (
        Projection("in", "a", Conv2d(ones)),
        Projection("in", "b", Conv2d(ones)),
        Projection("a", "b", Identity(0.25)),
        Projection("a", "gate", windows, channels=(0, 2)),
        Projection("b", "gate", windows, channels=(2, 4)),
        Projection("gate", "out", Linear(dense(np.eye(4, 16, dtype=np.float32)))),
    )
    return Network(parts, projections, "in", "out", TtfsCode())


def test_a_gate_compares_one_unit() -> None:
    """Its sources' windows, made of whole units of their grids, must mean the same time."""
    timed(2.0, 2.0).to_fixed(weight_bits=8, potential_bits=24)
    with pytest.raises(InvalidNetwork, match=r"in one unit, got 'a' .* 'b'"):
        timed(2.0, 3.0).to_fixed()


@given(st.sampled_from([15, 255]), st.sampled_from([0.25, 0.9, 2.0]), st.sampled_from([8, 12]))
def test_spike_times_within_a_slot(levels: int, window: float, bits: int) -> None:
    """First layer: |x_fixed - x| <= half a slot, plus what rounded inputs, weights and the window move."""
    start = network(Ramp(window), code=TtfsCode(levels))
    fixed = start.to_fixed(weight_bits=bits, time_levels=levels, potential_bits=24)
    images = images_for(start)
    real, whole = (simulate(n, images, engine="reference", record=("rasters",)).rasters["a"][0] for n in (start, fixed))
    slot = window / levels
    weights = start.projections[0].synapse.weights.values()
    rounded = 18 * np.abs(weights).max() / (2**bits - 2)  # 18 inputs of at most 1, each weight half a level off
    assert np.abs(whole * slot - real).max() <= 0.5 * slot + rounded + 0.01 * window
    assert fixed.by_name["a"].neuron.window % levels == 0
    assert 0 <= whole.min() <= whole.max() <= levels


@pytest.mark.parametrize("recipe", [TtfsRecipe(), TtfsRecipe("interval"), TtfsRecipe(levels=31)])
def test_digits_in_time_codes_keep_their_accuracy(recipe: TtfsRecipe) -> None:
    """The zoo's digits network in 255 slots is within half a point of the exact times."""
    digits = load_dataset("digits")
    real = convert(load("small-digits"), torch.from_numpy(digits.train_images), recipe)
    fixed = real.to_fixed()
    one, two = (simulate(n, digits.test_images, engine="reference").accuracy(digits.test_labels) for n in (real, fixed))
    assert one > 0.98
    assert abs(one - two) <= 0.005
    assert any("slots of" in row.detail for row in fixed.report)
