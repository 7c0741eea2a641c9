"""Time to first spike: the value is what is left of the window, on a grid where there is one."""

import numpy as np

from spikewright.snn.kernels.ramps import RampLaw, ramp_fixed, ramp_float

SUMS = np.array([-3.0, 0.0, 0.24, 0.26, 1.0, 1.9, 2.0, 7.0]).reshape(1, 1, -1)


def answered(kernel, sums, law):
    kind, size = sums.dtype, sums.shape[2]
    potential, sent = np.empty_like(sums), np.empty((1, size), kind)
    kernel(sums, np.ones(size, kind), -np.ones(size, kind), law, potential, sent)
    np.testing.assert_array_equal(potential, np.clip(sums, -law.top - 1, law.top) if law.top else sums)
    return sent[0]


def test_real_times():
    np.testing.assert_array_equal(answered(ramp_float, SUMS, RampLaw(2.0, 0, 0)), np.clip(SUMS[0, 0], 0, 2))


def test_a_grid_rounds_half_up():
    np.testing.assert_array_equal(
        answered(ramp_float, SUMS, RampLaw(2.0, 4, 0)), 0.5 * np.clip(np.floor(SUMS[0, 0] * 2 + 0.5), 0, 4)
    )


def test_slots():
    sums = np.arange(-9, 40, dtype=np.int64).reshape(1, 1, -1)
    V = np.clip(sums[0, 0], -33, 32)
    np.testing.assert_array_equal(answered(ramp_fixed, sums, RampLaw(5, 4, 32)), np.clip((2 * V + 5) // 10, 0, 4))
    assert not answered(ramp_fixed, sums, RampLaw(0 + 1, 0, 32)).any()  # an Integrator sends nothing
