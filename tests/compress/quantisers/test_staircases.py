"""Activations that become staircases: nothing else changes, and a swap that would change more is found."""

import copy

import pytest
import torch
from torch import fx, nn

from spikewright import InvalidInput
from spikewright.compress.graph.rewrite import quantised_path
from spikewright.compress.graph.tracing import traced
from spikewright.compress.quantisers.bends import Bend
from spikewright.compress.quantisers.staircases import (
    Levelled,
    RangeStart,
    check_quantised,
    quantise_bends,
    quantise_relus,
)

X = torch.rand(8, 5, generator=torch.Generator().manual_seed(0))


PLACED = Levelled({"_1": Bend("_1", "_1", low=0.0), "_3": Bend("_3", "_3", low=0.0, high=6.0)})


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
    check_quantised(before, module, PLACED, X)


def test_another_change_is_found() -> None:
    before, module = made(), made()
    quantise_relus(module, 7, {"_1": 0.5, "_3": 6.0})
    harmed = copy.deepcopy(module)
    with torch.no_grad():
        harmed.get_parameter("2.weight").mul_(1.01)
    with pytest.raises(InvalidInput, match=r"the quantised graph.*first at 2 \(Linear\)"):
        check_quantised(before, harmed, PLACED, X)
    with pytest.raises(InvalidInput, match="the quantised graph"):
        lost = Levelled(PLACED.bends | {"_3": Bend("_3", "_3", low=0.0, high=0.01)})  # another limit
        check_quantised(before, module, lost, X)


SIDES = {
    "_1": (nn.PReLU(6), Bend("_1", "_1", (-0.5, 0.0, 0.25, 2.0, -2.0, 1.0), learned=True, what="PReLU")),
    "_3": (nn.Hardtanh(0.25, 1.0), Bend("_3", "_3", low=0.25, high=1.0, what="Hardtanh")),
    "_5": (nn.Hardtanh(-1.0, -0.25), Bend("_5", "_5", low=-1.0, high=-0.25, what="Hardtanh")),
}


def sided() -> fx.GraphModule:
    torch.manual_seed(1)
    first, second, third = (copy.deepcopy(layer) for layer, _ in SIDES.values())
    first.weight.data = torch.tensor(SIDES["_1"][1].slopes)
    layers = nn.Linear(5, 6), first, nn.Linear(6, 6), second, nn.Linear(6, 6), third, nn.Linear(6, 2)
    return traced(nn.Sequential(*layers).eval())


def test_other_activations_get_both_sides_or_an_origin() -> None:
    before, module = sided(), sided()
    placed = Levelled({name: bend for name, (_, bend) in SIDES.items()})
    starts = {"_1": RangeStart(2.0, 1.0), "_3": RangeStart(0.75, origin=0.25), "_5": RangeStart(1.0, 0.75, -0.25)}
    changes = quantise_bends(module, placed, 5, starts)
    assert [change.op for change in changes] == ["substitute"] * 3
    check_quantised(before, module, placed, X)
    state = module.state_dict()
    assert torch.equal(state["substitute__1.slopes"], torch.tensor(SIDES["_1"][1].slopes))
    assert [float(state[f"substitute__{path}"]) for path in ("1.above.alpha", "1.below.alpha", "5.steps.alpha", "5.origin")] == [
        2.0, 1.0, 0.75, -0.25,
    ]  # fmt: skip
    told = " ".join(placed.told())
    assert "_1 (PReLU, 6 slopes from -2 to 2)" in told and "_3 (Hardtanh, from 0.25 to 1)" in told
    with torch.no_grad():
        module.get_parameter("substitute__1.slopes")[0] = 0.5
    with pytest.raises(InvalidInput, match="the quantised graph"):
        check_quantised(before, module, placed, X)
