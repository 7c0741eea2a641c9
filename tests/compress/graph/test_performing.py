"""What a node gives: of each kind that reads or calls."""

import operator
from typing import Any

import pytest
import torch
from torch import fx, nn

from spikewright.compress.graph.performing import performed


class Doubled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Module()
        self.inner.scale = nn.Parameter(torch.tensor([2.0]))
        self.layer = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.add(self.layer(x).mul(self.inner.scale), x, alpha=3)


def test_node_by_node_a_graph_gives_what_its_model_does() -> None:
    model, x = Doubled(), torch.tensor([-1.0, 2.0])
    known: dict[fx.Node, Any] = {}
    for node in fx.symbolic_trace(model).graph.nodes:
        if node.op == "placeholder":
            known[node] = x
        elif node.op != "output":
            known[node] = performed(model, node, known.__getitem__)
    assert {node.op for node in known} == {"placeholder", "get_attr", "call_module", "call_method", "call_function"}
    assert torch.equal(list(known.values())[-1], model(x))


def test_what_a_call_raises_is_raised() -> None:
    graph = fx.Graph()
    node = graph.call_function(operator.floordiv, (graph.placeholder("x"), 0))
    with pytest.raises(ZeroDivisionError):
        performed(nn.Identity(), node, lambda source: 1)
