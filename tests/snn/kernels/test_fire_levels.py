"""QuantReLU: rounding half up, clipping at both ends, the potential as it was before."""

import numpy as np

from spikewright.snn.kernels.fire_levels import LevelsLaw, fire_levels_fixed, fire_levels_float
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in

SUMS = np.array([-7, 0, 1, 2, 5, 6, 40]).reshape(1, 1, -1)


def test_integers():
    law = LevelsLaw(np.full(7, 3, np.int64), 4, 3, 0, 20, np.full(7, 10))
    answer = answer_for(1, 1, 7, np.int32, np.int32, traced=True)
    fire_levels_fixed(drive_of(SUMS, np.zeros(7), np.int32), cells_at(np.zeros((1, 0)), np.int32), law, answer)
    V = np.clip(SUMS, -21, 20)
    np.testing.assert_array_equal(answer.trace, V)
    np.testing.assert_array_equal(sent_in(answer, 7), np.clip((3 * V + 4) >> 3, 0, 4))


def test_float32():
    law = LevelsLaw(np.full(7, 0.25), np.float64(3), 0, 0, 0, np.zeros(0, np.int64))
    answer = answer_for(1, 1, 7, np.float32, np.float32, traced=True)
    fire_levels_float(drive_of(SUMS, np.ones(7), np.float32), cells_at(np.zeros((1, 0)), np.float32), law, answer)
    np.testing.assert_array_equal(answer.trace, SUMS + 1)
    np.testing.assert_array_equal(sent_in(answer, 7), np.clip(np.floor((SUMS + 1) / 4 + 0.5), 0, 3))
