"""The cycles of a core are those of its Verilog, image by image, whichever kind of core it is."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.behaviour.exact_cycles import core_cycles
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim import icarus, programs
from spikewright.hardware.cosim.record import OVER
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_macs import drawn_mac
from tests.hardware.small_networks import perceptron

needs_icarus = pytest.mark.skipif(
    programs.found("iverilog") is None, reason="Icarus Verilog is not installed: apt-get install iverilog"
)
IMAGES = 2


def activity_of(network: snn.Network, seed: int) -> tuple[np.ndarray, snn.Activity]:
    shape = network.by_name[network.input].shape
    images = np.random.default_rng(seed).random((IMAGES, *shape)).astype(np.float32)
    return images, snn.simulate(network, images, record=("rasters",))


@needs_icarus
@pytest.mark.parametrize("network", [drawn(1), drawn(4), drawn_mac(2), drawn_mac(5)], ids=str)
def test_every_image_takes_the_cycles_of_the_verilog(network: snn.Network, tmp_path: Path) -> None:
    images, activity = activity_of(network, 0)
    lanes = drawn_lanes(network, 1)
    found = core_cycles(network, lanes, activity)
    circuit = build(network, lanes, tmp_path / "circuit")
    for image, latency in zip(images, found.latency, strict=True):
        rasters, _ = run_golden(network, image[None])
        run = icarus.run(circuit, input_words(circuit, rasters[network.input]), 1)
        assert latency == run.events[OVER][0, 0] + 1


@pytest.mark.parametrize("seed", range(6))
def test_the_slowest_layer_sets_the_least_pace_and_an_image_takes_no_less(seed: int) -> None:
    network = drawn_mac(seed) if seed % 2 else drawn(seed)
    _, activity = activity_of(network, seed)
    found = core_cycles(network, drawn_lanes(network, seed), activity)
    mean = found.mean_latency
    assert mean.low <= mean.value <= mean.high
    assert set(found.layers) == {p.name for p in network.order[1:]}
    assert max(layer.total.value for layer in found.layers.values()) <= mean.high
    assert found.interval > 0


def test_a_decision_that_stops_early_is_refused() -> None:
    network = replace(perceptron((12, 6, 3)), decision=snn.TerminateDelta(3))
    with pytest.raises(InvalidInput, match="decision=None"):
        core_cycles(
            network, {p.name: PhysicalLanes() for p in network.order[1:]}, activity_of(perceptron((12, 6, 3)), 0)[1]
        )
