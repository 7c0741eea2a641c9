"""The reference engine against hand-derived numbers, torch's convolution, and the laws of its neurons."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    Source,
    TtfsCode,
    dense,
)
from tests.snn.small import alone, chain, reference

SIXTEENTHS = st.integers(-64, 64).map(lambda whole: whole / 16)


def test_subtract_keeps_the_rest():
    # U: .5+.375=.875 | 1.25 fires, .25 left | .625 | 1.0 fires because >= fires, 0 left | .375
    spikes, potentials, activity = alone(IF(1.0), Direct(5), value=0.375, initial=0.5)
    assert spikes == [0, 1, 0, 1, 0]
    assert potentials == [0.875, 0.25, 0.625, 0.0, 0.375]
    assert activity.logits_over_time.ravel().tolist() == [0, 1, 1, 2, 2]


def test_zero_forgets_the_rest():
    # U: .875 | 1.25 fires, 0 | .375 | .75 | 1.125 fires, 0
    spikes, potentials, _ = alone(IF(1.0, "zero"), Direct(5), value=0.375, initial=0.5)
    assert spikes == [0, 1, 0, 0, 1]
    assert potentials == [0.875, 0.0, 0.375, 0.75, 0.0]


def test_leak_in_float():
    # decay 3/4: U = .5 | .375+.5=.875 | .65625+.5=1.15625 fires, .15625 left | .1171875+.5
    spikes, potentials, _ = alone(LIF(1.0, 0.25), Direct(4), value=0.5)
    assert spikes == [0, 0, 1, 0]
    assert potentials == [0.5, 0.875, 0.15625, 0.6171875]


def test_leak_in_fixed_point_shifts_towards_minus_infinity():
    # k = 1, drive 0: -3 - (-3 >> 1) = -3 + 2 = -1 | -1 - (-1 >> 1) = -1 + 1 = 0 | 0
    fixed = {"numbers": "fixed", "potential_bits": 8}
    assert alone(LIF(5, 0.5), Direct(3, 1), value=0.0, initial=-3, **fixed)[1] == [-1, 0, 0]


def test_fixed_point_saturates_once_a_step():
    # 4 bits hold -8..7. Drive +5, threshold 7: 5 | 10 -> 7 fires, 0 | 5. Drive -5: -5 | -10 -> -8 | -8
    fixed = {"numbers": "fixed", "potential_bits": 4, "value": 1.0}
    spikes, potentials, _ = alone(IF(7), Direct(3, 1), weight=5, **fixed)
    assert (spikes, potentials) == ([0, 1, 0], [5, 0, 5])
    assert alone(IF(7), Direct(3, 1), weight=-5, **fixed)[1] == [-5, -8, -8]


def test_layerwise_gathers_first():
    # .5 + 5 * .375 = 2.375: fires in steps 0 and 1, .375 left; the output has gathered both when it answers
    spikes, potentials, activity = alone(IF(1.0), Direct(5), value=0.375, initial=0.5, schedule="layerwise")
    assert spikes == [1, 1, 0, 0, 0]
    assert potentials == [1.375, 0.375, 0.375, 0.375, 0.375]
    assert activity.logits_over_time.ravel().tolist() == [2, 2, 2, 2, 2]


def test_layerwise_bias_enters_every_step_before_firing():
    # -1 + 4 * (.25 + .5) = 2 fires twice, exactly to zero
    assert alone(IF(1.0), Direct(4), value=0.25, bias=0.5, initial=-1.0, schedule="layerwise")[0] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("pixel", "spikes"), [(0.0, [0, 0, 0, 0]), (0.25, [0, 1, 0, 0]), (0.5, [1, 0, 1, 0]), (1.0, [1] * 4)]
)
def test_rate_is_evenly_spread(pixel, spikes):
    # x = 1/4: floor(x t + 1/2) for t = 0..4 is 0 0 1 1 1; x = 1/2: 0 1 1 2 2
    _, _, activity = alone(IF(1.0), RateCode(4), value=pixel)
    assert activity.rasters["in"].ravel().tolist() == spikes
    assert activity.rasters["a"].ravel().tolist() == spikes


def test_direct_levels_round_half_up():
    # 3 levels: 0.5 * 3 + 0.5 = 2.0 -> 2, and 0.49 * 3 + 0.5 = 1.97 -> 1
    activity = reference(chain(Population("a", (1,), IF(100.0)), Direct(1, 3)), [[0.5], [0.49]])
    assert activity.potentials["a"].ravel().tolist() == [2, 1]


@pytest.mark.parametrize(
    ("neuron", "value"),
    # V = 2 * .40625 - .0625 = .75 with the input .40625; 4 slots of .25: floor(.75 * 4 + .5) = 3 -> .75
    # with 2 slots of .5: floor(.75 * 2 + .5) = 2 -> 1.0; a window of .5 is over at .5
    [(Ramp(1.0), 0.75), (Ramp(1.0, 4), 0.75), (Ramp(1.0, 2), 1.0), (Ramp(0.5), 0.5)],
)
def test_ramp_sends_the_time_left(neuron, value):
    _, potentials, activity = alone(neuron, TtfsCode(), value=0.40625, weight=2.0, bias=-0.0625)
    assert potentials == [0.75]
    assert activity.rasters["a"].item() == value
    assert activity.logits.item() == value
    assert activity.axis == "window"


def test_silent_ramp_costs_nothing():
    _, _, activity = alone(Ramp(1.0), TtfsCode(), value=0.5, weight=-1.0)
    assert activity.spikes["a"].item() == activity.synaptic_operations["a->out"].item() == 0
    assert activity.synaptic_operations["in->a"].item() == 1


def test_quantised_neuron_rounds_half_up_and_clips():
    # integers, (V * 3 + 4) >> 3: V = -5 -> floor(-11 / 8) = -2 -> 0; 1 -> 7 >> 3 = 0; 4 -> 16 >> 3 = 2; 20 -> 8 -> 7
    population = Population("a", (1,), QuantReLU(3, 3, 7), potential_bits=8)
    for weight, level in ((-5, 0), (1, 0), (4, 2), (20, 7)):
        network = chain(population, Direct(1, 1), weight=weight, numbers="fixed")
        assert reference(network, [[1.0]]).rasters["a"].item() == level
    # float: V = .75 at half a level each: floor(.75 * 2 + .5) = 2
    assert alone(QuantReLU(2.0, 0, 3), Direct(1), value=0.75)[0] == [2]


def test_first_spike_readout_grows_from_the_first_spike():
    # the fast neuron fires in steps 1, 2, .. and the slow one in step 2 first: after 4 steps 3 and 2 steps have passed
    output = Population("out", (2,), IF(np.array([1.0, 1.5])))
    weights = Linear(dense(np.full((2, 1), 0.5, np.float32)))
    parts = (Population("in", (1,), Source()), output)
    network = Network(parts, (Projection("in", "out", weights),), "in", "out", Direct(4), readout="first")
    activity = reference(network, [[1.0]])
    assert activity.logits_over_time[:, 0].tolist() == [[0, 0], [1, 0], [2, 1], [3, 2]]
    assert activity.predictions.tolist() == [0]


def one_spike(shape, place, synapse, target, **options):
    """Operations that a single spike at `place` causes."""
    parts = (Population("in", shape, Source()), Population("out", target, Integrator()))
    network = Network(parts, (Projection("in", "out", synapse, **options),), "in", "out", RateCode(1))
    image = np.zeros((1, *shape))
    image[(0, *place)] = 1.0
    return reference(network, image).synaptic_operations["in->out"].item()


def test_borders_and_pruned_weights_do_not_count():
    # a 3x3 kernel, padding 1, two outputs: 9 targets from the middle, 4 from a corner, 3 without the pruned middle
    weights = np.ones((2, 1, 3, 3), np.float32)
    synapse = Conv2d(dense(weights), padding=(1, 1))
    assert one_spike((1, 3, 3), (0, 1, 1), synapse, (2, 3, 3)) == 18
    assert one_spike((1, 3, 3), (0, 0, 0), synapse, (2, 3, 3)) == 8
    weights[:, 0, 1, 1] = 0
    synapse = replace(synapse, weights=dense(weights))
    assert one_spike((1, 3, 3), (0, 0, 0), synapse, (2, 3, 3)) == 6


def test_what_a_pool_drops_costs_nothing():
    # 5x5 pooled by 2 is 2x2; row 4 fills no window
    synapse = Identity()
    assert one_spike((1, 5, 5), (0, 3, 3), synapse, (1, 2, 2), pool=(2, 2)) == 1
    assert one_spike((1, 5, 5), (0, 4, 3), synapse, (1, 2, 2), pool=(2, 2)) == 0


def test_direct_input_counts_once_and_spikes_every_time():
    network = chain(Population("a", (2,), IF(1.0)), Direct(6), size=3)
    activity = reference(network, [[1.0, 0.0, 1.0]])
    assert activity.spikes["in"].item() == 2
    assert activity.synaptic_operations["in->a"].item() == 4
    assert activity.spikes["a"].item() == activity.synaptic_operations["a->out"].item() == 12


PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(
    PAIRS, PAIRS, st.tuples(st.integers(0, 2), st.integers(0, 2)), PAIRS, st.sampled_from([1, 2]), st.integers(0, 99)
)
def test_convolution_is_torchs(kernel, stride, padding, dilation, groups, seed):
    random = np.random.default_rng(seed)
    images = random.integers(0, 17, (2, 4, 7, 8)) / 16
    weights = random.integers(-8, 9, (6, 4 // groups, *kernel)) / 16
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    wanted = torch.nn.functional.conv2d(torch.tensor(images), torch.tensor(weights), **options).numpy()
    parts = (Population("in", (4, 7, 8), Source()), Population("out", wanted.shape[1:], Integrator()))
    synapse = Conv2d(dense(weights.astype(np.float32)), **options)
    network = Network(parts, (Projection("in", "out", synapse),), "in", "out", Direct(1))
    np.testing.assert_array_equal(reference(network, images).potentials["out"][0], wanted)


@given(PAIRS, PAIRS)
def test_average_pool_is_torchs(kernel, stride):
    images = np.arange(2 * 3 * 7 * 8).reshape(2, 3, 7, 8) / 16
    wanted = torch.nn.functional.avg_pool2d(torch.tensor(images), kernel, stride).numpy() * (kernel[0] * kernel[1])
    parts = (Population("in", (3, 7, 8), Source()), Population("out", wanted.shape[1:], Integrator()))
    network = Network(parts, (Projection("in", "out", AvgPool2d(kernel, stride, 1.0)),), "in", "out", Direct(1))
    np.testing.assert_allclose(reference(network, images).potentials["out"][0], wanted, rtol=1e-12)


@given(SIXTEENTHS, SIXTEENTHS, st.integers(1, 40), st.floats(0, 0.99), st.sampled_from(["synchronous", "layerwise"]))
def test_rate_of_integrate_and_fire_is_the_clipped_relu(value, bias, steps, initial, schedule):
    """|spikes / T - clip(x + b, 0, 1)| <= 1/T for threshold 1 and any initial potential in [0, 1)."""
    start = np.floor(initial * 16) / 16
    spikes, _, _ = alone(IF(1.0), Direct(steps), value=value, bias=bias, initial=start, schedule=schedule)
    assert abs(sum(spikes) / steps - np.clip(value + bias, 0, 1)) <= 1 / steps


@given(st.integers(0, 2**20), st.sampled_from(["synchronous", "layerwise"]), st.sampled_from(["float32", "fixed"]))
def test_charge_is_conserved(seed, schedule, numbers):
    """What flows in is what is left over plus what was spent on spikes: T (W x + b) = V_T - v0 + threshold * spikes."""
    random = np.random.default_rng(seed)
    fixed, steps, unit = numbers == "fixed", 7, 1 if numbers == "fixed" else 16
    draw = lambda low, high, shape: (random.integers(low, high, shape) / unit).astype(np.int64 if fixed else np.float32)  # noqa: E731
    weights, bias, initial, threshold = draw(-9, 10, (4, 5)), draw(-9, 10, 4), draw(-9, 10, 4), draw(1, 30, 4)
    bits = 32 if fixed else None
    parts = (Population("in", (5,), Source()), Population("a", (4,), IF(threshold), bias, initial, bits))
    network = Network(
        parts,
        (Projection("in", "a", Linear(dense(weights))),),
        *("in", "a", Direct(steps, 15 if fixed else None), schedule),
        numbers=numbers,
    )
    images = random.integers(0, 16, (3, 5)) / (15 if fixed else 16)
    activity = reference(network, images)
    current = activity.rasters["in"][0].astype(np.float64) @ weights.T + bias
    spent = threshold * activity.rasters["a"].sum(axis=0)
    np.testing.assert_array_equal(steps * current, activity.potentials["a"][-1] - initial + spent)
