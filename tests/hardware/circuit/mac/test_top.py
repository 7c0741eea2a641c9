"""What a MAC core is built of, and what it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.index_maps import IndexMap
from tests.hardware.small_networks import formal

LANES = {"h0": PhysicalLanes(4), "out": PhysicalLanes(1)}


def test_a_quantised_network_becomes_a_mac_core(tmp_path: Path) -> None:
    circuit = build(formal(), LANES, tmp_path / "core")
    text = (circuit.folder / "core.v").read_text()
    assert circuit.quantised and "sw_mac_layer" in text and "sw_array" not in text
    assert [p.name for p in circuit.senders] == ["h0", "out"]
    assert all(path.read_text().endswith("\n") for path in circuit.folder.glob("*.mem"))


def test_what_is_refused_names_the_part(tmp_path: Path) -> None:
    network = formal()
    order = IndexMap.of((784,), np.arange(784)[::-1])
    first, second = network.projections
    with pytest.raises(InvalidInput, match=r"expected no order in a MAC core, got .* in projection 'in->h0'"):
        build(replace(network, projections=(replace(first, order=order), second)), {}, tmp_path)
    with pytest.raises(InvalidInput, match="expected a fixed-point network, got float32"):
        build(replace(network, numbers="float32"), {}, tmp_path)
    with pytest.raises(InvalidInput, match="expected the code Direct in hardware, got RateCode; try Quantized"):
        build(replace(network, code=snn.RateCode(1)), {}, tmp_path)


def test_a_map_between_maps_that_is_two_matrices_is_refused(tmp_path: Path) -> None:
    synapse = snn.Separable2d(np.ones((2, 3), np.int64), np.ones((2, 3), np.int64), 1)
    populations = (
        snn.Population("in", (1, 3, 3), snn.Source()),
        snn.Population("out", (1, 2, 2), snn.QuantReLU(1, 0, 9), 0, 0, 12),
    )
    network = snn.Network(
        populations,
        (snn.Projection("in", "out", synapse),),
        "in",
        "out",
        snn.Direct(1, 9),
        readout="count",
        numbers="fixed",
    )
    with pytest.raises(InvalidInput, match="expected no Separable2d in a MAC core"):
        build(network, {}, tmp_path)
