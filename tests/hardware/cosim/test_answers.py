"""CircuitAnswers of circuits: class, steps and logits of every read-out, and what an early decision saves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright import snn
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build
from spikewright.hardware.core.golden import run_golden
from spikewright.hardware.cosim import icarus
from spikewright.hardware.cosim.answers import CircuitAnswers
from spikewright.hardware.cosim.comparing import differences
from spikewright.hardware.cosim.record import ANSWER, CircuitRun
from spikewright.hardware.cosim.streams import input_words
from tests.hardware.cosim.drawn import drawn_lanes
from tests.hardware.cosim.drawn_answers import answering
from tests.hardware.cosim.test_comparing import images_for, needs_icarus

LANES = {"hidden": PhysicalLanes(), "out": PhysicalLanes()}


def two_classes(decision: snn.Decision | None = None) -> snn.Network:
    """Of three pixels; the first class gets all that the second does, and a pixel more."""
    populations = (
        snn.Population("in", (3,), snn.Source()),
        snn.Population("hidden", (3,), snn.IF(2), 0, 0, 8),
        snn.Population("out", (2,), snn.IF(2), 0, 0, 8),
    )
    projections = (
        snn.Projection("in", "hidden", snn.Linear(np.eye(3, dtype=np.int8) * 2)),
        snn.Projection("hidden", "out", snn.Linear(np.array([[1, 1, 1], [1, 0, 0]], np.int8))),
    )
    return snn.Network(
        populations, projections, "in", "out", snn.RateCode(30), readout="count", numbers="fixed", decision=decision
    )


@needs_icarus
@pytest.mark.parametrize("seed", [24, 36, 50])
def test_drawn_answers_are_those_of_the_engine(seed: int, tmp_path: Path) -> None:
    network = answering(seed)
    assert differences(network, drawn_lanes(network, seed), images_for(network, seed), tmp_path / "circuit") == ()


@needs_icarus
def test_an_early_decision_saves_the_steps_behind_it(tmp_path: Path) -> None:
    """All that is under way in layers that are ahead is dropped: 5 of 30 steps take less than a third of the cycles."""
    images = np.ones((2, 3), np.float32)
    cycles = {}
    for name, decision in (("early", snn.TerminateDelta(3)), ("all", None)):
        network = two_classes(decision)
        circuit = build(network, LANES, tmp_path / name)
        rasters, _ = run_golden(replace(network, decision=None), images)
        run = icarus.run(circuit, input_words(circuit, rasters["in"]), 2)
        assert CircuitAnswers.found(circuit, run, 2).differences(CircuitAnswers.expected(network, images)) == ()
        cycles[name] = int(run.events[ANSWER][-1, 0])
    assert CircuitAnswers.expected(two_classes(snn.TerminateDelta(3)), images).steps.tolist() == [5, 5]
    assert cycles["early"] * 3 < cycles["all"]


def test_words_become_answers(tmp_path: Path) -> None:
    circuit = build(replace(two_classes(), readout="potential"), LANES, tmp_path / "circuit")
    words = [[cycle, word << 1 | (cycle == 3)] for cycle, word in enumerate((1, 3, -2 & 0xFF, 7))]
    run = CircuitRun({ANSWER: np.array(words)}, np.zeros(0, np.int64), np.zeros((0, 4), np.uint8), 9)
    found = CircuitAnswers.found(circuit, run, 1)
    assert (found.classes.tolist(), found.steps.tolist(), found.logits.tolist()) == ([1], [3], [[-2, 7]])
    with pytest.raises(ValueError, match="expected 2 answers of 4 words, got 4 words"):
        CircuitAnswers.found(circuit, run, 2)


def test_each_part_that_differs_is_told() -> None:
    one = CircuitAnswers(np.array([1, 1]), np.array([3, 3]), np.array([[0, 5], [0, 5]]))
    other = CircuitAnswers(np.array([1, 0]), np.array([3, 2]), np.array([[0, 5], [6, 5]]))
    assert [told.split(":")[0] for told in one.differences(other)] == [
        f"the {part} differ first in sample 1" for part in ("classes", "steps", "logits")
    ]
