"""Percentiles and bounds of activations."""

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.compress import trace
from spikewright.conversion.ranges import percentiles
from tests.conversion.architectures import seq


def expected(values: np.ndarray, percentile: float) -> float:
    positive = values[values > 0]
    return float(np.percentile(positive.astype(np.float64), percentile)) if positive.size else 0.0


@settings(max_examples=30)
@given(
    count=st.integers(1, 150),
    percentile=st.sampled_from([1.0, 50.0, 90.0, 99.0, 99.9, 100.0]),
    by_channel=st.booleans(),
    seed=st.integers(0, 99),
)
def test_percentiles_are_those_of_numpy(count: int, percentile: float, by_channel: bool, seed: int) -> None:
    x = torch.randn(count, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) - torch.tensor([0.0, 1.0, 5.0]).view(
        3, 1, 1
    )
    view = trace(seq(nn.ReLU(), nn.Identity()), x)
    node = view.nodes[1].name
    found = percentiles(view, x, {node: 3 if by_channel else 1}, percentile)[node]
    values = torch.relu(x).numpy().swapaxes(0, 1).reshape(3 if by_channel else 1, -1)
    np.testing.assert_allclose(found, [expected(row, percentile) for row in values], rtol=1e-6)
