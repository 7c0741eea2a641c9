"""Softmax and its kin, as torch has them, also of large numbers."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spikewright.last_functions import ENDINGS

TORCH = {
    "softmax": F.softmax,
    "log_softmax": F.log_softmax,
    "sigmoid": lambda x, _: torch.sigmoid(x),
    "logsigmoid": lambda x, _: F.logsigmoid(x),
    "tanh": lambda x, _: torch.tanh(x),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_they_are_torchs_own_along_any_axis(ending: str, axis: int) -> None:
    x = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 3
    np.testing.assert_allclose(ENDINGS[ending](x.numpy(), axis), TORCH[ending](x, axis).numpy(), atol=1e-12)


def test_large_numbers_stay_finite() -> None:
    with np.errstate(all="raise", under="ignore"):
        for ending in ENDINGS.values():
            assert not np.isnan(ending(np.array([[-1e3, 0.0, 1e3]]), 1)).any()
