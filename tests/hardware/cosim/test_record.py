"""Words of events are read as their fields."""

import numpy as np

from spikewright.hardware.cosim.record import CircuitRun


def test_fields_lie_side_by_side_with_the_token_lowest() -> None:
    word = 5 << 7 | 1 << 6 | 2 << 4 | 7 << 1
    run = CircuitRun({2: np.array([[9, word], [10, 1]])}, np.zeros(0, np.int64), np.zeros((0, 12), np.uint8), 11)
    assert [field.tolist() for field in run.fields(2, (3, 2, 1))] == [[0, 1], [7, 0], [2, 0], [1, 0], [5, 0]]
