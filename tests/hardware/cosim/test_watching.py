"""The core with its events brought out."""

from pathlib import Path

import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.cosim.record import ANSWER, OVER
from spikewright.hardware.cosim.watching import Watched
from tests.hardware.small_networks import perceptron


def test_every_population_that_sends_has_a_slot(tmp_path: Path) -> None:
    network = perceptron((6, 5, 4, 3))
    watched = Watched(build(network, {p.name: PhysicalLanes() for p in network.order[1:]}, tmp_path))
    text = watched.text()
    assert watched.senders == (1, 2, ANSWER, OVER)
    assert (watched.moved_bits, watched.events_bits, watched.answer_bits) == (96, 256, 96)
    assert "assign moved[1] = e2_valid && e2_ready;" in text and "assign moved[95:4] = 0;" in text
    assert "assign moved[2] = answer_valid && answer_ready;" in text and "assign moved[3] = over;" in text
    assert text.count("module") == 2 and text.rstrip().endswith("endmodule")


def test_events_that_are_too_wide_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = perceptron((6, 5, 3))
    circuit = build(network, {p.name: PhysicalLanes() for p in network.order[1:]}, tmp_path)
    monkeypatch.setattr(Circuit, "event_bits", lambda *_: 64)
    with pytest.raises(InvalidInput, match="expected events of fewer than 64 bits, got more of 'in'"):
        Watched(circuit).text()
