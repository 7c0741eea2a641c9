"""Arithmetic with constants is read as gain and offset; what bends, or differs from pixel to pixel, is refused."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion.errors import Refusal
from spikewright.conversion.reading.arithmetic import Affine, affine_of


class Doing(nn.Module):
    """One step on a map of two channels."""

    def __init__(self, step: Callable[[Tensor, Tensor], Tensor], constant: Tensor) -> None:
        super().__init__()
        self.step = step
        self.register_buffer("constant", constant)

    def forward(self, x: Tensor) -> Tensor:
        return self.step(x, self.constant)


def found(step: Callable[[Tensor, Tensor], Tensor], constant: Tensor) -> Affine | None:
    view = trace(Doing(step, constant), torch.rand(2, 2, 3, 3))
    return affine_of(view, view.node(view.output))


BY_CHANNEL = torch.tensor([2.0, 4.0]).view(2, 1, 1)


@pytest.mark.parametrize(
    ("step", "gain", "offset"),
    [
        (lambda x, c: x * c, [2, 4], None),
        (lambda x, c: torch.addcmul(c, x, c, value=0.5), [1, 2], [2, 4]),
        (lambda x, c: x.addcdiv(c, 2 * c), [1, 1], [0.5, 0.5]),
        (lambda x, c: x / c, [0.5, 0.25], None),
        (lambda x, c: c - x, [-1, -1], [2, 4]),
        (lambda x, c: torch.add(x, c, alpha=3), [1, 1], [6, 12]),
        (lambda x, c: -x, [-1, -1], None),
    ],
)
def test_a_line_is_found(
    step: Callable[[Tensor, Tensor], Tensor], gain: list[float], offset: list[float] | None
) -> None:
    line = found(step, BY_CHANNEL)
    assert line is not None
    np.testing.assert_allclose(line.gain, gain)
    if offset is None:
        assert line.offset is None
    else:
        np.testing.assert_allclose(line.offset, np.broadcast_to(np.reshape(offset, (2, 1, 1)), (2, 3, 3)))


def test_offsets_may_differ_from_pixel_to_pixel_and_scales_may_not() -> None:
    pixels = torch.arange(9.0).view(3, 3)
    line = found(lambda x, c: x + c, pixels)
    assert line is not None and line.offset is not None and np.array_equal(line.offset[1], pixels.numpy())
    with pytest.raises(Refusal, match="from pixel to pixel"):
        found(lambda x, c: x * c, pixels)


def test_what_bends_is_no_line() -> None:
    with pytest.raises(Refusal, match="product or quotient of activations"):
        found(lambda x, c: c / x, BY_CHANNEL)
    assert found(lambda x, c: torch.relu(x), BY_CHANNEL) is None
