"""Tiles reach exactly the targets that the law of the synapse says, each once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.circuit.axes import Axis, Reached, convolved, enlarged, pooled, single, spread


def reached_by_tiles(axis: Axis, place: int, size: int) -> set[tuple[int, int]]:
    """Targets inside the map with their taps, as the circuit goes through the tiles."""
    entry, found = axis.entries[place], set()
    for tile in range(entry.tiles):
        for at, tap in enumerate(axis.order[entry.first + tile]):
            target = (entry.block + tile * axis.stride) * axis.banks + entry.inside + at
            if tap is not None and 0 <= target < size:
                found.add((target, tap))
    return found


def wanted(reached: Reached, place: int, size: int) -> set[tuple[int, int]]:
    return {(target, tap) for target, tap in reached[place] if 0 <= target < size}


CONVOLUTIONS = st.tuples(*(st.integers(*ends) for ends in ((1, 12), (1, 5), (1, 4), (0, 4), (1, 3))))
"""Places, kernel, stride, padding, dilation."""


@given(CONVOLUTIONS, st.integers(1, 4), st.integers(1, 12))
def test_a_convolution(law: tuple[int, int, int, int, int], banks: int, size: int) -> None:
    inside, *_, dilation = law
    banks = 1 if dilation > 1 else banks
    reached = convolved(*law)
    axis = Axis.of(reached, size, banks)
    for place in range(inside):
        assert reached_by_tiles(axis, place, size) == wanted(reached, place, size)


@given(
    st.integers(1, 8), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 4), st.integers(1, 12)
)
def test_a_transposed_convolution(inside: int, kernel: int, stride: int, padding: int, banks: int, size: int) -> None:
    reached = enlarged(inside, kernel, stride, padding, 1)
    axis = Axis.of(reached, size, banks)
    for place in range(inside):
        assert reached_by_tiles(axis, place, size) == wanted(reached, place, size)


def test_an_event_outside_every_window_is_dropped() -> None:
    reached = convolved(4, 1, 3, 0, 1)
    assert [entry.tiles for entry in Axis.of(reached, 2, 1).entries] == [1, 0, 0, 1]


def test_places_of_a_pool_do_the_same_and_its_rest_nothing() -> None:
    reached = pooled(convolved(2, 1, 1, 0, 1), 5, 2)
    entries = Axis.of(reached, 2, 1).entries
    assert entries[0] == entries[1] and entries[2] == entries[3] and entries[4].tiles == 0
    assert [entry.tiles for entry in single(5, 2).entries] == [1, 1, 1, 1, 0]


@given(st.integers(0, 2**31), st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
def test_a_matrix_reaches_what_is_not_zero(seed: int, targets: int, places: int, banks: int) -> None:
    random = np.random.default_rng(seed)
    matrix = np.where(random.random((targets, places)) < 0.5, random.integers(-3, 4, (targets, places)), 0)
    reached, numbers = spread(matrix)
    axis = Axis.of(reached, targets, banks)
    for place in range(places):
        found = {(target, int(numbers[tap])) for target, tap in reached_by_tiles(axis, place, targets) if numbers[tap]}
        assert found == {(int(target), int(matrix[target, place])) for target in np.flatnonzero(matrix[:, place])}


def test_an_axis_on_which_nothing_is_reached_has_a_tile_that_no_event_takes() -> None:
    axis = Axis.of([[], []], 3, 2)
    assert axis.order == ((None, None),) and axis.most == 0 and axis.stretches == ((0, 0, 0),)


@given(CONVOLUTIONS, st.integers(1, 4))
def test_tiles_of_chains_are_numbered_one_chain_after_the_other(convolution: tuple[int, ...], banks: int) -> None:
    places, kernel, stride, padding, _ = convolution
    axis = Axis.of(convolved(places, kernel, stride, padding, 1), places, banks)
    for number in range(len(axis.starts)):
        tiles = [tile for tile, chain in enumerate(axis.chain_of) if chain == number]
        assert tiles == list(axis.chain(number)) and list(axis.in_chain[tiles]) == list(range(len(tiles)))
