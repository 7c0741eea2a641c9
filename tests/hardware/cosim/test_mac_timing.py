"""A MAC core does what the engine does, in the cycles of the law: every value of every layer, whatever the lanes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.core.golden import golden_activity
from spikewright.hardware.cosim import comparing
from spikewright.hardware.cosim.comparing import differences
from spikewright.hardware.cosim.programs import found
from tests.hardware.cosim.drawn_macs import drawn_mac, drawn_mac_lanes, with_lists

needs_icarus = pytest.mark.skipif(
    found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)


def images_for(network: snn.Network, seed: int, samples: int = 4) -> np.ndarray:
    shape = network.by_name[network.input].shape
    return np.random.default_rng(seed).random((samples, *shape)).astype(np.float32)


@needs_icarus
@pytest.mark.parametrize("seed", [0, 1, 4, 7, 30, 54])
def test_drawn_networks_are_equal_at_two_choices_of_lanes(seed: int, tmp_path: Path) -> None:
    network = drawn_mac(seed)
    ones = {population.name: PhysicalLanes() for population in network.order[1:]}
    lanes = drawn_mac_lanes(network, seed)
    assert differences(network, ones, images_for(network, seed), tmp_path / "ones") == ()
    storage = with_lists(network)
    assert differences(network, lanes, images_for(network, seed), tmp_path / "drawn", storage) == ()


@needs_icarus
def test_a_shortcut_and_values_that_wait(tmp_path: Path) -> None:
    """A residual join whose short way fills its buffer while the long one is still at work."""
    random = np.random.default_rng(5)
    shape = (2, 5, 5)
    relu, kernel = snn.QuantReLU(3, 5, 15), random.integers(-4, 5, (2, 2, 3, 3)).astype(np.int8)
    names = ("a", "b", "c", "d")
    populations = [snn.Population("input", shape, snn.Source())]
    populations += [snn.Population(name, shape, relu, 3, 0, 12) for name in names]
    populations += [snn.Population("output", (3,), snn.Integrator(), 0, 0, 14)]
    conv = snn.Conv2d(kernel, padding=(1, 1))
    ways = (("input", "a"), ("a", "b"), ("b", "c"), ("c", "d"))
    projections = [snn.Projection(source, target, conv) for source, target in ways]
    projections += [snn.Projection("a", "d", snn.Identity(3), shift=2)]
    projections += [snn.Projection("d", "output", snn.Linear(random.integers(-4, 5, (3, 50)).astype(np.int8)))]
    network = snn.Network(tuple(populations), tuple(projections), "input", "output", snn.Direct(1, 15), numbers="fixed")
    lanes = {
        "a": PhysicalLanes(2, 2, 3),
        "b": PhysicalLanes(1, 1, 1),
        "c": PhysicalLanes(2, 5, 1),
        "d": PhysicalLanes(1, 2, 2),
    }
    images = images_for(network, 5, 6)
    assert differences(network, lanes | {"output": PhysicalLanes(2)}, images, tmp_path / "core") == ()


@needs_icarus
def test_another_network_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Golden values of a bias that is 40 higher: the first neuron that differs is named."""
    network = drawn_mac(0)
    changed = replace(
        network,
        populations=tuple(
            p if p.neuron.sends == "passed on" else replace(p, bias=np.asarray(p.bias) + 40)
            for p in network.populations
        ),
    )
    monkeypatch.setattr(comparing, "golden_activity", lambda _, images: golden_activity(changed, images))
    lanes = {population.name: PhysicalLanes() for population in network.order[1:]}
    told = differences(network, lanes, images_for(network, 0), tmp_path / "core")
    assert "'output' differs first in sample 0, step 0, neuron 0" in told
