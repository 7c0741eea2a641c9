"""The read-out: how long a step and an answer take, as `sw_decide` says."""

import numpy as np
import pytest

from spikewright.hardware.behaviour.kernels.answering import gate_cycle, readout_cycle, readout_goes_on, readout_rests
from spikewright.hardware.behaviour.kernels.gathering import FOREVER
from spikewright.hardware.behaviour.kernels.records import READOUT


def readout(neurons: int, *, rule: bool = False) -> np.ndarray:
    made = np.zeros(1, READOUT)
    made["neurons"], made["each"], made["rule"] = neurons, True, rule
    return made


def done_for(r: np.ndarray, decisions: list[int], steps: int) -> tuple[int, int]:
    """How many cycles a step that is done stays so, and in which of them its inference is over, -1 for none."""
    readout_cycle(r[0], True, np.array(decisions), steps)
    cycles, over = 0, -1
    while r["done"]:
        readout_cycle(r[0], False, np.array(decisions), steps)
        over = cycles if r["over"] else over
        cycles += 1
    return cycles, over


@pytest.mark.parametrize("neurons", [1, 10])
def test_a_step_is_taken_at_once_and_the_last_one_answers(neurons: int) -> None:
    r = readout(neurons)
    assert done_for(r, [2], 2) == (1, -1)
    assert done_for(r, [2], 2) == (2 * neurons + 6, neurons + 3) and r["sample"] == 1 and r["step"] == 0


def test_a_rule_looks_at_every_step() -> None:
    r = readout(4, rule=True)
    assert done_for(r, [2], 3) == (9, -1) and done_for(r, [2], 3) == (15, 8)


def test_cycles_of_rest_can_be_gone_through_at_once() -> None:
    for start in range(2):
        one, other = readout(6), readout(6)
        one["clears"] = other["clears"] = 3 * start
        for r in (one, other):
            readout_cycle(r[0], True, np.array([1]), 1)
        for _ in range(100):
            rests = readout_rests(one[0])
            if rests == FOREVER:
                break
            for _ in range(rests):
                readout_cycle(other[0], False, np.array([1]), 1)
                assert not other["over"]
            readout_goes_on(one[0], rests)
            for r in (one, other):
                readout_cycle(r[0], False, np.array([1]), 1)
            assert one == other


def test_the_gate_closes_behind_an_input_and_drops_the_rest_of_one_that_is_over() -> None:
    r = readout(4, rule=True)
    gate_cycle(r[0], True)
    assert r["closed"]
    r["over"] = True
    gate_cycle(r[0], False)
    assert not r["closed"] and not r["drops"]
    gate_cycle(r[0], False)
    assert r["drops"]
    r["over"] = False
    gate_cycle(r[0], True)
    assert not r["drops"] and not r["closed"]
