"""From a model to a network: rates approach it, and thresholds do not matter."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikewright.conversion import Rate, convert
from spikewright.snn import Network, simulate
from tests.conversion.architectures import CASES, Case, build, images, stacks


def logits(model: nn.Module, x: Tensor) -> np.ndarray:
    with torch.no_grad():
        return model(x).flatten(1).double().numpy()


def answers(network: Network, x: Tensor) -> np.ndarray:
    return simulate(network, x.numpy(), engine="reference").logits * network.logit_scale


@pytest.mark.parametrize(
    "name", ["lenet", "residual", "standardised", "overlapping pool", "ends in relu", "relu after flattening"]
)
def test_rate_error_falls_as_one_over_steps(name: str) -> None:
    """A rate differs from its clipped ReLU by about a spike in the window, so errors shrink with the window."""
    case = CASES[name]
    model, x = build(case), images(case)
    truth = logits(model, x)
    errors = {
        steps: np.abs(answers(convert(model, x, Rate(steps, percentile=100.0)), x) - truth).mean()
        for steps in (16, 512)
    }
    assert errors[512] < errors[16] / 4
    assert errors[512] < 0.02 * np.abs(truth).max()


@settings(max_examples=10)
@given(case=stacks(), seed=st.integers(0, 99))
def test_thresholds_per_channel_and_per_layer_stand_for_the_same_function(case: Case, seed: int) -> None:
    model, x = build(case, seed), images(case)
    try:
        two = [convert(model, x, Rate(128, percentile=100.0, per_channel=way)) for way in (True, False)]
    except ValueError as silent:
        assert "above zero" in str(silent)
        return
    truth, (one, other) = logits(model, x), (answers(network, x) for network in two)
    assert max(np.abs(one - truth).max(), np.abs(other - truth).max()) < 0.1 * max(1.0, np.abs(truth).max())
