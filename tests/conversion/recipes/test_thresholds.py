"""Where a rate code gets its thresholds: residual sums among them."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.conversion import Rate, convert
from spikewright.snn import simulate


class Unequal(nn.Module):
    """A residual sum of two paths whose values differ by a factor."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.stem, self.conv, self.fc = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3, padding=1), nn.Linear(3 * 16, 3)
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        return self.fc(torch.relu(torch.relu(self.conv(x)) * self.factor + x).flatten(1))


@pytest.mark.parametrize("factor", [0.02, 1.0, 50.0])
@pytest.mark.parametrize("schedule", ["synchronous", "layerwise"])
def test_both_paths_of_a_residual_sum_are_scaled(factor: float, schedule: Any) -> None:
    torch.manual_seed(0)
    model, x = Unequal(factor).eval(), torch.rand(40, 1, 6, 6)
    with torch.no_grad():
        truth = model(x).numpy()
    errors = {}
    for steps in (8, 256):
        network = convert(model, x, Rate(steps, "max", schedule=schedule, calibration=None))
        found = simulate(network, x.numpy()).logits * network.logit_scale
        errors[steps] = np.abs(found - truth).max() / np.abs(truth).max()
    assert errors[256] < errors[8] / 8 and errors[256] < 0.02
