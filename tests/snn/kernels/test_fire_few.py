"""Few spikes: with powers of two they are the binary digits of the charge."""

import numpy as np
import pytest

from spikewright.snn.kernels.fire_few import FewSpikeLaw, fire_few_fixed, fire_few_float
from tests.snn.kernels.making import answer_for, cells_at, drive_of, sent_in

KERNELS = {np.float32: fire_few_float, np.int32: fire_few_fixed}


@pytest.mark.parametrize("kind", KERNELS)
def test_digits(kind):
    charge = np.arange(16)
    powers = np.array([8, 4, 2, 1]).astype(kind)
    law = FewSpikeLaw(np.full(16, 3, kind), powers, powers, 0, 2**20)
    drive = drive_of(3 * charge.reshape(1, 1, -1) + 2, np.zeros(16), kind, 4)
    drive = drive._replace(sums_factor=np.array([1, 0, 0, 0]))
    answer = answer_for(1, 4, 16, kind, traced=True)
    KERNELS[kind](drive, cells_at(np.zeros((1, 16)), kind), law, answer)
    np.testing.assert_array_equal(sent_in(answer, 16)[0], charge >> np.arange(3, -1, -1)[:, None] & 1)
    np.testing.assert_array_equal(answer.trace[0, -1], 2)
