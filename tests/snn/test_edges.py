"""Edges of what kernels hold: projections without a weight, one neuron, sources that 16 bits do not name, silent chunks."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.snn import (
    IF,
    LIF,
    AvgPool2d,
    Burst,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Delta,
    Direct,
    FewSpikeIF,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    PotentialBitFlips,
    Projection,
    RateCode,
    Separable2d,
    SignedIF,
    SingleBurst,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    StuckAt,
    TernaryIF,
    Upsample,
    codebook,
    dense,
    simulate,
    sparse,
)
from spikewright.snn.event.routes.choosing import compile_route
from spikewright.snn.event.routes.wanted import Wanted
from tests.snn.small import single
from tests.snn.strategies import Case
from tests.snn.test_contract import RECORD, assert_same, both

STEPS = 36
PRUNED = {
    "Dense": lambda shape, kind: dense(np.zeros(shape, kind)),
    "Sparse": lambda shape, kind: sparse(shape, np.zeros(0, np.int32), np.zeros(0, kind)),
    "Sparse zeros": lambda shape, kind: sparse(shape, np.arange(2), np.zeros(2, kind)),
    "Codebook": lambda shape, kind: codebook(np.zeros(shape, np.uint8), np.zeros(1, kind)),
}
LAYERS = {
    "Linear": lambda stored, kind: Linear(stored((32, 64), kind)),
    "Conv2d": lambda stored, kind: Conv2d(stored((32, 4, 3, 3), kind), padding=(1, 1)),
    "Conv2d, strided": lambda stored, kind: Conv2d(stored((8, 2, 2, 3), kind), (2, 1), groups=2),
    "ConvTranspose2d": lambda stored, kind: ConvTranspose2d(stored((4, 4, 2, 2), kind), (2, 2)),
    "Conv1d": lambda stored, kind: Conv1d(stored((16, 4, 3), kind), padding=1),
}
GAINS = {
    "Identity": Identity(0),
    "AvgPool2d": AvgPool2d((2, 2), (2, 2), 0),
    "Separable2d": Separable2d(np.eye(5, 4), np.eye(3, 4), 0),
    "Upsample": Upsample((2, 1), np.zeros(4, int)),
}


def biased(synapse, numbers, schedule="synchronous"):
    """in -> hidden, by its bias alone -> out."""
    shape = {Linear: (64,), Conv1d: (4, 16)}.get(type(synapse), (4, 4, 4))
    target = synapse.output_shape(shape)
    size, bits = int(np.prod(target)), 16 if numbers == "fixed" else None
    last = np.ones((2, size), np.int8 if numbers == "fixed" else np.float32)
    parts = (
        Population("in", shape, Source()), Population("hidden", target, IF(5), 1, potential_bits=bits),
        Population("out", (2,), Integrator(), potential_bits=bits),
    )  # fmt: skip
    links = (Projection("in", "hidden", synapse), Projection("hidden", "out", Linear(dense(last))))
    return Network(parts, links, "in", "out", RateCode(STEPS), schedule, numbers=numbers)


@pytest.mark.parametrize("numbers", ["float32", "fixed"])
@pytest.mark.parametrize("stored", PRUNED)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_projection_without_a_weight_brings_nothing(layer, stored, numbers):
    synapse = LAYERS[layer](PRUNED[stored], np.int8 if numbers == "fixed" else np.float32)
    network = biased(synapse, numbers)
    images = np.full((2, *network.by_name["in"].shape), 0.9, np.float32)
    fast, slow = both(Case(network, images))
    assert_same(fast, slow)
    steps = np.arange(1, STEPS + 1)  # V = (t + 1) mod 5, the bias alone
    assert (fast.potentials["hidden"].reshape(STEPS, -1) == (steps % 5)[:, None]).all()
    assert not fast.synaptic_operations["in->hidden"].any()
    assert_same(simulate(network, images), slow, records=False)


@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
@pytest.mark.parametrize("gain", GAINS)
def test_a_gain_of_zero_brings_nothing(gain, schedule):
    network = biased(GAINS[gain], "fixed", schedule)
    assert_same(*both(Case(network, np.full((2, 4, 4, 4), 0.9, np.float32))))


def test_a_pruned_layer_over_more_steps_than_its_sums_count():
    """Sums that are zero are kept in 16 bits, and the steps of a direct input are multiplied in."""
    network = biased(LAYERS["Linear"](PRUNED["Dense"], np.int8), "fixed", "layerwise")
    network = replace(network, code=Direct(40_000, 15))
    fast, slow = both(Case(network, np.ones((1, 64), np.float32)))
    assert_same(fast, slow)


def test_amplitudes_beyond_the_sums():
    """Nor do sums of zeros have room for the amplitudes of spikes."""
    cell = FewSpikeIF(3, (2.0, 1.0), (2.0, 1.0), (70_000.0, 1.0))
    parts = (
        Population("in", (2,), Source()), Population("a", (2,), cell, 3, potential_bits=20),
        Population("out", (1,), Integrator(), potential_bits=20),
    )  # fmt: skip
    links = (Projection("in", "a", Identity(1)), Projection("a", "out", Linear(dense(np.zeros((1, 2), np.int8)))))
    network = Network(parts, links, "in", "out", RateCode(2), "layerwise", numbers="fixed")
    assert_same(*both(Case(network, np.ones((1, 2), np.float32))))


@pytest.mark.parametrize("sources", [65_535, 65_536, 65_537, 70_001])
@pytest.mark.parametrize("alive", [1.0, 0.2])
def test_sources_that_16_bits_do_not_name(sources, alive):
    """Time lanes name the channels of a pixel that fired; of a vector all sources are channels of one."""
    random = np.random.default_rng(sources)
    weights = (random.integers(-3, 4, (16, sources)) * (random.random((16, sources)) < alive)).astype(np.int8)
    parts = (Population("in", (sources,), Source()), Population("out", (16,), Integrator(), potential_bits=40))
    network = Network(
        parts, (Projection("in", "out", Linear(dense(weights))),), "in", "out", RateCode(32), numbers="fixed"
    )
    images = random.random((1, sources)).astype(np.float32)
    counts = np.floor(images.astype(np.float64) * 32 + 0.5).astype(np.int64)
    np.testing.assert_array_equal(simulate(network, images).logits, counts @ weights.astype(np.int64).T)


@pytest.mark.parametrize("targets", [65_535, 65_536, 65_537])
def test_targets_that_16_bits_do_not_name(targets):
    random = np.random.default_rng(targets)
    weights = (random.integers(1, 4, (targets, 8)) * (random.random((targets, 8)) < 0.1)).astype(np.int8)
    network = single(
        ((8,), (targets,)), Integrator(), Linear(dense(weights)), RateCode(8), numbers="fixed", potential_bits=20
    )
    route = compile_route(Wanted(network, network.projections[0], np.dtype(np.int16), over_time=True))
    assert route.otherwise.lanes.listed == (targets <= 65_536)
    images = np.ones((1, 8), np.float32)
    np.testing.assert_array_equal(simulate(network, images).logits[0], 8 * weights.astype(np.int64).sum(axis=1))


@pytest.mark.parametrize("noise", [None, PotentialBitFlips(0.0), (PotentialBitFlips(0.0), StuckAt(1, 0.0))])
@pytest.mark.parametrize("neuron", [SignedIF(10), TernaryIF(10, 10)])
def test_a_silent_beginning_hides_no_sign(neuron, noise):
    """The first chunk of steps is silent; two steps ON then, and two OFF."""
    network = single(
        ((2,), (1,)),
        neuron,
        Linear(dense(np.array([[10, -20]], np.int8))),
        Delta(64, 0.5),
        numbers="fixed",
        potential_bits=16,
    )
    frames = np.zeros((1, 64, 1), np.float32)
    frames[0, 40:42] = 1
    fast, slow = both(Case(network, frames), noise=noise)
    assert_same(fast, slow)
    raster = fast.rasters["a"].reshape(64).tolist()
    if isinstance(neuron, SignedIF):
        assert raster == [0] * 40 + [1, 1, -1, -1] + [0] * 20
    assert fast.rasters["a"].dtype == np.int8 and min(raster) == -1 and fast.logits[0, 0] == sum(raster)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("neuron", [TernaryIF(25, 25), SignedIF(25), Burst(25, 3), LIF(25, 0.25)])
def test_inserted_spikes_of_a_silent_population_arrive_late(neuron, seed):
    """Spikes that noise inserts have numbers where those of the neurons have, also when no neuron fired."""
    random = np.random.default_rng(seed)
    size = int(random.integers(1, 60))
    weights = random.integers(-9, 10, (size, size)).astype(np.int8)
    parts = (
        Population("in", (size,), Source()), Population("a", (size,), neuron, potential_bits=16),
        Population("out", (3,), Integrator(), potential_bits=24),
    )  # fmt: skip
    links = (
        Projection("in", "a", Linear(dense(weights))),
        Projection("a", "a", Linear(dense(weights[::-1])), delay=int(random.integers(1, 4)), name="back"),
        Projection("a", "out", Linear(dense(weights[:1].repeat(3, 0)))),
    )
    network = Network(parts, links, "in", "out", SingleBurst(40), numbers="fixed")
    images = (random.random((3, size)) * 0.6).astype(np.float32)
    noise = (PotentialBitFlips(0.0), SpikeInsertion(0.05, 7, ("a",)), SpikeDeletion(0.1))
    assert_same(*both(Case(network, images), noise=noise))


def test_a_reset_beyond_the_width_and_upsets_that_do_not_happen():
    """A FewSpike neuron may be reset below its width; only a word that is hit is cut to its bits."""
    cell = FewSpikeIF(np.array([9, 26]), (-1.0, 1.0), (5.0, 2.0), (1.0, 4.0))
    parts = (
        Population("in", (2, 3), Source()), Population("a", (2, 3), cell, 3, 14, 6),
        Population("out", (1,), Integrator(), potential_bits=24),
    )  # fmt: skip
    links = (Projection("in", "a", Identity(2)), Projection("a", "out", Linear(dense(np.ones((1, 6), np.int8)))))
    network = Network(parts, links, "in", "out", RateCode(2), "layerwise", numbers="fixed")
    images = np.linspace(0, 1, 6, dtype=np.float32).reshape(1, 2, 3)
    for noise in (None, PotentialBitFlips(0.0), PotentialBitFlips(0.5, 3)):
        fast, slow = both(Case(network, images), noise=noise)
        assert_same(fast, slow)
    plain = simulate(network, images, record=RECORD)
    np.testing.assert_array_equal(
        simulate(network, images, noise=PotentialBitFlips(0.0), record=RECORD).potentials["a"], plain.potentials["a"]
    )
    assert plain.potentials["a"].min() < -32
