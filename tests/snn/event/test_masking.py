"""Firing into masks: who does, and that nobody can tell: answers, spikes and operations are those of the reference."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn import (
    IF,
    LIF,
    Burst,
    Conv2d,
    Direct,
    Integrator,
    Linear,
    MaxGate,
    MembraneNoise,
    Network,
    PhaseCode,
    Population,
    Projection,
    RateCode,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    SpikeSelectCode,
    StuckAt,
    Windows,
    dense,
    simulate,
)
from spikewright.snn.event import pieces
from spikewright.snn.event.engine import EventRun
from spikewright.snn.event.masking import MOST_SHIFT, firing_cells
from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.simulation import Request
from tests.snn.event.stacks import (
    CHANNELS,
    COLUMNS,
    ROWS,
    any_numbers,
    assert_nobody_can_tell,
    drawn,
    images,
    kernel,
    masked_of,
    stack,
)
from tests.snn.small import threads
from tests.snn.test_contract import assert_same

NEURONS = [IF(40), IF(40, "zero"), LIF(40, 0.25), LIF(40, 0.5, "zero")]
NOISES = [SpikeDeletion(0.3, 1), SpikeInsertion(0.1, 2), SpikeJitter(2), StuckAt(1, 0.2, 3), MembraneNoise(0.2, 4)]


@pytest.mark.parametrize("neuron", NEURONS)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**20), channels=st.sampled_from(CHANNELS), steps=st.sampled_from([4, 7, 33]))
def test_a_chain(neuron, seed, channels, steps):
    network = stack(seed, channels, neuron, RateCode(steps))
    assert masked_of(network) == {"a"}  # b goes to three channels only
    assert_nobody_can_tell(network)


@pytest.mark.parametrize("code", [Direct(9, 15), Direct(40, 15, 34), RateCode(33)])
@pytest.mark.parametrize("channels", [1, 16, 70])
def test_a_direct_input_and_one_channel(code, channels):
    """A chunk of steps that are alike, and one in which the current has ended."""
    network = stack(1, channels, code=code, edges="ia ab bc co")
    assert masked_of(network) == ({"a", "b"} if channels > 1 else set())
    assert_nobody_can_tell(network)


@pytest.mark.parametrize("edges", ["ia ab ac bc co", "ia ib ab bo", "ia ab bc ac bd cd do"])
def test_residual_sources(edges):
    network = stack(2, 16, edges=edges)
    assert "a" in masked_of(network)
    assert_nobody_can_tell(network)


def test_concatenated_sources():
    """Neither fills its target, so neither goes by dot products; the concatenated channels do."""
    network = stack(3, 16, edges="ia ib ac bc cd do", ac={"channels": (0, 8)}, bc={"channels": (8, 16)})
    assert masked_of(network) == {"c"}
    assert_nobody_can_tell(network)


def test_pools_and_shifts():
    """Windows of four, windows of others, and windows that leave rows out."""
    random = np.random.default_rng(4)
    for pool in ((2, 2), (1, 3), (3, 1), (4, 3)):
        small = ROWS // pool[0], COLUMNS // pool[1]
        parts = (
            Population("i", (2, ROWS, COLUMNS), Source()),
            Population("a", (65, ROWS, COLUMNS), IF(20), 0, 0, 12),
            Population("b", (7, *small), IF(60), 0, 0, 20),
            Population("o", (6,), Integrator(), 0, 0, 32),
        )
        links = (
            Projection("i", "a", kernel(random, 65, 2)),
            Projection("a", "b", kernel(random, 7, 65), pool=pool, shift=2),
            Projection("b", "o", Linear(drawn(random, 6, 7 * small[0] * small[1]))),
        )
        network = Network(parts, links, "i", "o", RateCode(13), numbers="fixed")
        assert masked_of(network) == {"a", "b"}
        assert_nobody_can_tell(network)


@pytest.mark.parametrize("each", [3, 16])
def test_groups(each):
    """Groups of source channels that lie across two words of a mask, too."""
    random, channels = np.random.default_rng(5), 66 if each == 3 else 64
    groups = channels // each
    parts = (
        Population("i", (2, ROWS, COLUMNS), Source()),
        Population("a", (channels, ROWS, COLUMNS), IF(5), 4, 0, 12),
        Population("b", (groups * 6, ROWS, COLUMNS), IF(20), 0, 0, 12),
        Population("o", (6,), Integrator(), 0, 0, 32),
    )
    links = (
        Projection("i", "a", kernel(random, channels, 2)),
        Projection("a", "b", Conv2d(drawn(random, groups * 6, each, 3, 3), padding=(1, 1), groups=groups)),
        Projection("b", "o", Linear(drawn(random, 6, groups * 6 * ROWS * COLUMNS))),
    )
    network = Network(parts, links, "i", "o", RateCode(10), numbers="fixed")
    assert masked_of(network) == {"a", "b"}
    assert_nobody_can_tell(network)


@pytest.mark.parametrize("noise", NOISES)
def test_noise_behind_a_masked_population(noise):
    """On what it sends: it lists its spikes; on its potentials: it fires as others do."""
    network = stack(6, 17, edges="ia ab bc co")
    assert masked_of(network, noise=(noise,)) == (set() if isinstance(noise, MembraneNoise) else {"a", "b"})
    assert_nobody_can_tell(network, noise=noise)
    assert_nobody_can_tell(network, noise=replace(noise, populations=("a",)))


@pytest.mark.parametrize("delay", [1, 5, 40])
def test_a_delay_beside_masks(delay):
    """a goes to b at once and to c later; a circle takes less than four steps, or more."""
    network = stack(7, 16, code=RateCode(45), edges="ia ab ac bc co", ac={"delay": delay})
    assert "a" in masked_of(network)
    assert_nobody_can_tell(network)
    assert_nobody_can_tell(stack(8, 16, code=RateCode(45), edges="ia ab bb bc co", bb={"delay": delay}))


def test_a_gate_behind_a_masked_population():
    random = np.random.default_rng(9)
    parts = (
        Population("i", (2, 4, 4), Source()),
        Population("a", (16, 4, 4), IF(20), 0, 0, 12),
        Population("m", (16, 2, 2), MaxGate()),
        Population("b", (16, 4, 4), IF(40), 0, 0, 14),
        Population("o", (6,), Integrator(), 0, 0, 32),
    )
    links = (
        Projection("i", "a", kernel(random, 16, 2)),
        Projection("a", "m", Windows((2, 2), (2, 2))),
        Projection("a", "b", kernel(random, 16, 16)),
        Projection("m", "o", Linear(drawn(random, 6, 64))),
        Projection("b", "o", Linear(drawn(random, 6, 256))),
    )
    network = Network(parts, links, "i", "o", RateCode(36), numbers="fixed")
    assert masked_of(network) == {"a", "b"}
    assert_nobody_can_tell(network)


def test_who_does_not():
    """Float32, layerwise, other neurons, refractory and weighted steps, potentials of 32 bits, and what is looked at."""
    network = stack(10, 16, edges="ia ab bc co")
    parts = {
        "refractory": stack(10, 16, IF(40, "subtract", 2), edges="ia ab bc co"),
        "bursts": stack(10, 16, Burst(40, 3), edges="ia ab bc co"),
        "weighted": stack(10, 16, code=PhaseCode(4, 2), edges="ia ab bc co"),
        "layerwise": replace(network, schedule="layerwise"),
        "wide": replace(
            network,
            populations=tuple(replace(p, potential_bits=p.potential_bits and 32) for p in network.populations),
        ),
    }
    for name, other in parts.items():
        assert masked_of(other) == set(), name
        assert_nobody_can_tell(other)
    assert masked_of(network) == {"a", "b"}
    assert masked_of(network, record=("potentials",)) == set()
    assert masked_of(network, record=("rasters",)) == {"a", "b"}


@pytest.mark.parametrize("code", [SpikeSelectCode(9, 2), RateCode(3), RateCode(65)])
def test_limits_and_lengths(code):
    """First spikes only; fewer steps than dot products take; a last chunk of one."""
    assert_nobody_can_tell(stack(11, 17, code=code, edges="ia ab bc co"))


def test_rasters_are_those_of_the_reference():
    network = stack(12, 70, edges="ia ab bc co")
    one, other = (
        simulate(network, images(network), record=["rasters"], engine=engine) for engine in ("event", "reference")
    )
    for name, raster in other.rasters.items():
        np.testing.assert_array_equal(one.rasters[name], raster)


@pytest.mark.parametrize("neuron", [IF(1.0), IF(1.0, "zero"), LIF(1.0, 0.25)])
def test_float32_is_rounded_alike_whoever_listens(neuron):
    """Answers do not depend on whether spikes are listed for a record."""
    network = any_numbers(neuron, 16)
    plain, recorded = (simulate(network, images(network), record=record) for record in ((), ("rasters",)))
    assert_same(plain, recorded, records=False)


@pytest.mark.parametrize("count", [1, 2])
def test_threads_batches_and_chunks(count):
    network = stack(13, 17, LIF(40, 0.25), RateCode(40), edges="ia ab ac bc co")
    whole = simulate(network, images(network, 7))
    with threads(count), patch.multiple(pieces, CHUNK_BYTES=20_000, CHUNK_STEPS=9):
        assert_same(simulate(network, images(network, 7)), whole, records=False)
        for sample, image in enumerate(images(network, 7)):
            one = simulate(network, image[None])
            np.testing.assert_array_equal(one.spikes["b"], whole.spikes["b"][sample : sample + 1])


@pytest.mark.parametrize("steps", [4, 7, 16, 40])
def test_float32_is_rounded_alike_in_any_company(steps):
    """Whatever samples lie side by side, on however many threads; silent ones among them."""
    network = any_numbers(IF(1.0), steps)
    several = images(network, 9)
    several[3] = 0
    whole = simulate(network, several)
    with threads(2), patch.multiple(pieces, CHUNK_BYTES=20_000):
        assert_same(simulate(network, several), whole, records=False)
    for sample, image in enumerate(several):
        one = simulate(network, image[None])
        np.testing.assert_array_equal(one.spikes["b"], whole.spikes["b"][sample : sample + 1])
        np.testing.assert_array_equal(one.logits, whole.logits[sample : sample + 1])


@pytest.mark.parametrize("shift", [30, 31])
def test_sums_of_nothing_are_shifted_however_far(shift):
    """Weights that are all zero need no width, whatever the shift."""
    network = stack(0, 16)
    first, *others = network.projections
    nothing = Conv2d(dense(np.zeros((16, 2, 3, 3), np.int8)), padding=(1, 1))
    network = replace(network, projections=(replace(first, synapse=nothing, shift=shift), *others))
    assert ("a" in masked_of(network)) == (shift <= MOST_SHIFT)
    assert_nobody_can_tell(network)


@pytest.mark.parametrize("channels", [6, 16, 32, 64])
@pytest.mark.parametrize("bits", [12, 30])
@pytest.mark.parametrize("steps", [9, 40])
def test_constants_of_channels_and_of_neurons(channels, bits, steps):
    """Alike at all pixels or not, within their width or limited, in a run of one piece or of several."""
    found = stack(10, channels, code=Direct(steps, 15), edges="ia ab bc co")
    random, shape = np.random.default_rng(11), (channels, ROWS, COLUMNS)
    for own in (random.integers(-3, 9, channels), random.integers(-3, 9, shape)):
        changed = {"bias": own, "initial": random.integers(-3, 9, channels), "potential_bits": bits}
        network = replace(
            found, populations=tuple(replace(p, **changed) if p.name in "ab" else p for p in found.populations)
        )
        run = EventRun(Request(network, images(network, 1)))
        population = next(p for _, group in run.pieces.groups for p in group if p.name == "a")
        for alone in (True, False):
            cells = firing_cells(population, np.zeros((1, BLOCK), np.int32), 0, alone)
            assert cells.apart == (0 if own.ndim == 1 else channels)
            assert cells.clamps == (bits == 12)
        assert_nobody_can_tell(network)
