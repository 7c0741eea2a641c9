"""Index maps: what they read is what numpy's indexing reads, alone, one after the other, and side by side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.index_maps import IndexMap, beside, channel_slices

SOURCE = (2, 3, 4)
X = np.arange(24.0).reshape(SOURCE) + 1


@st.composite
def maps(draw: st.DrawFn, source: tuple[int, ...] = SOURCE) -> IndexMap:
    """Any places, repeated or left out, with constants between them."""
    size = int(np.prod(source))
    places = np.array(draw(st.lists(st.integers(-1, size - 1), min_size=1, max_size=12)))
    constants = np.where(places < 0, draw(st.floats(-2, 2)), 0.0)
    return IndexMap(source, places, constants)


@given(first=maps(), data=st.data())
def test_one_map_after_the_other_is_indexing_twice(first: IndexMap, data: st.DataObject) -> None:
    second = data.draw(maps(first.shape))
    np.testing.assert_array_equal(first.then(second).apply(X), second.apply(first.apply(X)))
    assert first.then(IndexMap.identity(first.shape)).apply(X).tolist() == first.apply(X).tolist()


@given(one=maps(), other=maps())
def test_side_by_side(one: IndexMap, other: IndexMap) -> None:
    both = beside((one, other))
    np.testing.assert_array_equal(both.apply(X), np.concatenate([one.apply(X), other.apply(X)]))


@given(found=maps())
def test_each_number_goes_to_the_places_that_read_it(found: IndexMap) -> None:
    first, target = found.places()
    for number in range(24):
        assert target[first[number] : first[number + 1]].tolist() == np.flatnonzero(found.addresses == number).tolist()


@given(order=st.permutations(range(24)))
def test_a_map_that_reads_all_once_has_a_way_back(order: list[int]) -> None:
    found = IndexMap.of(SOURCE, np.array(order).reshape(4, 6))
    assert found.then(found.inverse()).in_order and found.inverse().then(found).in_order


def test_a_map_says_its_shapes_and_can_be_kept_from_change() -> None:
    found = IndexMap.of(SOURCE, np.arange(6).reshape(2, 3)).read_only()
    assert repr(found) == "IndexMap((2, 3, 4) -> (2, 3))" and found.size == 6
    with pytest.raises(ValueError, match="read-only"):
        found.addresses[0] = 1


@given(found=maps())
def test_two_runs_on_numbers_show_the_map(found: IndexMap) -> None:
    seen = IndexMap.seen(SOURCE, found.apply(X), found.apply(-X))
    assert seen is not None and seen.addresses.tolist() == found.addresses.tolist()
    assert seen.constants.tolist() == found.constants.tolist()


@pytest.mark.parametrize("change", [lambda x: 2 * x, lambda x: x + 1, lambda x: x[0] + x[1], abs])
def test_what_does_more_than_move_numbers_has_no_map(change: object) -> None:
    found = IndexMap.seen(SOURCE, change(X), change(-X))  # type: ignore[operator]
    assert found is None or found.constant


def test_what_a_map_says_of_itself() -> None:
    same = IndexMap.identity(SOURCE)
    assert same.in_order and same.one_to_one and same.reshaped((6, 4)).in_order and same.over((24,)).source == (24,)
    turned = IndexMap.of(SOURCE, same.addresses[::-1])
    assert turned.one_to_one and not turned.in_order
    assert not IndexMap.of(SOURCE, same.addresses[:1]).one_to_one
    assert IndexMap((2,), np.array([-1, 0]), np.array([3.0, 0.0])).constant


@given(
    channels=st.lists(st.integers(-1, 1), min_size=1, max_size=4),
    row=st.tuples(st.integers(0, 2), st.integers(1, 3)),
    column=st.tuples(st.integers(0, 3), st.integers(1, 4)),
)
def test_slices_of_channels_are_found(channels: list[int], row: tuple[int, int], column: tuple[int, int]) -> None:
    addresses = np.arange(24).reshape(SOURCE)[channels, row[0] :: row[1], column[0] :: column[1]]
    kept = np.array(channels) >= 0
    addresses = np.where(kept[:, None, None], addresses, -1)
    found = channel_slices(IndexMap.of(SOURCE, addresses), SOURCE, addresses.shape)
    if not kept.any():
        assert found is None
        return
    assert found is not None and found.channels.tolist() == channels
    again = np.arange(24).reshape(SOURCE)[
        found.channels, found.rows[kept][0] :: found.step[0], found.columns[kept][0] :: found.step[1]
    ]
    assert np.where(kept[:, None, None], again, -1).tolist() == addresses.tolist()


def test_pixels_that_are_not_evenly_apart_are_no_slices() -> None:
    numbers = np.arange(24).reshape(SOURCE)
    for moved in (
        numbers[:, :, ::-1],
        numbers.transpose(0, 2, 1).reshape(SOURCE),
        numbers[:, [0, 2, 2]],
        numbers[:, :, [0, 1, 3]],
    ):
        assert channel_slices(IndexMap.of(SOURCE, moved), SOURCE, moved.shape) is None
