"""Each rule of the general kernels, on one neuron whose spikes are written down; float32 and integers alike."""

import numpy as np
import pytest

from spikewright.snn.kernels.fire_general import (
    BURST,
    NEVER,
    SIGNED,
    TERNARY,
    THRESHOLD,
    fire_rule_fixed,
    fire_rule_float,
)
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in, threshold_law

KERNELS = {np.float32: fire_rule_float, np.int32: fire_rule_fixed}
RULES = {  # what enters in each step -> what is sent, potentials; the threshold is 4
    "deaf for two steps": (dict(rule=THRESHOLD, refractory=2), [5, 9, 9, 2, 1], [1, 0, 0, 0, 1], [1, 1, 1, 3, 0]),
    "to zero": (dict(rule=THRESHOLD, to_zero=True), [6, 3, 1], [1, 0, 1], [0, 3, 0]),
    "takes spikes back": (dict(rule=SIGNED, limit=-1), [5, -3, -9, 0], [1, -1, 0, 0], [1, 2, -7, -7]),
    "at most two in all": (dict(rule=SIGNED, limit=2), [12, 0, 0], [1, 1, 0], [8, 4, 4]),
    "both signs": (dict(rule=TERNARY), [4, -7, 1, 1], [1, -1, 0, 0], [0, -1, 0, 1]),
    "up to three a step": (dict(rule=BURST, limit=3), [17, 0, -9], [3, 1, 0], [5, 1, -8]),
    "never": (dict(rule=NEVER), [9, 9], [0, 0], [9, 18]),
}


@pytest.mark.parametrize("kind", KERNELS)
@pytest.mark.parametrize("name", RULES)
def test_spikes_and_potentials(name, kind):
    fields, enters, spikes, potentials = RULES[name]
    law = threshold_law(np.full(1, 4), kind, negative=np.full(1, 6, kind), **fields)
    cells, answer = cells_at(np.zeros((1, 1)), kind, True), answer_for(1, len(enters), 1, kind, np.int8, True)
    KERNELS[kind](drive_of(np.array(enters).reshape(1, -1, 1), np.zeros(1), kind), cells, law, answer)
    assert sent_in(answer, 1).reshape(-1).tolist() == spikes
    assert answer.trace.reshape(-1).tolist() == potentials


@pytest.mark.parametrize("kind", KERNELS)
def test_weighted_steps(kind):
    """Sums and thresholds count 2, then 1; the bias as it is, where it flows."""
    drive = drive_of(np.array([3, 3]).reshape(1, 2, 1), np.ones(1), kind)
    weights = np.array([2, 1])
    drive = drive._replace(sums_factor=weights, weight=weights, bias_row=np.array([0, 1]))
    answer = answer_for(1, 2, 1, kind, traced=True)
    KERNELS[kind](drive, cells_at(np.zeros((1, 1)), kind, True), threshold_law(np.full(1, 3), kind), answer)
    assert sent_in(answer, 1).reshape(-1).tolist() == [1, 1]
    assert answer.trace.reshape(-1).tolist() == [1, 1]  # 2 * 3 + 1 - 2 * 3, then 1 + 3 - 3
