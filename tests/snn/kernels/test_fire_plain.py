"""IF and LIF in float32 and in integers against the law, step by step in numpy."""

import numpy as np
import pytest

from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.firing import TILE
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in, threshold_law

SAMPLES, STEPS, NEURONS = 2, 5, TILE + 3


def given(seed=0):
    """Sums, biases, thresholds and first potentials: whole numbers, so that float32 is exact, too."""
    random = np.random.default_rng(seed)
    sums = random.integers(-20, 40, (SAMPLES, STEPS, NEURONS))
    return (
        sums,
        random.integers(-3, 4, NEURONS),
        random.integers(1, 30, NEURONS),
        random.integers(-9, 9, (SAMPLES, NEURONS)),
    )


@pytest.mark.parametrize("to_zero", [False, True])
@pytest.mark.parametrize("leak", [0, 1])
def test_integers_follow_the_law(to_zero, leak):
    sums, bias, threshold, first = given()
    law = threshold_law(threshold, np.int32, leak=leak, shift=1, top=63, to_zero=to_zero)
    cells, answer = cells_at(first, np.int32), answer_for(SAMPLES, STEPS, NEURONS, np.int32, traced=True)
    fire_fixed(drive_of(sums, bias, np.int32), cells, law, answer)
    V, fired = first.copy(), sent_in(answer, NEURONS)
    for t in range(STEPS):
        U = np.clip(V - (V >> 1 if leak else 0) + (sums[:, t] << 1) + bias, -64, 63)
        V = np.where(U >= threshold, 0 if to_zero else U - threshold, U)
        np.testing.assert_array_equal(fired[:, t], U >= threshold)
        np.testing.assert_array_equal(answer.trace[:, t], V)
    np.testing.assert_array_equal(cells.potential, V)


def test_float32_follows_the_law():
    sums, bias, threshold, first = given(1)
    law = threshold_law(threshold, np.float32, leak=np.float32(0.5))
    cells, answer = cells_at(first, np.float32), answer_for(SAMPLES, STEPS, NEURONS, np.float32, traced=True)
    fire_float(drive_of(sums, bias, np.float32), cells, law, answer)
    V, fired = first.astype(np.float32), sent_in(answer, NEURONS)
    for t in range(STEPS):
        U = np.float32(0.5) * V + (sums[:, t] + bias).astype(np.float32)
        V = np.where(U >= threshold, U - threshold.astype(np.float32), U)
        np.testing.assert_array_equal(fired[:, t], U >= threshold)
        np.testing.assert_array_equal(answer.trace[:, t], V)


def test_nothing_enters_where_the_charge_is_zero():
    """Layerwise: one plane holds the whole window and enters in the first step."""
    sums, bias, threshold, first = given(2)
    drive = drive_of(sums[:, :1], bias, np.int32, STEPS)
    drive = drive._replace(bias_row=np.array([0, 1, 1, 1, 1]), sums_factor=np.array([1, 0, 0, 0, 0]))
    answer = answer_for(SAMPLES, STEPS, NEURONS, np.int32, traced=True)
    fire_fixed(drive, cells_at(first, np.int32), threshold_law(threshold, np.int32), answer)
    V, fired = first + sums[:, 0] + bias, sent_in(answer, NEURONS)
    for t in range(STEPS):
        np.testing.assert_array_equal(fired[:, t], V >= threshold)
        V = np.where(V >= threshold, V - threshold, V)
        np.testing.assert_array_equal(answer.trace[:, t], V)
