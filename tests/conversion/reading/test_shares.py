"""Shares of a concatenation: each piece's own map, together the whole."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.conversion.reading.shares import apart, constant_rows, shares_of, with_constants
from spikewright.conversion.reading.values import Parts, Signal
from spikewright.index_maps import IndexMap

BOTH = Parts((Signal("a", (2, 2, 3)), Signal("b", (3, 2, 3))))
X = np.random.default_rng(0).random((5, 2, 3))
PIECES = {"a": X[:2], "b": X[2:]}


@given(seed=st.integers(0, 2**20), blank=st.floats(0, 1))
def test_the_shares_add_up_to_the_map(seed: int, blank: float) -> None:
    random = np.random.default_rng(seed)
    addresses = np.where(random.random((4, 3)) < blank, -1, random.integers(0, 30, (4, 3)))
    moved = IndexMap((5, 2, 3), addresses, np.where(addresses < 0, 2.0, 0.0))
    total, shares = moved.constants.copy(), shares_of(BOTH, moved)
    for share in shares:
        total[share.start : share.stop] += share.map.apply(PIECES[share.piece.source or ""])
        assert (share.map.addresses[[0, -1]] >= 0).any(axis=1).all()
        assert with_constants(share, moved).map.constants.tolist() == moved.constants[share.start : share.stop].tolist()
    np.testing.assert_allclose(total, moved.apply(X))


def test_pieces_stand_apart_where_no_channel_reads_two() -> None:
    rows = np.array([[0, 1], [12, 13], [-1, -1]])
    moved = IndexMap((5, 2, 3), rows, np.where(rows < 0, 4.0, 0.0))
    assert apart(shares_of(BOTH, moved)) and not apart(shares_of(BOTH, IndexMap.of((5, 2, 3), rows[::-1])))
    assert not apart(shares_of(BOTH, IndexMap.of((5, 2, 3), rows.T)))
    assert constant_rows(moved, 2, 3, "step").bias.tolist() == [[4.0, 4.0]]
