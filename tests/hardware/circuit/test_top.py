"""The top level, and what there are no modules for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.index_maps import IndexMap
from tests.hardware.small_networks import perceptron

LANES = {"h0": PhysicalLanes(3), "out": PhysicalLanes(2)}


def test_a_perceptron_has_its_queues_and_files(tmp_path: Path) -> None:
    build(perceptron((6, 5, 3)), LANES, tmp_path)
    text = (tmp_path / "core.v").read_text()
    assert text.count("sw_fifo") == text.count("sw_front") == text.count("sw_array") == 2
    assert {path.name for path in tmp_path.glob("*.mem")} == {
        *(f"q0{k}_{what}.mem" for k in range(2) for what in "cyxw"),
        "p01_k.mem",
        "p02_k.mem",
    }


def _neuron(network: snn.Network, neuron: Any) -> snn.Network:
    first, hidden, *others = network.populations
    return replace(network, populations=(first, replace(hidden, neuron=neuron), *others))


def _fires(code: Any) -> snn.Network:
    """The output fires, and answers by its counts."""
    network = perceptron((6, 5, 3))
    *others, last = network.populations
    return replace(network, populations=(*others, replace(last, neuron=snn.IF(9))), code=code, readout="count")


def _constants() -> snn.Network:
    """Gates whose windows hold a constant beside what ternary neurons send."""
    order = IndexMap.of((1, 1, 2), np.array([[[0, 1, -1]]]))
    populations = (
        snn.Population("in", (1, 1, 2), snn.Source()),
        snn.Population("layer", (1, 1, 2), snn.TernaryIF(5, 5), 0, 0, 9),
        snn.Population("gate", (1, 1, 1), snn.MaxGate()),
        snn.Population("out", (2,), snn.Integrator(), 0, 0, 9),
    )
    projections = (
        snn.Projection("in", "layer", snn.Identity(1)),
        snn.Projection("layer", "gate", snn.Windows((1, 3), (1, 1)), order=order),
        snn.Projection("gate", "out", snn.Linear([[1], [1]])),
    )
    return snn.Network(populations, projections, "in", "out", snn.RateCode(2), numbers="fixed")


class Unknown(snn.IF):
    """A neuron that the circuit does not know."""


@pytest.mark.parametrize(
    ("network", "told"),
    [
        (_neuron(perceptron((6, 5, 3)), Unknown(100)), "expected IF, LIF, .* neurons, got Unknown in"),
        (_constants(), "no constants beside signed spikes"),
        (_fires(snn.PhaseCode(3)), "an answer by potentials"),
    ],
)
def test_what_there_are_no_modules_for_is_refused(network: snn.Network, told: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=told):
        build(network, LANES, tmp_path)


def test_a_projection_with_a_delay_has_a_queue_of_delay(tmp_path: Path) -> None:
    network = perceptron((6, 5, 3))
    late = replace(network, projections=(replace(network.projections[0], delay=1), *network.projections[1:]))
    build(late, LANES, tmp_path)
    text = (tmp_path / "core.v").read_text()
    assert text.count("sw_step_delay #") == text.count("sw_begins #") == 1


def test_one_inference_at_a_time_where_it_may_stop_early(tmp_path: Path) -> None:
    for number, decision in enumerate((None, snn.TerminateMax(5))):
        build(replace(perceptron((6, 5, 3)), decision=decision), LANES, tmp_path / str(number))
    texts = [(tmp_path / str(number) / "core.v").read_text() for number in range(2)]
    assert ["sw_gate" in text for text in texts] == [False, True]
