"""Folding as a method: noted in rewrites and steps, with a shape, with data, and before integers only."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import Draft, FoldBatchNorm, quantize
from spikewright.compress.exact.folding import fold_draft
from tests.compress.old_models import MODELS, images

BUILD, SHAPE = MODELS["plain"]


def behind_a_pool() -> nn.Module:
    torch.manual_seed(0)
    pool = nn.AvgPool2d(2), nn.BatchNorm2d(2)
    return nn.Sequential(nn.Conv2d(1, 2, 3), *pool, nn.Flatten(), nn.Linear(18, 3)).eval()


def test_without_an_image_only_what_stands_right_behind_a_layer() -> None:
    draft = Draft.of(BUILD())
    rows = fold_draft(draft, None, None)
    assert [row.action for row in rows] == ["folded"] and draft.input_shape is None
    assert [change.op for change in draft.rewrites] == ["identity"]  # it shifts nothing
    with pytest.raises(InvalidInput, match="behind layers, or an input shape"):
        FoldBatchNorm().apply(behind_a_pool())


def test_a_shape_is_enough() -> None:
    small = FoldBatchNorm(input_shape=SHAPE).apply(behind_a_pool())
    assert small.input_shape == SHAPE and small.rewrites[0].op == "trace" and "folded" in small.steps[0]
    torch.testing.assert_close(small(images(SHAPE)), behind_a_pool()(images(SHAPE)))


def test_integers_are_not_folded_into() -> None:
    small = quantize(nn.Sequential(nn.Linear(4, 3)), 4)
    model = nn.Sequential(small.model, nn.BatchNorm1d(3))
    assert FoldBatchNorm().apply(model).steps  # a plain module: its weights are numbers like any others
    late = Draft.of(small)
    late.model.append(nn.BatchNorm1d(3))  # type: ignore[operator]
    with pytest.raises(InvalidInput, match="expected folding before quantisation"):
        FoldBatchNorm().apply(late.finish())
