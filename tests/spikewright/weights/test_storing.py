"""Memories of expressions: their names, and other words in them."""

import numpy as np
import pytest

from spikewright import weights as w

KEPT = w.Mask((2, 4), np.array([0, 5]), "gap3")
WHOLE = w.Scaled(w.Masked(KEPT, w.codebook([1, 0], np.array([-3, 5], np.int8))), [0.5, 2.0])


def test_every_memory_says_where_it_is_and_what_it_holds() -> None:
    found = {
        memory.name: (memory.holds, memory.words.tolist(), memory.bits, memory.signed) for memory in w.memories(WHOLE)
    }
    assert found == {
        "base/mask/0": ("places", [0, 4], 3, False),
        "base/base/table": ("tables", [-3, 5], 4, True),
        "base/base/index": ("indices", [1, 0], 1, False),
        "scale": ("scales", [0.5, 2.0], 64, True),
    }
    assert w.memories(w.Leaf(np.ones(2)))[0].name == "values"


def test_other_words_are_another_expression() -> None:
    made = w.with_memories(WHOLE, {"base/base/index": [0, 0], "base/mask/0": [1, 0], "scale": [1.0, 1.0]})
    assert made.values().tolist() == [[0, -3, -3, 0], [0, 0, 0, 0]]
    assert WHOLE.values().tolist() == [[2.5, 0, 0, 0], [0, -6, 0, 0]]


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"nowhere": [1]}, "memories out of"),
        ({"base/base/index": [0, 2]}, "from 0 to 1"),
        ({"base/base/index": [0]}, "2 words"),
        ({"base/base/table": [8, 0]}, "from -8 to 7"),
        ({"base/base/table": [0.5, 0.5]}, "words of int8"),
        ({"base/mask/0": [7, 7]}, "below 8"),
        ({"base/mask/0": [0]}, "as many words"),
    ],
)
def test_words_that_do_not_fit_are_refused(changed: dict, part: str) -> None:
    with pytest.raises(w.InvalidWeights, match=part):
        w.with_memories(WHOLE, changed)


def test_leaves_may_become_wider() -> None:
    made = w.with_leaves(WHOLE, {"base/base/table": w.Leaf(np.array([100, 0]))})
    assert made.values().max() == 200 and w.bits(made, "tables") == 16
    assert [holds for _, holds, _ in w.leaves(WHOLE)] == ["tables", "indices", "scales"]
