"""Parts of expressions: their values are those of numpy, bit for bit, and integers are rounded straight through."""

import numpy as np
import torch

from spikewright.compress.training.parts import Fixed, Joined, Real, Several, Whole, exactly
from spikewright.weights import Leaf, Lookup, Sum

TABLE = Leaf(np.array([-1.5, 0.25, 2.0], np.float32))
INDEX = Leaf(np.array([[0, 1], [2, 2]], np.uint8), 3)


def test_numbers_are_parameters_and_indices_are_not() -> None:
    part = Joined(Lookup(TABLE, INDEX), lambda table, index: table[index.long()], table=Real(TABLE), index=Fixed(INDEX))
    assert [name for name, _ in part.named_parameters()] == ["parts.table.numbers"] and not part.state_dict().keys() - {
        "parts.table.numbers"
    }
    assert np.array_equal(part().detach().numpy(), Lookup(TABLE, INDEX).values())
    part().sum().backward()
    assert part.get_parameter("parts.table.numbers").grad.tolist() == [1.0, 1.0, 2.0]  # type: ignore[union-attr]
    assert part.stored() == Lookup(TABLE, INDEX)


def test_integers_are_rounded_inside_their_alphabet() -> None:
    leaf = Leaf(np.array([-4, 0, 3], np.int8), 8)
    part = Whole(leaf, unit=0.1)
    assert part().tolist() == [-4, 0, 3] and part.stored() == leaf
    with torch.no_grad():
        part.numbers += torch.tensor([-0.3, 0.06, 0.3], dtype=torch.float64)
    assert part().tolist() == [-4, 1, 3]  # halves go up, and no integer leaves its alphabet
    part().sum().backward()
    assert torch.allclose(part.numbers.grad, torch.full((3,), 10.0, dtype=torch.float64))  # type: ignore[arg-type]


def test_several_tensors_are_parts_each() -> None:
    terms = (TABLE, Leaf(np.ones(3, np.float32)))
    part = Several(Sum(terms), lambda found: found[0] + found[1], "terms", map(Real, terms))
    assert part().tolist() == [-0.5, 1.25, 3.0] and len(list(part.parameters())) == 2 and part.stored() == Sum(terms)


def test_a_value_with_the_gradient_of_another() -> None:
    x = torch.tensor([0.3, 1.6], requires_grad=True)
    y = exactly(3 * x, torch.tensor([7.0, 8.0]))
    y.sum().backward()
    assert y.tolist() == [7.0, 8.0] and x.grad.tolist() == [3.0, 3.0]  # type: ignore[union-attr]
