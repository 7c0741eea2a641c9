"""Every node that files may hold has a rule, and its part has the values of the node."""

import numpy as np
import pytest
import torch

from spikewright.compress.training.rules import PARTS, part_of
from spikewright.weights import NODES, Expression, Leaf, Mask, Scaled
from tests.compress.training.test_attached import EXPRESSIONS


def test_every_node_has_a_rule() -> None:
    """Masks are no weights of their own."""
    assert set(PARTS) == {kind for kind in NODES.values() if kind is not Mask}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_part_is_its_node(name: str) -> None:
    e: Expression = EXPRESSIONS[name]()
    part = part_of(e)
    assert np.array_equal(part().detach().numpy(), e.values()) and part.stored() == e
    part().sum().backward()
    assert any(value.grad is not None and bool(value.grad.any()) for value in part.parameters())


def test_integers_move_by_the_unit_of_the_weights() -> None:
    """A step of half a scale moves an integer, not one of half an integer."""
    part = part_of(Scaled(Leaf(np.array([1, 2], np.int8), 8), np.float32(0.01)))
    numbers = part.get_parameter("parts.base.numbers")
    with torch.no_grad():
        numbers += 0.006
    assert torch.allclose(part(), torch.tensor([0.02, 0.03]))
