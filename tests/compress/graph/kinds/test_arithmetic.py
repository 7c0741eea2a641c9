"""Sums, means and softmax: over which axes, and why others have no rule."""

import torch

from spikewright.compress import trace
from tests.compress.graph.kinds.test_table import SAMPLE, only


def test_means_and_sums_say_their_axes_with_the_batch_as_zero() -> None:
    assert only(lambda x: x.mean((-1, 2), keepdim=True)).args == {"dims": (2, 3), "keepdim": True}
    assert only(lambda x: x.sum(1)).args == {"dims": (1,), "keepdim": False}
    assert only(lambda x: x + x.mean(1, keepdim=True)).detail.startswith("addition of a constant, or of shapes")


def test_a_difference_keeps_the_order_and_a_sum_reads_a_value_twice() -> None:
    class Less(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(x) - x

    view = trace(Less(), SAMPLE)
    assert view.nodes[-1].inputs == ("relu", "x")
    assert only(lambda x: x + x).inputs == ("x", "x")


def test_softmax_is_over_the_classes() -> None:
    assert only(lambda x: torch.softmax(x.flatten(1), 1)).args == {"dim": 1, "log": False}
    assert only(lambda x: torch.log_softmax(x, 2)).detail == "softmax over no class"


def test_another_type_of_floats_is_the_same_value_and_whole_numbers_are_not() -> None:
    assert only(lambda x: x.to(torch.float64)).kind == only(lambda x: x.to(x.dtype)).kind == "identity"
    assert only(lambda x: x.relu().type_as(x)).inputs == ("relu",)
    assert only(lambda x: x.to(torch.int64)).detail == "numbers of type torch.int64"
