"""Layers without a ReLU between them: one layer where that is exact and not too dear, else a population between."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion.reading import merging
from spikewright.conversion.reading.geometry import DENSE, Kernel
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.merging import merged
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.values import Current
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


def test_what_is_too_dear_is_so_before_all_of_it_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The term of the largest source comes first: its product alone takes more than is allowed."""
    shapes, composed = {"small": (2,), "large": (90,)}, list[str]()
    inner = merging._composed

    def watched(term: SourceTerm, *given: object) -> SourceTerm | None:
        composed.append(term.source)
        return inner(term, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "_composed", watched)
    terms = tuple(SourceTerm(name, DENSE, kernel=Kernel(np.ones((3, shapes[name][0])))) for name in ("small", "large"))
    layer = AffineLayer("fc", DENSE, Kernel(np.ones((9, 3))), np.zeros(()), (3,), (9,))
    current = Current(terms, np.zeros(3), (3,), "sum")
    assert merged(current, layer, shapes, dearer=1.0) is None and composed == ["large"]
    whole = merged(current, layer, shapes, dearer=9.0)
    assert whole is not None and [term.source for term in whole.terms] == ["small", "large"]
