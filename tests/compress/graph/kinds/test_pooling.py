"""Windows of pools: what they are divided by, and how far they reach over the border, as torch has it."""

import pytest
import torch
from torch.nn import functional as F

from tests.compress.graph.kinds.test_table import only

X = torch.rand(2, 2, 7, 9, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("ceil", "include", "divisor"), [(True, True, None), (True, False, None), (False, False, None), (True, True, 5)]
)
def test_windows_of_an_average_pool_give_what_it_gives(ceil: bool, include: bool, divisor: int | None) -> None:
    def pool(x: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(x, 3, 3, 1, ceil, include, divisor)

    node = only(pool, X)
    assert node.kind == "avgpool_map"
    rows = [
        torch.stack([X[..., top:bottom, left:right].sum((2, 3)) * a * b for left, right, b in node.args["columns"]], -1)
        for top, bottom, a in node.args["rows"]
    ]
    torch.testing.assert_close(torch.stack(rows, 2), pool(X))


def test_a_plain_pool_and_an_adaptive_one_are_windows_of_one_size() -> None:
    assert only(lambda x: F.avg_pool2d(x, 2)).args == {"kernel": (2, 2), "stride": (2, 2), "padding": (0, 0)}
    assert only(lambda x: F.adaptive_avg_pool2d(x, (2, 4))).args["kernel"] == (4, 2)


def test_a_max_pool_says_how_far_it_reaches_over_the_end() -> None:
    args = only(lambda x: F.max_pool2d(x, 3, 2, ceil_mode=True)).args
    assert (args["kernel"], args["stride"], args["extra"]) == ((3, 3), (2, 2), (1, 1))
    assert only(lambda x: x.amax((2, 3))).args["kernel"] == (8, 8)
