"""Activation laws: what they make of a sum, and what codes have to know of them."""

import math

import pytest
import torch

from spikewright.compress import QuantizedReLU
from spikewright.conversion.reading.activations import (
    ActivationLaw,
    ClipLaw,
    HalfLaw,
    LeakyLaw,
    MaximumLaw,
    ReluLaw,
    StaircaseLaw,
)

X = torch.linspace(-3, 9, 401).double()
LAWS: dict[str, tuple[ActivationLaw, torch.Tensor]] = {
    "relu": (ReluLaw(), torch.relu(X)),
    "relu6": (ReluLaw(6.0), X.clamp(0, 6)),
    "leaky": (LeakyLaw(0.25), torch.nn.functional.leaky_relu(X, 0.25)),
    "as it is": (ClipLaw(), X),
    "clamp": (ClipLaw(-1.5, 6.0), X.clamp(-1.5, 6.0)),
    "from above zero": (ClipLaw(0.5, None), X.clamp(min=0.5)),
    "below zero": (ClipLaw(-2.0, -1.0), X.clamp(-2.0, -1.0)),
    "half": (HalfLaw(), torch.relu(X)),
    "maximum": (MaximumLaw(), X),
    "staircase": (StaircaseLaw(4.0, 7), QuantizedReLU(7, 4.0)(X).detach().double()),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_acts_as_its_layer(name: str) -> None:
    law, wanted = LAWS[name]
    found = law.act(X)
    torch.testing.assert_close(found, wanted)
    assert law.signed == bool((found < 0).any()) or law.gate
    assert law.gate or (law.top in (None, float(found.max())) and law.lowest in (None, float(found.min())))


@pytest.mark.parametrize("name", [name for name in LAWS if name != "maximum"])
def test_what_a_law_says_of_itself_is_so(name: str) -> None:
    law, _ = LAWS[name]
    small = X[(X >= 0) & (X <= law.unchanged_up_to)]
    assert torch.equal(law.act(small), small)
    assert law.slope_below in (0.0, -float(law.act(torch.tensor(-1.0).double())))
    if law.grid is not None and law.top is not None:
        levels = law.act(X).unique() / law.top * law.grid
        torch.testing.assert_close(levels, torch.arange(law.grid + 1).double())


def test_a_plain_relu_has_no_end() -> None:
    assert ReluLaw().unchanged_up_to == math.inf and ReluLaw().grid is None
    assert ClipLaw().symmetric and not LeakyLaw(0.1).symmetric
    assert HalfLaw().may_be_silent and not ReluLaw().may_be_silent


@pytest.mark.parametrize("name", ["as it is", "clamp", "from above zero", "below zero"])
@pytest.mark.parametrize("by", [0.25, 1.5, 3.0])
def test_a_raised_law_gives_as_much_more_of_as_much_more(name: str, by: float) -> None:
    law, wanted = LAWS[name]
    torch.testing.assert_close(law.raised(by).act(X + by), wanted + by)
    assert law.raised(0.0).act(X).equal(wanted)


@pytest.mark.parametrize("name", LAWS)
def test_halves_are_both_sides_of_zero(name: str) -> None:
    law, wanted = LAWS[name]
    halves = law.halves()
    if halves is not None:
        torch.testing.assert_close(halves[0].act(X) - halves[1].act(-X), wanted)
    assert (halves is not None) == (name in ("as it is", "clamp"))


def test_a_clamp_raised_to_zero_is_a_relu() -> None:
    assert ClipLaw(-0.5, 2.0).raised(0.5) == ReluLaw(2.5) and ClipLaw(0.5).raised(-0.5) == ReluLaw()
