"""What an engine counts with is a whole number in range, refused where it is given; what it adds leaves room for a sum."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    IF,
    LIF,
    AddressEvents,
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Direct,
    Identity,
    InputNoise,
    Integrator,
    Linear,
    MembraneNoise,
    Network,
    PhaseCode,
    Population,
    Projection,
    QuantReLU,
    Ramp,
    RateCode,
    SignedIF,
    Source,
    SpikeDeletion,
    SpikeJitter,
    SpikeSelectCode,
    StuckAt,
    TtfsCode,
    Upsample,
    WeightBitFlips,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.fixed.widths import Widths
from spikewright.snn.synapses import pooled_shape
from tests.snn.small import chain, single

MAP = (2, 6, 6)
WEIGHTS = dense(np.ones((2, 2, 2, 2), np.float32))
LINE = dense(np.ones((2, 2, 2), np.float32))
WRONG = (1.5, 2.0, "2", True, None, np.float32(1.0))


def one(neuron=None, bits=16, **options):
    """in (1) -> a (1), fixed point."""
    return single(
        ((1,), (1,)), neuron or IF(2), Linear(dense(np.array([[3]], np.int8))), RateCode(5), numbers="fixed", potential_bits=bits,
        **options,
    )  # fmt: skip


NETWORKS = {
    "delay": lambda value: one(delay=value),
    "shift": lambda value: one(shift=value),
    "extent": lambda value: single(((value,), (1,)), IF(2), Identity(), RateCode(2)),
    "channels": lambda value: single(((1,), (4,)), IF(1.0), Identity(), RateCode(2), channels=(0, value)),
    "width": lambda value: one(bits=value) if value is not None else one(bits=1.5),
    "refractory": lambda value: IF(1.0, "subtract", value),
    "levels of a ramp": lambda value: Ramp(1.0, value) if value is not None else Ramp(1.0, 1.5),
    "levels": lambda value: QuantReLU(1.0, 0, value),
    "shift of a quantiser": lambda value: QuantReLU(1.0, value, 7),
    "limit": lambda value: SignedIF(1.0, value) if value is not None else SignedIF(1.0, 1.5),
    "stride": lambda value: Conv2d(WEIGHTS, (1, value)).output_shape(MAP),
    "padding": lambda value: Conv2d(WEIGHTS, padding=(value, 1)).output_shape(MAP),
    "dilation": lambda value: Conv2d(WEIGHTS, dilation=(1, value)).output_shape(MAP),
    "groups": lambda value: Conv2d(WEIGHTS, groups=value).output_shape(MAP),
    "stride of a line": lambda value: Conv1d(LINE, value).output_shape(MAP[:2]),
    "output padding": lambda value: ConvTranspose2d(WEIGHTS, (2, 2), output_padding=(value, 0)).output_shape(MAP),
    "factor": lambda value: Upsample((value, 1)).output_shape(MAP),
    "kernel": lambda value: AvgPool2d((2, value), (1, 1), 1.0).output_shape(MAP),
    "windows": lambda value: Windows((2, 2), (value, 1)).output_shape(MAP),
    "pool": lambda value: pooled_shape(MAP, (value, 2)),
}
SETTINGS = {
    "steps": lambda value: RateCode(value),
    "code levels": lambda value: Direct(4, value if value is not None else 1.5),
    "time levels": lambda value: TtfsCode(value if value is not None else 1.5),
    "window": lambda value: Direct(4, 15, value if value is not None else 1.5),
    "period": lambda value: PhaseCode(value),
    "spikes let through": lambda value: SpikeSelectCode(4, value),
    "microseconds": lambda value: AddressEvents(4, value),
    "bits of a word": lambda value: WeightBitFlips(0.1, value if value is not None else 1.5),
    "weight bits": lambda value: Widths(weight_bits=value),
}


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_counts_in_whole_numbers(name, value):
    with pytest.raises(InvalidNetwork, match="expected") as caught:
        NETWORKS[name](value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_whole_numbers(name, value):
    with pytest.raises(InvalidInput, match="expected"):
        SETTINGS[name](value)


def test_whole_numbers_of_numpy_are_whole():
    assert simulate(one(delay=np.int64(1)), np.ones((1, 1), np.float32)).logits[0, 0] == 4
    assert Conv2d(WEIGHTS, (np.int32(2), 1)).output_shape(MAP) == (2, 3, 5)


@pytest.mark.parametrize("bits", [1, 63, 64])
def test_widths_that_no_engine_can_run_are_refused_at_once(bits):
    with pytest.raises(InvalidNetwork, match="width in bits of population 'a' to be a whole number from 2 to 62"):
        one(bits=bits)


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_the_widest_potential_runs(engine):
    network = one(IF(2**61 - 1), bits=62, readout="potential", initial=2**61 - 4, bias=-1)
    potentials = simulate(network, np.ones((1, 1), np.float32), engine=engine).logits_over_time.ravel()
    assert potentials.tolist() == [2**61 - 2, 0, 2, 4, 6]  # the second step saturates at the threshold
    with pytest.raises(InvalidNetwork, match="within 62 bits"):
        one(IF(2**61), bits=62)


@pytest.mark.parametrize("engine", ["event", "reference"])
@pytest.mark.parametrize("k", [1, 31, 32, 40, 62])
def test_leaks_are_shifts_at_every_width(k, engine):
    network = one(LIF(100, 2.0**-k), readout="potential")
    expected, V = [], 0
    for _ in range(5):
        V += 3 - (V >> k)
        expected.append(V)
    potentials = simulate(network, np.ones((1, 1), np.float32), engine=engine).logits_over_time
    assert potentials.ravel().tolist() == expected


@pytest.mark.parametrize("k", [63, 64, 65, 1000])
def test_leaks_that_no_shift_makes_are_refused(k):
    with pytest.raises(InvalidNetwork, match=r"a leak of at least 2\*\*-62"):
        one(LIF(100, 2.0**-k))


@pytest.mark.parametrize(
    "build",
    [
        lambda: one(bias=2**70),
        lambda: one(bias=2**62),
        lambda: one(IF(2**70)),
        lambda: replace(one(), projections=(Projection("in", "a", Identity(2.0**62)),)),
        lambda: replace(one(), projections=(Projection("in", "a", Identity(2**70)),)),
        lambda: one(initial=-(2**15)),
        lambda: replace(one(), projections=(Projection("in", "a", Linear(dense(np.array([[2**63]], np.uint64)))),)),
        lambda: chain(
            Population("a", (1,), Ramp(2.0**63, 2), potential_bits=16), TtfsCode(16), weight=1, numbers="fixed"
        ),
        lambda: one(bias=np.array("3", object)),
    ],
)
def test_numbers_that_the_machine_does_not_have(build):
    with pytest.raises(InvalidNetwork, match="expected"):
        build()


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_the_input_comes_first_whatever_is_listed_first(engine):
    """A population that only delays reach is ready from the beginning, too."""
    three = Linear(dense(np.array([[3]], np.int8)))
    late, source, out = (
        Population("late", (1,), IF(2), potential_bits=16), Population("in", (1,), Source()),
        Population("out", (1,), Integrator(), potential_bits=16),
    )  # fmt: skip
    links = (Projection("in", "late", three, delay=1), Projection("late", "out", three))
    for listed in ((late, source, out), (out, late, source), (source, late, out)):
        network = Network(listed, links, "in", "out", RateCode(4), numbers="fixed")
        assert network.order[0].name == "in"
        assert simulate(network, np.ones((1, 1), np.float32), engine=engine).logits.tolist() == [[9]]


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_whole_numbers_of_numpy_are_those_of_python(kind):
    neuron = IF(1.0, refractory=kind(2))
    population = Population("a", (kind(3),), neuron, potential_bits=kind(16))
    held = [
        RateCode(kind(8)).steps,
        Direct(kind(8), kind(255)).levels,
        population.potential_bits,
        *population.shape,
        neuron.refractory,
    ]
    link = Projection("in", "a", Linear(dense(np.ones((3, 1)))), delay=kind(1))
    held += [link.delay, SpikeDeletion(0.1, kind(3)).seed]
    assert all(type(value) is int for value in held)
    network = chain(Population("a", (1,), IF(1.0)), RateCode(4))
    assert simulate(network, [[1.0]], steps=kind(9)).steps == 9


@pytest.mark.parametrize("wrong", ["a", None, float("nan"), -1])
def test_shares_and_widths_are_numbers(wrong):
    for make in (SpikeDeletion, SpikeJitter, MembraneNoise, InputNoise, lambda p: StuckAt(1, p)):
        with pytest.raises(InvalidInput, match="expected a"):
            make(wrong)
    with pytest.raises(InvalidNetwork, match="expected a leak"):
        LIF(1.0, wrong)


def test_shapes_and_weights_are_taken_as_lists():
    assert Population("a", [2, 3], IF(1.0)).shape == (2, 3)
    assert dense([[1, 2]]).values().dtype == np.int64 and dense(torch.ones(1, 2)).shape == (1, 2)
    for shape in (3, None):
        with pytest.raises(InvalidNetwork, match="expected a shape"):
            chain(Population("a", (1,), IF(1.0)), RateCode(4), output=Population("out", shape, Integrator()))
    with pytest.raises(InvalidInput, match="expected weights as an array"):
        dense(None)


def test_names_of_noise_are_a_tuple():
    network = chain(Population("a", (1,), IF(1.0)), RateCode(4))
    with pytest.raises(InvalidInput, match=r"try \('a',\)"):
        simulate(network, [[1.0]], noise=SpikeDeletion(0.5, populations="a"))
