"""Spans of a whole graph: each step in one at most, what lies inside another belongs to it."""

import torch
from torch import nn

from spikewright.conversion.reading.obstacles.spans import spans_of
from tests.conversion.reading.obstacles import graphs


def test_each_obstacle_is_one_span() -> None:
    view = graphs.view_of(
        lambda x, down, up: graphs.attention(graphs.opened(graphs.layer_norm(x), down, up)) * x,
        nn.Conv2d(4, 2, 1),
        nn.Conv2d(2, 4, 1),
    )
    found = {span.node: span.advice.what for span in spans_of(view).values()}
    assert sorted(found.values()) == ["layer norm written out", "softmax attention", "squeeze-excite gate"]


def test_a_graph_without_obstacles_has_none() -> None:
    assert spans_of(graphs.view_of(lambda x: torch.relu(2.0 * x + 1.0))) == {}


def test_what_lies_inside_a_span_belongs_to_it() -> None:
    def gate(x: torch.Tensor, down: nn.Module, up: nn.Module) -> torch.Tensor:
        y = down(x.mean((2, 3), keepdim=True))
        return x * torch.sigmoid(up(y * torch.sigmoid(y)))

    found = {id(span): span for span in spans_of(graphs.view_of(gate, nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1))).values()}
    assert [span.advice.what for span in found.values()] == ["squeeze-excite gate"]
