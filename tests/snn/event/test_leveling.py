"""Levels as bytes: who sends them, who reads them, and the answers of the reference however they go."""

import numpy as np
import pytest

from spikewright.snn import (
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    MaxGate,
    Network,
    Population,
    Projection,
    QuantReLU,
    Source,
    SpikeDeletion,
    dense,
    simulate,
)
from spikewright.snn.event.leveling import byte_law, level_reader, leveled_populations
from spikewright.snn.event.populations import compiled_populations
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.synapses import Windows

IF_TILES = pytest.mark.skipif(not TILES, reason="no tiles on this processor")


def drawn(random, *shape):
    return dense(random.integers(-100, 101, shape).astype(np.int8))


def network_of(neuron=None, channels=32, levels=255, around=False, seed=0, bits=26, shape=(1, 12, 20)):
    """Two convolutions and two dense layers of levels; `around`: an identity beside the second."""
    random = np.random.default_rng(seed)
    fire = neuron or QuantReLU(random.integers(1, 40, channels), 14, levels)
    _, height, width = shape
    maps = channels, height, width
    parts = [
        Population("in", shape, Source()),
        Population("a", maps, fire, random.integers(-99, 99, channels), 0, bits),
    ]
    parts += [Population("b", maps, fire, 5, 0, bits), Population("c", (48,), QuantReLU(3, 14, levels), 0, 0, bits)]
    parts += [Population("out", (10,), Integrator(), 0, 0, bits)]
    links = [
        Projection("in", "a", Conv2d(drawn(random, channels, shape[0], 3, 3), padding=(1, 1))),
        Projection("a", "b", Conv2d(drawn(random, channels, channels, 3, 3), padding=(1, 1))),
        Projection("b", "c", Linear(drawn(random, 48, channels * (height // 2) * (width // 2))), pool=(2, 2)),
        Projection("c", "out", Linear(drawn(random, 10, 48))),
    ]
    links += [Projection("a", "b", Identity(3), name="around")] if around else []
    return Network(tuple(parts), tuple(links), "in", "out", Direct(1, 255), numbers="fixed")


def found_in(network, watched=()):
    return leveled_populations(network, compiled_populations(network, ()), set(watched))


def images(network, count=20, seed=1):
    return np.random.default_rng(seed).random((count, *network.populations[0].shape), np.float32)


def assert_right(network, given, **options):
    """Everything that the reference says."""
    fast, slow = (simulate(network, given, engine=engine, **options) for engine in ("event", "reference"))
    np.testing.assert_array_equal(fast.logits, slow.logits)
    for name in slow.spikes:
        np.testing.assert_array_equal(fast.spikes[name], slow.spikes[name])
    for name in slow.synaptic_operations:
        np.testing.assert_array_equal(fast.synaptic_operations[name], slow.synaptic_operations[name])
    for name in slow.rasters:
        np.testing.assert_array_equal(fast.rasters[name], slow.rasters[name])
    for name in slow.potentials:
        np.testing.assert_array_equal(fast.potentials[name], slow.potentials[name])
    return fast


@IF_TILES
def test_who_sends_and_who_reads():
    found = found_in(network_of())
    assert {name: one.reader is not None for name, one in found.items()} == {"a": False, "b": True, "c": True}
    assert found["b"].reader.wide is False and found["c"].reader.wide is True
    assert found["c"].reader.fanout.shape == (32 * 240,) and found["b"].reader.fanout.max() <= 9 * 32
    assert {*found_in(network_of(), watched=["b"])} == {"a", "c"}
    assert found_in(network_of(around=True))["b"].reader is None


@IF_TILES
@pytest.mark.parametrize(
    ("network", "names"),
    [
        (network_of(levels=256), set()),
        (network_of(channels=24), {"c"}),
        (network_of(channels=8), {"c"}),
        (network_of(QuantReLU(2**40, 62, 3), bits=20), {"a", "b", "c"}),
    ],
)
def test_other_laws(network, names):
    assert {*found_in(network)} == names
    assert_right(network, images(network, 5))


@IF_TILES
def test_constants():
    """A multiplier of more than 32 bits, and biases of channels and of neurons."""
    network = network_of(QuantReLU(2**40, 62, 3), bits=20)
    populations = {p.name: p for p in compiled_populations(network, ())}
    assert byte_law(populations["a"]).multiplier.dtype == np.int64
    assert byte_law(populations["a"]).apart == 0 and byte_law(populations["a"]).bias.size == 32
    parts = list(network.populations)
    bias = np.random.default_rng(0).integers(-99, 99, (32, 12, 20))
    parts[1] = Population("a", (32, 12, 20), QuantReLU(9, 14, 255), bias, 0, 26)
    other = Network(tuple(parts), network.projections, "in", "out", network.code, numbers="fixed")
    law = byte_law(compiled_populations(other, ())[0])
    assert law.apart == 32 and law.bias.size == 32 * 240 and law.multiplier.dtype == np.int32
    assert_right(other, images(other, 3))


@pytest.mark.parametrize("around", [False, True])
@pytest.mark.parametrize("levels", [1, 15, 255])
@pytest.mark.parametrize("channels", [16, 32, 48, 80])
def test_as_the_reference(channels, levels, around):
    network = network_of(channels=channels, levels=levels, around=around, seed=channels)
    given = images(network, 9)
    activity = assert_right(network, given)
    assert activity.spikes["a"].any() and activity.spikes["c"].any()
    assert_right(network, np.zeros_like(given[:1]))
    assert_right(network, np.ones_like(given[:17]))


@pytest.mark.parametrize("record", [("rasters",), ("potentials",), ("rasters", "potentials")])
def test_records(record):
    network = network_of()
    assert_right(network, images(network, 3), record=record)


def test_colours_and_noise():
    network = network_of(shape=(3, 6, 9))
    assert_right(network, images(network, 4))
    assert_right(network, images(network, 4), noise=SpikeDeletion(0.5, seed=0))


def test_answers_do_not_depend_on_the_batch():
    network = network_of()
    given = images(network, 21)
    whole = simulate(network, given)
    parts = [simulate(network, given[start : start + 5]) for start in range(0, 21, 5)]
    np.testing.assert_array_equal(np.concatenate([one.logits for one in parts]), whole.logits)


@IF_TILES
def test_a_gate_lists_them():
    """A max-pool between: its sources are listed, what it sends are events."""
    random, fire = np.random.default_rng(3), QuantReLU(20, 14, 255)
    parts = (
        Population("in", (1, 8, 16), Source()), Population("a", (16, 8, 16), fire, 0, 0, 26),
        Population("m", (16, 4, 8), MaxGate()), Population("b", (16, 4, 8), fire, 0, 0, 26),
        Population("out", (5,), Integrator(), 0, 0, 40),
    )  # fmt: skip
    links = (
        Projection("in", "a", Conv2d(drawn(random, 16, 1, 3, 3), padding=(1, 1))),
        Projection("a", "m", Windows((2, 2), (2, 2))),
        Projection("m", "b", Conv2d(drawn(random, 16, 16, 3, 3), padding=(1, 1))),
        Projection("b", "out", Linear(drawn(random, 5, 512))),
    )
    network = Network(parts, links, "in", "out", Direct(1, 255), numbers="fixed")
    assert {*found_in(network)} == {"a", "b"}
    assert_right(network, images(network, 6))


def test_none_without_tiles(monkeypatch):
    monkeypatch.setattr("spikewright.snn.event.leveling.TILES", False)
    assert found_in(network_of()) == {}
    assert level_reader(compiled_populations(network_of(), ())[0]) is None
