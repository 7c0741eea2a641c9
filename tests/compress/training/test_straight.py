"""Weights one by one in training: masked and rounded on their way, with the gradients of LSQ."""

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

from spikewright.compress.expressions import Straight
from spikewright.compress.training.straight import StraightPart
from spikewright.weights import Masked, Scaled

KEPT = np.array([[True, True, False, True]])
SCALE = np.array([0.5], np.float32)
FREE = torch.tensor([[0.6, -9.0, 3.0, 1.2]])


def attached(straight: Straight, *, learns: bool = False) -> tuple[nn.Linear, StraightPart]:
    layer = nn.Linear(4, 1)
    with torch.no_grad():
        layer.weight.copy_(FREE)
    part = StraightPart(layer, straight, learns=learns)
    parametrize.register_parametrization(layer, "weight", part, unsafe=True)
    return layer, part


def test_a_mask_holds_and_its_gradient_too() -> None:
    layer, part = attached(Straight(KEPT))
    layer.weight.sum().backward()
    assert layer.weight.tolist() == (FREE * torch.from_numpy(KEPT)).tolist()
    original = layer.get_parameter("parametrizations.weight.original")
    assert original.grad.tolist() == KEPT.astype(float).tolist()  # type: ignore[union-attr]
    assert isinstance(part.stored(original), Masked)


def test_integers_are_straight_through_and_clipped() -> None:
    layer, part = attached(Straight(KEPT, 3, SCALE))
    assert layer.weight.tolist() == [[0.5, -1.5, 0.0, 1.0]]  # 1, -3 and 2 of 0.5; 3 is the largest of 3 bits
    layer.weight.sum().backward()
    original = layer.get_parameter("parametrizations.weight.original")
    assert original.grad.tolist() == [[1.0, 1.0, 0.0, 1.0]]  # type: ignore[union-attr]
    e = part.stored(original)
    assert isinstance(e, Scaled) and e.values().tolist() == layer.weight.tolist()


def test_a_scale_that_learns_has_the_gradient_of_lsq() -> None:
    layer, part = attached(Straight(None, 3, SCALE), learns=True)
    layer.weight.sum().backward()
    ratio = FREE[0] / 0.5
    inside = ratio.abs() <= 3
    expected = torch.where(inside, torch.floor(ratio + 0.5) - ratio, torch.sign(ratio) * 3).sum() / (4 * 3) ** 0.5
    assert torch.allclose(part.scale.grad, expected)  # type: ignore[arg-type]
    with torch.no_grad():
        part.scale.fill_(-0.25)  # an optimiser may take it below zero; the scale in use is positive
    assert part.scales().tolist() == [0.25]
