"""Under a steady drive the packed kernels answer as the plain ones do, and leave alone who can never fire."""

import numpy as np
import pytest

from spikewright.snn.kernels.fire_plain import fire_fixed, fire_float
from spikewright.snn.kernels.fire_steady import fire_steady_fixed, fire_steady_float
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in, threshold_law

SAMPLES, STEPS, NEURONS = 3, 6, 37
KERNELS = {np.float32: (fire_steady_float, fire_float), np.int32: (fire_steady_fixed, fire_fixed)}


@pytest.mark.parametrize("to_zero", [False, True])
@pytest.mark.parametrize("kind", KERNELS)
def test_spikes_are_those_of_every_step_taken(kind, to_zero):
    random = np.random.default_rng(0)
    sums, first = random.integers(-20, 20, (SAMPLES, 1, NEURONS)), random.integers(-9, 30, (SAMPLES, NEURONS))
    drive = drive_of(sums, random.integers(-3, 4, NEURONS), kind, STEPS)
    law = threshold_law(random.integers(5, 25, NEURONS), kind, to_zero=to_zero)
    found = []
    for kernel in KERNELS[kind]:
        cells, answer = cells_at(first, kind), answer_for(SAMPLES, STEPS, NEURONS, kind)
        kernel(drive, cells, law, answer)
        found.append((sent_in(answer, NEURONS), cells.potential))
    (packed, left), (whole, stepped) = found
    np.testing.assert_array_equal(packed, whole)
    able = (drive.sums[:, 0] + drive.bias[0] > 0) | (first >= law.threshold)
    np.testing.assert_array_equal(left, np.where(able, stepped, first))
    assert able.any() and not able.all()
