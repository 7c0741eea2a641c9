"""ReLUs that become staircases: nothing else changes, and a swap that would change more is found."""

import copy
from math import inf

import pytest
import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.rewrite import quantised_path
from spikewright.compress.graph.tracing import traced
from spikewright.compress.quantisers.staircases import check_quantised, quantise_relus

X = torch.rand(8, 5, generator=torch.Generator().manual_seed(0))


def made() -> fx.GraphModule:
    torch.manual_seed(0)
    return traced(nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 6), nn.ReLU6(), nn.Linear(6, 2)).eval())


def test_each_relu_has_its_levels_and_its_range() -> None:
    before, module = made(), made()
    changes = quantise_relus(module, 7, {"_1": 0.5, "_3": 6.0})
    assert [(change.op, change.target, change.levels) for change in changes] == [
        ("quantise", "_1", 7),
        ("quantise", "_3", 7),
    ]
    assert [module.get_submodule(quantised_path(name)).clip for name in ("_1", "_3")] == [0.5, 6.0]
    check_quantised(before, module, {"_1": inf, "_3": 6.0}, X)


def test_another_change_is_found() -> None:
    before, module = made(), made()
    quantise_relus(module, 7, {"_1": 0.5, "_3": 6.0})
    harmed = copy.deepcopy(module)
    with torch.no_grad():
        harmed.get_parameter("2.weight").mul_(1.01)
    with pytest.raises(InvalidInput, match=r"the quantised graph.*first at 2 \(Linear\)"):
        check_quantised(before, harmed, {"_1": inf, "_3": 6.0}, X)
    with pytest.raises(InvalidInput, match="the quantised graph"):
        check_quantised(before, module, {"_1": inf, "_3": 0.01}, X)  # a limit that was lost
