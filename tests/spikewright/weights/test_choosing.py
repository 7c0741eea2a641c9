"""The layout that is chosen is the cheapest of all, counted as an encoder would write it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.weights import choosing
from spikewright.weights.choosing import _counted, cheapest, cheapest_exact, named_layout


def gap_encoded(nonzero: list[bool], width: int) -> list[tuple[int, bool]]:
    """(zeros before, is a weight) for each stored entry, written as one would write an encoder."""
    entries, zeros = [], 0
    for value in nonzero:
        if value:
            entries.append((zeros, True))
            zeros = 0
        elif zeros == 2**width - 1:
            entries.append((zeros, False))  # a filler takes this place
            zeros = 0
        else:
            zeros += 1
    while entries and not entries[-1][1]:
        entries.pop()  # what follows the last weight is zero anyway
    return entries


@given(st.lists(st.booleans(), min_size=1, max_size=200), st.integers(2, 8), st.integers(1, 8))
def test_no_way_of_storing_is_cheaper(nonzero: list[bool], bits: int, width: int) -> None:
    found = cheapest(np.array(nonzero), bits)
    entries = gap_encoded(nonzero, width)
    assert all(zeros < 2**width for zeros, _ in entries)
    total = found.weight_bits + found.index_bits
    assert total <= min(len(nonzero) * bits, len(nonzero) + sum(nonzero) * bits, len(entries) * (bits + width))
    if found.way.name == f"gap{width}":
        assert (found.weight_bits, found.index_bits) == (len(entries) * bits, len(entries) * width)


def test_a_shorter_last_group_has_its_share() -> None:
    """20 channels in groups of 8 are 8, 8 and 4: 1:8 keeps 1, 1 and ceil(4 / 8) = 1 of them, in 3, 3 and 2 bits."""
    nonzero = np.zeros((20, 50), np.bool_)
    nonzero[[3, 9, 19]] = True
    found = cheapest(nonzero, 32)
    assert found.way.name.startswith("1:") and found.index_bits <= 50 * (3 + 3 + 2)


@given(st.floats(0, 1), st.integers(0, 99), st.sampled_from([1, 4, 32]))
def test_an_exact_layout_stores_these_places_alone(density: float, seed: int, bits: int) -> None:
    kept = np.random.default_rng(seed).random((16, 8)) < density
    places = np.flatnonzero(kept)
    way = cheapest_exact(places, kept.shape, bits)
    assert np.array_equal(np.sort(way.places(kept)), places) and way.tells(places, kept.shape)
    exact = [(n * bits + one.index_bits(kept.shape, n)) for one, n in _counted(kept) if n == len(places)]
    assert len(places) * bits + way.index_bits(kept.shape, len(places)) == min(exact)


def test_large_tensors_are_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    places = np.array([1, 5, 900_000])
    monkeypatch.setattr(choosing, "LARGEST_UNFOLDED", 1000)
    monkeypatch.setattr(choosing, "unfolded", None)
    assert cheapest_exact(places, (1000, 1000), 8).name == "bitmap"
    assert cheapest_exact(places[:2], (1000, 1000), 8).name == "gap2"


@pytest.mark.parametrize(
    "name", ["", "heap", "gap0", "gap17", "gap99", "block7", "4:2 output", "1:2 diagonal", "x:4 input"]
)
def test_other_names_are_no_layouts(name: str) -> None:
    with pytest.raises(ValueError, match="no layout called"):
        named_layout(name)


def test_zeros_between_survivors_are_counted_alike_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    for part in (1, 7, 1000):
        monkeypatch.setattr(choosing, "_PART", part)
        for density in (0.0, 0.02, 0.5, 1.0):
            kept = draw.random((5, 4, 6)) < density
            places = np.flatnonzero(kept)
            assert np.array_equal(choosing._gaps(kept, places.size), np.diff(places, prepend=-1) - 1)
