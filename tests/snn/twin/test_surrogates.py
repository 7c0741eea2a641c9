"""Surrogates: each slope has area one, and a spike has the slope of its distance from the threshold."""

from typing import Any

import pytest
import torch

from spikewright import InvalidInput
from spikewright.snn.twin.surrogates import Atan, Exponential, Rectangle, Triangle, spike, straight_through

SLOPES = [Triangle(), Triangle(0.5), Exponential(), Rectangle(2.0), Atan()]


@pytest.mark.parametrize("surrogate", SLOPES, ids=repr)
def test_slopes_have_area_one_up_to_their_tails(surrogate: Any) -> None:
    u = torch.linspace(-2000, 2000, 4_000_001, dtype=torch.float64)
    assert float(torch.trapezoid(surrogate.slope(u), u)) == pytest.approx(1.0, abs=2e-3)


@pytest.mark.parametrize("surrogate", [Triangle, Exponential, Rectangle, Atan])
def test_a_surrogate_needs_a_positive_number(surrogate: Any) -> None:
    with pytest.raises(InvalidInput, match="> 0"):
        surrogate(0.0)


@pytest.mark.parametrize("strict", [False, True])
def test_a_spike_at_the_threshold(strict: bool) -> None:
    excess, threshold = torch.tensor([-0.5, 0.0, 1.0], requires_grad=True), torch.tensor(2.0)
    fired = spike(excess, threshold, Triangle(), strict=strict)
    assert fired.tolist() == [0.0, 0.0 if strict else 1.0, 1.0]
    fired.sum().backward()
    assert excess.grad is not None and excess.grad.tolist() == [0.75 / 2, 1.0 / 2, 0.5 / 2]


def test_straight_through_has_one_value_and_another_gradient() -> None:
    x = torch.tensor(3.0, requires_grad=True)
    value = straight_through(torch.floor(x * 1.5), 2 * x)
    value.backward()
    assert value.item() == 4.0 and x.grad is not None and x.grad.item() == 2.0
