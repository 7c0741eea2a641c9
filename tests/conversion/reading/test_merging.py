"""Layers without a ReLU between them: one layer where that is exact and not too dear, else a population between."""

import torch
from torch import nn

from tests.conversion.reading.helpers import plan_for


def terms_of(*layers: nn.Module) -> int:
    """Units of a chain behind a ReLU."""
    torch.manual_seed(0)
    return len(plan_for(nn.Sequential(nn.Conv2d(1, 4, 1), nn.ReLU(), *layers, nn.Flatten()), 1, 8, 8).units)


def test_linear_maps_in_a_row_are_one() -> None:
    assert terms_of(nn.Conv2d(4, 2, 1), nn.Conv2d(2, 3, 3)) == 2
    assert terms_of(nn.AvgPool2d(2), nn.Conv2d(4, 3, 3, padding=1)) == 2
    assert terms_of(nn.Conv2d(4, 4, 3, groups=4), nn.Conv2d(4, 4, 2, groups=4)) == 2
    assert terms_of(nn.Upsample(scale_factor=2), nn.Conv2d(4, 3, 3, padding=1)) == 2


def test_zeros_between_them_keep_them_apart() -> None:
    assert terms_of(nn.Conv2d(4, 2, 3), nn.Conv2d(2, 3, 3, padding=1)) == 3


def test_what_would_be_dear_stays_two_layers() -> None:
    """Nine taps and then sixteen channels: a merged kernel has both at every place."""
    assert terms_of(nn.Conv2d(4, 1, 3), nn.Conv2d(1, 16, 3)) == 3
