"""What a rule raises becomes one sentence with the place, what was expected, and what to try."""

import pytest

from spikewright import InvalidFile, InvalidInput
from spikewright.compress.imports.errors import Damaged, Unsupported, first_line, told


def test_an_operator_without_a_layer() -> None:
    with pytest.raises(InvalidInput) as raised, told("node 'a'", "graph", InvalidFile):
        raise Unsupported("an operator of nobody", "another one")
    assert (
        str(raised.value) == "expected layers that torch.nn has, got an operator of nobody in node 'a'; try another one"
    )
    with pytest.raises(InvalidInput, match="try an ordinary layer in its place"), told("here", "graph", InvalidFile):
        raise Unsupported("something")


@pytest.mark.parametrize("error", [Damaged("two shapes"), ValueError("two shapes\nmore"), IndexError("two shapes")])
def test_a_contradiction(error: Exception) -> None:
    with pytest.raises(InvalidFile) as raised, told("node 'a'", "graph", InvalidFile):
        raise error
    assert str(raised.value) == "expected a sound graph, got two shapes in node 'a'; try to export it again"


def test_a_fault_of_ours_is_not_covered_up() -> None:
    with pytest.raises(AttributeError), told("node 'a'", "graph", InvalidFile):
        raise AttributeError("ours")


def test_long_and_empty_errors() -> None:
    assert first_line(KeyError()) == "KeyError" and len(first_line(ValueError("x" * 500))) == 200
