"""What parameters were before they were rounded: known as long as they are what was rounded, and in no copy."""

import copy

import torch
from torch import nn

from spikewright.compress import trace
from spikewright.compress.exact.fold import fold_view
from spikewright.compress.exact.precision import finest, rounded, unrounded

THIRD = torch.tensor([1.0, -2.0], dtype=torch.float64) / 3


def test_a_parameter_knows_what_it_was() -> None:
    known = rounded(THIRD, nn.Parameter(torch.ones(2), requires_grad=False), remember=True)
    assert known.dtype == torch.float32 and not known.requires_grad and torch.equal(known, THIRD.float())
    assert torch.equal(finest(known), THIRD) and torch.equal(unrounded(known), THIRD)


def test_what_was_not_remembered_or_changed_since_is_what_it_is() -> None:
    plain = rounded(THIRD, nn.Parameter(torch.ones(2)), remember=False)
    known = rounded(THIRD, nn.Parameter(torch.ones(2)), remember=True)
    copied = copy.deepcopy(known)
    with torch.no_grad():
        known.mul_(2.0)
    for one in (plain, known, copied):
        assert finest(one).dtype == torch.float32 and torch.equal(unrounded(one), one.detach().double())


def test_folding_twice_rounds_once() -> None:
    """The batch norm behind another folds into it, and both into the convolution: the product of all, to the last bit."""
    gen = torch.Generator().manual_seed(0)
    model = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.BatchNorm2d(3)).eval()
    for one in (*model.parameters(), *model.buffers()):
        if one.is_floating_point():
            one.data = torch.rand(one.shape, generator=gen) + 0.5
    x = torch.rand(2, 2, 4, 4, generator=gen)
    wide = copy.deepcopy(model).double()
    errors = []
    for remember in (True, False):
        view = trace(copy.deepcopy(model), x)
        fold_view(view, x, remember=remember)
        (conv,) = (node.module for node in view if node.kind == "conv2d")
        found = nn.functional.conv2d(x.double(), unrounded(conv.weight), unrounded(conv.bias))
        errors.append(float((found - wide(x.double())).detach().abs().max()))
    assert errors[0] < 1e-13 < 1e-8 < errors[1]
