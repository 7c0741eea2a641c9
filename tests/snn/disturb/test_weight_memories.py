"""Variation and flips of stored weights: draws are counted through the memories of an expression."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright import weights as w
from spikewright.snn.disturb.randomness import draws, happens, normal
from spikewright.snn.disturb.weight_memories import FIRST_BIT, flipped, real_weights, varied
from tests.spikewright.weights.strategies import expressions

TABLE = w.Lookup(np.array([-3, 0, 5], np.int8), w.codebook([[0, 1, 2], [2, 1, 0]], np.zeros(3)).index)  # type: ignore[attr-defined]


@given(expressions(), st.integers(0, 2**32))
def test_nothing_happens_at_strength_zero(e: w.Expression, seed: int) -> None:
    assert flipped(e, 0.0, seed, 7) == e or real_weights(e)
    same = varied(e, 0.0, seed, 7)
    assert np.array_equal(same.values(), e.values())


@given(expressions(), st.integers(0, 99), st.floats(0, 1))
def test_flips_keep_the_memories_and_undo_themselves(e: w.Expression, seed: int, probability: float) -> None:
    if any(holds == "indices" for _, holds, _ in w.leaves(e)):
        return  # an index beyond its table reads the last entry, for good
    once = flipped(e, probability, seed, 7)
    assert [(m.name, m.words.size) for m in w.memories(once)] == [(m.name, m.words.size) for m in w.memories(e)]
    assert np.array_equal(flipped(once, probability, seed, 7).values(), e.values())


def test_words_are_counted_through_indices_and_then_the_table() -> None:
    made = flipped(TABLE, 0.4, 3, 11)
    hits = [happens(draws(3, 11 + FIRST_BIT + bit, 1, 9)[0], 0.4).astype(int) for bit in range(4)]
    index = np.array([0, 1, 2, 2, 1, 0]) ^ hits[0][:6] ^ hits[1][:6] << 1
    table = np.array([-3, 0, 5])
    for bit in range(4):
        table = table ^ hits[bit][6:] << bit if bit < 3 else np.where(hits[bit][6:] == 1, table ^ -8, table)
    assert isinstance(made, w.Lookup)
    assert np.array_equal(made.index.values().ravel(), np.minimum(index, 2))
    assert np.array_equal(made.table.values(), table)


def test_variation_moves_tables_not_indices_and_rounds_half_up() -> None:
    made = varied(TABLE, 0.5, 3, 11)
    wanted = np.floor(np.array([-3, 0, 5]) * (1 + 0.5 * normal(3, 11, 1, 3)[0]) + 0.5)
    assert isinstance(made, w.Lookup) and made.index == TABLE.index
    assert np.array_equal(made.table.values(), wanted)


def test_flips_of_single_bits_are_a_binomial() -> None:
    """100,000 words of 6 bits at p = 0.01: 6,000 flips, standard deviation 77."""
    words = flipped(w.Leaf(np.zeros(100_000, np.int8), 64), 0.01, 0, 0).values()
    flips = sum(int((words >> place & 1).sum()) for place in range(6))
    assert abs(flips - 6000) < 5 * 77


def test_declared_words_may_be_wider_but_not_narrower() -> None:
    e = w.Leaf(np.array([3, -4], np.int8))
    assert flipped(e, 1.0, 0, 0, bits=5).values().tolist() == [-4, 3]
    with pytest.raises(InvalidInput, match="at least 3 bits"):
        flipped(e, 1.0, 0, 0, bits=2)


def test_real_numbers_stay_and_are_told() -> None:
    shared = w.codebook([[0, 1]], np.array([0.5, 1.5], np.float32))
    made = flipped(shared, 1.0, 0, 0)
    assert real_weights(w.Leaf(np.ones(2))) and not real_weights(shared)
    assert isinstance(made, w.Lookup) and made.table == shared.table and made.values().tolist() == [[1.5, 0.5]]  # type: ignore[attr-defined]
