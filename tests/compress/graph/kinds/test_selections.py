"""Selections by their ranges: first place, step and how many of each axis behind the batch."""

from collections.abc import Callable

import pytest
import torch

from tests.compress.graph.kinds.test_table import only

X = torch.rand(2, 3, 6, 5, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x[:, 1:],
        lambda x: x[..., ::2],
        lambda x: x[:, :, -4:-1, 1::3],
        lambda x: x[:, 2],
        lambda x: x.select(2, -1),
        lambda x: x.narrow(3, 1, 3),
        lambda x: torch.narrow(x, -2, -3, 2),
    ],
)
def test_ranges_select_what_torch_selects(function: Callable[[torch.Tensor], torch.Tensor]) -> None:
    node = only(function, X)
    slices = [slice(start, start + (count - 1) * step + 1, step) for start, step, count in node.args["ranges"]]
    assert node.kind == "select" and torch.equal(X[:, *slices].reshape(function(X).shape), function(X))


def test_everything_is_no_selection_and_images_or_lists_have_no_rule() -> None:
    assert only(lambda x: x[:, :, :]).kind == "identity"
    assert "images of the batch" in only(lambda x: x[:1]).detail
    assert "a list, or computed" in only(lambda x: x[:, [0, 1]]).detail
