"""Gates are found with their value and their factors; activations that are written out are none."""

import pytest
import torch
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.compress.adapting.gating import gates_of, live_without
from tests.compress.adapting.modern import ACTIVATIONS, GATES, around, images, modern


@pytest.mark.parametrize("name", GATES)
def test_the_value_passes_and_the_factor_is_squashed(name: str) -> None:
    view = trace(around(GATES[name][0]), images(3))
    (gate,) = gates_of(view)
    assert gate.value.name == "conv" and gate.factor is not gate.value
    assert view.node(gate.node.name).shape == view.node("conv").shape


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_is_no_gate(name: str) -> None:
    assert not list(gates_of(trace(around(ACTIVATIONS[name]), images(3))))


def test_a_product_of_two_activations_is_no_gate() -> None:
    view = trace(around(lambda x: F.relu(x) * F.relu(x.flip(1))), images(3))
    assert not list(gates_of(view))


def test_of_two_squashed_operands_the_one_that_is_never_negative_is_the_factor() -> None:
    view = trace(around(lambda x: torch.sigmoid(x) * torch.tanh(x.flip(1))), images(3))
    (gate,) = gates_of(view)
    assert gate.factor.name == "sigmoid"


def test_without_a_gate_its_branch_is_not_needed() -> None:
    view = trace(modern(), images(3))
    (gate,) = gates_of(view)
    whole = {node.name for node in live_without(view, {})}
    assert whole == {node.name for node in view.graph_module.graph.nodes}
    gone = whole - {node.name for node in live_without(view, {gate.node.name: gate.value.name})}
    assert {"gate_squeeze", "gate_excite", "sigmoid", "silu", "mean"} == gone
