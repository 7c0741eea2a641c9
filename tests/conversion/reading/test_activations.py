"""Activation laws: what they make of a sum, and what codes have to know of them."""

import math

import pytest
import torch

from spikewright.compress import QuantizedReLU
from spikewright.conversion.reading.activations import (
    ActivationLaw,
    LeakyLaw,
    MaximumLaw,
    ReluLaw,
    SignedLaw,
    StaircaseLaw,
)

X = torch.linspace(-3, 9, 401).double()
LAWS: dict[str, tuple[ActivationLaw, torch.Tensor]] = {
    "relu": (ReluLaw(), torch.relu(X)),
    "relu6": (ReluLaw(6.0), X.clamp(0, 6)),
    "leaky": (LeakyLaw(0.25), torch.nn.functional.leaky_relu(X, 0.25)),
    "signed": (SignedLaw(), X),
    "maximum": (MaximumLaw(), X),
    "staircase": (StaircaseLaw(4.0, 7), QuantizedReLU(7, 4.0)(X).detach().double()),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_acts_as_its_layer(name: str) -> None:
    law, wanted = LAWS[name]
    found = law.act(X)
    torch.testing.assert_close(found, wanted)
    assert law.signed == bool((found < 0).any()) or law.gate
    assert law.top == (float(found.max()) if name in ("relu6", "staircase") else None)


@pytest.mark.parametrize("name", [name for name in LAWS if name != "maximum"])
def test_what_a_law_says_of_itself_is_so(name: str) -> None:
    law, _ = LAWS[name]
    small = X[(X >= 0) & (X <= law.unchanged_up_to)]
    assert torch.equal(law.act(small), small)
    assert float(law.act(torch.tensor(-1.0).double())) == -law.slope_below
    if law.grid is not None and law.top is not None:
        levels = law.act(X).unique() / law.top * law.grid
        torch.testing.assert_close(levels, torch.arange(law.grid + 1).double())


def test_a_plain_relu_has_no_end() -> None:
    assert ReluLaw().unchanged_up_to == math.inf and ReluLaw().grid is None
    assert SignedLaw().symmetric and not LeakyLaw(0.1).symmetric
