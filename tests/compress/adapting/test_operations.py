"""One name for what a step does, however it is written."""

import operator

import pytest
import torch
from torch import fx, nn
from torch.nn import functional as F

from spikewright.compress.adapting.operations import constant, operation, plain_name, read_values


class Each(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.act, self.scale = nn.SiLU(), nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return operator.mul(self.act(x), self.scale) + F.silu(x).sigmoid_() * torch.sigmoid(x)


def test_modules_functions_and_methods_have_one_name() -> None:
    graph = fx.symbolic_trace(Each())
    names = [operation(node, graph) for node in graph.graph.nodes]
    assert names == ["", "silu", "", "mul", "silu", "sigmoid", "sigmoid", "mul", "add", ""]


@pytest.mark.parametrize("name", ["nn.Hardswish", "hard_swish", "Hardswish", "hardswish_"])
def test_names_are_plain(name: str) -> None:
    assert plain_name(name) == "hardswish"


def test_what_is_read_twice_is_listed_twice() -> None:
    graph = fx.symbolic_trace(lambda x: x * x)
    assert [[one.name for one in read_values(node)] for node in graph.graph.nodes] == [[], ["x", "x"], ["mul"]]


def test_constants_are_found() -> None:
    graph = fx.symbolic_trace(Each())
    node = next(node for node in graph.graph.nodes if node.op == "get_attr")
    assert torch.equal(constant(node, graph), torch.ones(1))
