"""QuantReLU: rounding half up, clipping at both ends, the potential as it was before."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.snn.kernels.fire_levels import LevelsLaw, fire_levels_fixed, fire_levels_float
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in

SUMS = np.array([-7, 0, 1, 2, 5, 6, 40]).reshape(1, 1, -1)


def test_integers():
    law = LevelsLaw(np.full(7, 3, np.int64), 4, 3, 0, 20, np.full(7, 2), np.full(7, 10))
    answer = answer_for(1, 1, 7, np.int32, np.int32, traced=True)
    fire_levels_fixed(drive_of(SUMS, np.zeros(7), np.int32), cells_at(np.zeros((1, 0)), np.int32), law, answer)
    V = np.clip(SUMS, -21, 20)
    np.testing.assert_array_equal(answer.trace, V)
    np.testing.assert_array_equal(sent_in(answer, 7), np.clip((3 * V + 4) >> 3, 0, 4))


def test_float32():
    law = LevelsLaw(np.full(7, 0.25), np.float64(3), 0, 0, 0, *(np.zeros(0, np.int64),) * 2)
    answer = answer_for(1, 1, 7, np.float32, np.float32, traced=True)
    fire_levels_float(drive_of(SUMS, np.ones(7), np.float32), cells_at(np.zeros((1, 0)), np.float32), law, answer)
    np.testing.assert_array_equal(answer.trace, SUMS + 1)
    np.testing.assert_array_equal(sent_in(answer, 7), np.clip(np.floor((SUMS + 1) / 4 + 0.5), 0, 3))


@given(
    st.integers(1, 70),
    st.integers(1, 99),
    st.integers(0, 6),
    st.integers(1, 9),
    st.integers(0, 2),
    st.integers(0, 2**20),
)
def test_many_integers(neurons, multiplier, shift, levels, sum_shift, seed):
    """Neighbours of all kinds, some of which reach their first level only beyond the largest potential: they send nothing."""
    random, top = np.random.default_rng(seed), 127
    m = random.integers(1, multiplier + 1, neurons)
    first, last = (-(-((2 * level - 1) << shift) // (2 * m)) for level in (1, levels))
    law = LevelsLaw(
        m, levels, shift, sum_shift, top, np.where(first <= top, first, np.iinfo(np.int64).max), np.minimum(last, top)
    )
    sums = random.integers(-60, 60, (3, 1, neurons)) * (random.random((3, 1, neurons)) < 0.3)
    bias, answer = random.integers(-3, 4, neurons), answer_for(3, 1, neurons, np.int32, np.int32)
    fire_levels_fixed(drive_of(sums, bias, np.int32), cells_at(np.zeros((3, 0)), np.int32), law, answer)
    V = np.clip((sums << sum_shift) + bias, -top - 1, top)
    np.testing.assert_array_equal(
        sent_in(answer, neurons), np.clip((2 * V * m + (1 << shift)) >> (shift + 1), 0, levels)
    )
