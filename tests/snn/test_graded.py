"""What a code of numbers sends once."""

import numpy as np
import pytest

from spikewright.snn import Direct, TtfsCode
from spikewright.snn.graded import encode_graded

PIXELS = np.array([0.0, 0.24, 0.25, 1.0], np.float32)


@pytest.mark.parametrize(
    ("code", "fixed", "wanted"),
    [
        (Direct(3), False, PIXELS.astype(np.float64).tolist()),
        (Direct(3, levels=2), False, [0.0, 0.0, 1.0, 2.0]),
        (Direct(3, levels=2), True, [0.0, 0.0, 1.0, 2.0]),
        (TtfsCode(2), False, [0.0, 0.0, 0.5, 1.0]),
        (TtfsCode(2), True, [0.0, 0.0, 1.0, 2.0]),
    ],
)
def test_by_hand(code, fixed, wanted) -> None:
    assert encode_graded(code, PIXELS, fixed=fixed).tolist() == wanted
