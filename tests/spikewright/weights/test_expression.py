"""What all expressions share: a node from outside is stored, written, compared and hit without a line for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from spikewright import weights as w
from spikewright.weights.expression import NODES, narrowest
from spikewright.weights.leaf import expression


@dataclass(frozen=True, eq=False)
class Doubled(w.Expression):
    """Each stored number counts twice."""

    base: w.Expression

    def __init__(self, base: Any) -> None:
        object.__setattr__(self, "base", expression(base))

    @property
    def shape(self) -> tuple[int, ...]:
        return self.base.shape

    @property
    def real(self) -> bool:
        return self.base.real

    def numbers(self) -> np.ndarray:
        return 2 * self.base.numbers()

    def refilled(self, values: np.ndarray) -> w.Expression:
        return w.Leaf(values)


def test_a_node_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(NODES, "Doubled", Doubled)
    e = Doubled(w.sparse((2, 2), [1], np.array([3], np.int8)))
    assert e.values().tolist() == [[0, 6], [0, 0]]
    assert w.decode(*w.encode(e)) == e and w.bits(e) == w.bits(e.base)
    made = w.scaled(e, [0.5, 1.0])
    assert made is not None and made.values().tolist() == [[0.0, 3.0], [0.0, 0.0]]
    assert w.with_memories(e, {"base/base": np.array([1])}).values().tolist() == [[0, 2], [0, 0]]
    assert w.reshaped(e, (4,)).values().tolist() == [0, 6, 0, 0] and e.told == "doubled"


def test_equal_contents_are_equal_and_other_types_are_not() -> None:
    ints, wide = w.Leaf(np.array([1, 2], np.int8)), w.Leaf(np.array([1, 2], np.int16))
    assert (
        ints != wide
        and ints == w.Leaf(np.array([1, 2], np.int8))
        and len({ints, w.Leaf(np.array([1, 2], np.int8))}) == 1
    )
    assert ints != "a leaf" and w.Scaled(ints, 1.0) != w.Offset(ints, 1.0)


def test_the_narrowest_type_of_integers() -> None:
    kinds = [narrowest(np.array(values)).name for values in ([127], [128], [-129, 0], [], [2**40])]
    assert kinds == ["int8", "int16", "int16", "int8", "int64"]
