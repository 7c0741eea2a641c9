"""Thresholds of least squared error."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.compress import trace
from spikewright.conversion.recipes.threshold_search import SHARES, CountGrid, least_squares
from tests.conversion.architectures import seq


def counted(x: np.ndarray, threshold: float, grid: CountGrid) -> np.ndarray:
    step = threshold / grid.levels
    return step * np.clip(np.floor(x / step + 0.5 * grid.half), 0, grid.levels)


@settings(max_examples=20)
@given(levels=st.integers(1, 40), half=st.booleans(), by_channel=st.booleans(), seed=st.integers(0, 99))
def test_least_squares_thresholds_have_the_least_error(levels: int, half: bool, by_channel: bool, seed: int) -> None:
    x = torch.randn(70, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) * torch.tensor([1.0, 3.0, 0.1]).view(
        3, 1, 1
    )
    view, grid = trace(seq(nn.ReLU(), nn.Identity()), x), CountGrid(levels, half)
    rows = 3 if by_channel else 1
    found = least_squares(view, x, {view.nodes[1].name: rows}, grid)[view.nodes[1].name]
    for row, threshold in zip(torch.relu(x).double().numpy().swapaxes(0, 1).reshape(rows, -1), found, strict=True):
        errors = [np.mean((counted(row, row.max() * share, grid) - row) ** 2) for share in SHARES]
        mine = np.mean((counted(row, threshold, grid) - row) ** 2)
        # Rounding to the nearest is a distance: bins of 1/2048 change its root mean square by half a bin each way.
        slack = row.max() / 2048 if half else 0.1 * np.sqrt(min(errors)) + row.max() / 2048
        assert np.sqrt(mine) <= np.sqrt(min(errors)) + slack
