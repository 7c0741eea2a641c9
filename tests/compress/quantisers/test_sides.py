"""Staircases of both sides of zero: their levels, their signs, their gradients."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.compress import QuantizedFrom, QuantizedHalves, QuantizedReLU

X = torch.linspace(-3, 3, 241, dtype=torch.float64)[:, None]


def halves(levels: int, slopes: list[float], above: float = 2.0, below: float = 1.0) -> QuantizedHalves:
    made = QuantizedHalves(levels, len(slopes), learned=True).double()
    with torch.no_grad():
        made.above.alpha.fill_(above)
        made.below.alpha.fill_(below)
        made.slopes.copy_(torch.tensor(slopes))
    return made


@given(st.integers(1, 255), st.floats(-2, 2), st.floats(0.5, 4), st.floats(0.5, 4))
def test_each_side_has_its_levels(levels: int, slope: float, above: float, below: float) -> None:
    y = halves(levels, [slope], above, below)(X).detach()
    wanted = torch.where(X > 0, X.clamp(max=above), (slope * X).clamp(-below, below))
    step = torch.where(X > 0, above / levels, below / levels)
    assert float(((y - wanted).abs() / step).max()) <= 0.5 + 1e-6
    assert float(((y / step) - (y / step).round()).abs().max()) <= 1e-4
    assert float(halves(levels, [slope], above, below)(torch.zeros(1, 1).double()).detach()) == 0


def test_a_slope_for_each_channel() -> None:
    made = halves(4, [0.5, -0.5, 0.0])
    x = X.reshape(-1, 1, 1).expand(-1, 3, 2)
    for channel, slope in enumerate((0.5, -0.5, 0.0)):
        assert torch.equal(made(x)[:, channel], halves(4, [slope])(x[:, channel]))


def test_gradients_are_those_of_the_activation_inside_its_ranges() -> None:
    made = halves(8, [0.25, -0.25])
    x = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [-8.0, -8.0], [4.0, 4.0]], dtype=torch.float64, requires_grad=True)
    made(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [[1, 1], [0.25, -0.25], [0, 0], [0, 0]]
    assert made.slopes.grad is not None and made.slopes.grad.tolist() == [-1.0, -1.0]


@given(st.integers(1, 64), st.floats(-2, 2), st.booleans())
def test_levels_from_an_origin(levels: int, origin: float, downwards: bool) -> None:
    made = QuantizedFrom(levels, origin, downwards).double()
    y, way = made(X), -1.0 if downwards else 1.0
    plain = QuantizedReLU(levels, 1.0).double()
    assert torch.allclose(way * (y - made.origin), plain(way * (X - made.origin)))
    assert not made.origin.requires_grad and "origin" in made.state_dict()


def test_bad_settings_say_what_to_do() -> None:
    with pytest.raises(InvalidInput, match="one slope, or one for each channel, got channels=0"):
        QuantizedHalves(3, 0)
    with pytest.raises(InvalidInput, match="at least one quantisation level"):
        QuantizedHalves(0)
    with pytest.raises(InvalidInput, match="a finite origin, got nan"):
        QuantizedFrom(3, float("nan"))
