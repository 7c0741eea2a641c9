"""The walk: every node has a row, every refusal is told, and the output is the last unit."""

import pytest
import torch
from torch import nn

from spikewright.compress import GraphNode, trace
from spikewright.conversion import Unconvertible
from spikewright.conversion.reading import graph
from spikewright.conversion.reading.graph import read
from spikewright.conversion.reading.walk import Walk
from tests.conversion.reading.helpers import plan_for, rows_of


def test_the_output_is_the_last_unit_whoever_comes_first() -> None:
    """A ReLU at the end is counted; one that others read is added up by a unit of its own."""
    assert [unit.name for unit in plan_for(nn.Sequential(nn.Linear(3, 2), nn.ReLU()), 3).units] == ["_0"]

    class Reread(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = torch.relu(self.first(x))
            return x + torch.relu(self.second(x))

    plan = plan_for(Reread(), 3)
    assert plan.output.adds_up and [term.source for term in plan.output.terms] == ["first", "second"]


def test_all_refusals_are_told_at_once_and_what_follows_is_judged() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.GELU(), nn.Linear(3, 3), nn.SiLU(), nn.ReLU())
    with pytest.raises(Unconvertible) as refused:
        read(trace(model, torch.rand(2, 3)), {})
    told = {row.layer: row for row in refused.value.report}
    assert told["_1"].action == "refused" and "ReLU" in told["_1"].detail
    assert told["_2"].action == "kept" and told["_3"].action == "refused" and told["_4"].action == "folded"
    assert [one.node for one in refused.value.obstacles] == ["_1", "_3"]


def test_every_node_has_a_row_and_an_ending_is_kept_apart() -> None:
    plan = plan_for(nn.Sequential(nn.Flatten(), nn.Linear(8, 3), nn.Softmax(1)), 2, 4)
    assert plan.ending == "softmax" and set(rows_of(plan)) == {node.name for node in plan.view}


def test_a_value_is_kept_until_its_last_reader_only(monkeypatch: pytest.MonkeyPatch) -> None:
    held, visit = dict[str, set[str]](), graph.visit

    def watched(walk: Walk, node: GraphNode) -> None:
        held[node.name] = set(walk.values)
        visit(walk, node)

    monkeypatch.setattr(graph, "visit", watched)

    class Shortcut(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second, self.third = (nn.Linear(3, 3) for _ in range(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = torch.relu(self.first(x))
            return self.third(torch.relu(self.second(y)) + y)

    plan = plan_for(Shortcut(), 3)
    assert plan.output.adds_up
    assert held == {
        "x": set(),
        "first": {"x"},
        "relu": {"first"},
        "second": {"relu"},
        "relu_1": {"relu", "second"},
        "add": {"relu", "relu_1"},
        "third": {"add"},
    }
