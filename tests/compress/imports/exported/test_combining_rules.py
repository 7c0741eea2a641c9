"""ATen operators that make one value of several give the numbers of the operator, or are refused by name."""

from typing import Any

import pytest
import torch

from spikewright.compress.imports.errors import Unsupported
from tests.compress.imports.exported.test_layer_rules import IMAGES, aten, imported

CASES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mean over pixels": (aten.mean.dim, (IMAGES, [2, 3])),
    "mean over rows": (aten.mean.dim, (IMAGES, [2], True)),
    "maximum over channels": (aten.amax.default, (IMAGES, [1])),
    "a constant": (aten.add.Tensor, (IMAGES, torch.rand(4, 1, 1))),
    "a number": (aten.div.Scalar, (IMAGES, 4.0)),
    "a number less a value": (aten.rsub.Scalar, (IMAGES, 1.0)),
    "negative": (aten.neg.default, (IMAGES,)),
}


@pytest.mark.parametrize("case", CASES)
def test_same_numbers(case: str) -> None:
    operator, arguments = CASES[case]
    torch.testing.assert_close(imported(operator, *arguments), operator(*arguments))


REFUSED: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "mean over the batch": (aten.mean.dim, (IMAGES, [0, 2])),
    "arithmetic with alpha": (aten.add.Tensor, (IMAGES, 1.0, 2)),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    operator, arguments = REFUSED[what]
    settings = {"alpha": arguments[2]} if what.endswith("alpha") else {}
    with pytest.raises(Unsupported, match=what):
        imported(operator, *(arguments[:2] if settings else arguments), **settings)


def test_concatenation_is_along_other_axes_than_the_batch() -> None:
    with pytest.raises(Unsupported, match="with a constant"):
        imported(aten.cat.default, [IMAGES, torch.ones(1)], 1, IMAGES)
