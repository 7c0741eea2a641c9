"""A substitute in its place computes what the layers by hand do; constant gates fold, or stay layers."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import Compressed, GraphView, trace
from spikewright.compress.adapting.exchanges import chosen
from spikewright.compress.adapting.replacing import fold_constant_gates, only, put
from spikewright.compress.adapting.seen import seen_at
from tests.compress.adapting.modern import ACTIVATIONS, GATES, around, images, modern


def replaced(view: GraphView, **wanted: str | None) -> nn.Module:
    choices = chosen(view, wanted, for_hardware=False, one_by_one=False)
    module = view.graph_module
    seen = seen_at(module, [place for choice in choices for place in choice.places], images())
    for choice in choices:
        put(module, choice, seen)
    return module.eval()


@pytest.mark.parametrize("told", ACTIVATIONS)
def test_a_relu_in_the_place_of_each_activation(told: str) -> None:
    found, wanted = replaced(trace(around(ACTIVATIONS[told]), images(3))), around(F.relu)
    assert torch.equal(found(images()), wanted(images()))


@pytest.mark.parametrize("name", GATES)
def test_without_its_gate_a_value_passes_and_the_branch_is_gone(name: str) -> None:
    found, wanted = replaced(trace(around(GATES[name][0]), images(3)), gate="no_gate"), around(lambda x: x)
    assert torch.equal(found(images()), wanted(images()))
    assert not any("sigmoid" in node.name for node in found.graph.nodes)  # type: ignore[union-attr]


def test_a_constant_gate_is_the_mean_of_its_factors() -> None:
    factors = torch.sigmoid(around(lambda x: x).conv(images()).mean((2, 3), keepdim=True)).mean(0)
    found = replaced(trace(around(GATES["of channels"][0]), images(3)))
    wanted = around(lambda x: x * factors)
    assert torch.allclose(found(images()), wanted(images()), atol=1e-6)


def test_steps_in_place_behind_a_gate_that_is_gone_change_nothing_else() -> None:
    def gated(x: Tensor, gate: Tensor | float) -> Tensor:
        return (x * gate).add_(1.0)[:, :2].repeat(1, 2, 1, 1) + x

    view = trace(around(lambda x: gated(x, torch.sigmoid(x.mean((2, 3), keepdim=True)))), images(3))
    wanted = around(lambda x: gated(x, 1.0))
    assert torch.equal(replaced(view, gate="no_gate")(images()), wanted(images()))


def test_alone_everything_else_stays_and_the_original_too() -> None:
    view = trace(modern(), images(3))
    before = view.graph_module(images())
    (choice,) = [one for one in chosen(view, {}, for_hardware=False, one_by_one=False) if one.name == "relu"]
    found = only(view.graph_module, choice, seen_at(view.graph_module, choice.places, images()))
    wanted = modern()
    wanted.act = nn.ReLU()
    assert torch.allclose(found(images()), wanted(images()), atol=1e-6)
    assert torch.equal(view.graph_module(images()), before)


@pytest.mark.parametrize(("kept", "layers"), [(None, 1), ("activation", 2)])
def test_a_constant_gate_folds_where_relus_are_around_it(kept: str | None, layers: int) -> None:
    def inner(x: Tensor) -> Tensor:
        y = F.silu(x)
        return F.silu(y * torch.sigmoid(y.mean((2, 3), keepdim=True)))

    view = trace(around(inner), images(3))
    wanted = {} if kept is None else {kept: None}
    choices = chosen(view, wanted, for_hardware=False, one_by_one=False)
    module = view.graph_module
    seen = seen_at(module, [place for choice in choices for place in choice.places], images())
    for choice in choices:
        put(module, choice, seen)
    small = Compressed(module.eval(), input_shape=view.input_shape)
    folded = fold_constant_gates(small, choices)
    assert torch.allclose(folded.model(images()), small.model(images()), atol=1e-6)
    assert sum(isinstance(one, nn.Conv2d) for one in folded.model.modules()) == layers
    assert folded.steps[-1].startswith("constant gate mul " + ("folded" if kept is None else "kept"))
