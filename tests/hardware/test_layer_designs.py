"""Lanes of a layer: what a number of physical neurons becomes, what is allowed, and what older calls are told."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.hardware import LayerDesign, PhysicalLanes
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.layer_designs import ladder, lane_grid, layer_design, spread
from spikewright.snn import IF, Population

MAPS = st.tuples(st.integers(1, 40), st.integers(1, 9), st.integers(1, 9))


@given(MAPS)
def test_ladder_climbs_from_one_to_all_neurons(shape) -> None:
    rungs = ladder(Population("p", shape, IF(1)))
    assert rungs[0].axes == (1, 1, 1) and rungs[-1].axes == shape
    for less, more in pairwise(rungs):
        assert more.count >= 2 * less.count and all(a <= b for a, b in zip(less.axes, more.axes, strict=True))
    for lanes in rungs:
        assert LayerBlocks(shape, lanes).count * lanes.count >= shape[0] * shape[1] * shape[2]


@given(MAPS, st.data())
def test_a_number_of_neurons_is_spread_over_channels_first(shape, data) -> None:
    population = Population("p", shape, IF(1))
    rows, columns = data.draw(st.integers(1, shape[1])), data.draw(st.integers(1, shape[2]))
    layer = layer_design(population, shape[0] * rows * columns)
    assert layer.physical_neurons == shape[0] * rows * columns and layer.lanes.channels == shape[0]
    assert LayerBlocks(shape, layer.lanes).count <= LayerBlocks(shape, PhysicalLanes(shape[0], rows, columns)).count
    few = data.draw(st.integers(1, shape[0]))
    assert layer_design(population, few).lanes.axes == (few, 1, 1)


def test_positions_lie_squarest_where_blocks_are_as_many() -> None:
    assert [spread((2, 8, 8), n) for n in (1, 2, 4, 6, 8, 16, 64)] == [
        (1, 1), (1, 2), (2, 2), (2, 3), (2, 4), (4, 4), (8, 8)
    ]  # fmt: skip
    assert spread((2, 9, 9), 36) == (4, 9)  # three blocks, where (6, 6) makes four
    assert spread((2, 1, 5), 5) == (1, 5) and spread((7,), 1) == (1, 1) and spread((2, 4, 4), 7) is None


def test_lanes_that_are_given_stay_as_they_are() -> None:
    population = Population("c", (6, 4, 4), IF(1))
    for given_ in (PhysicalLanes(3, 2, 4), (3, 2, 4), [3, 2, 4]):
        assert layer_design(population, given_) == LayerDesign("c", (3, 2, 4))
    assert LayerDesign("c", 3).lanes == PhysicalLanes(3) and replace(LayerDesign("c"), lanes=2).physical_neurons == 2


@pytest.mark.parametrize("lanes", [(7, 1, 1), (1, 5, 1), (1, 1, 5)])
def test_lanes_outside_the_layer(lanes) -> None:
    with pytest.raises(InvalidInput, match=r"from \(1, 1, 1\) to \(6, 4, 4\), got .* for 'c'; try at most 96"):
        layer_design(Population("c", (6, 4, 4), IF(1)), lanes)


def test_p_that_does_not_fill_the_lanes() -> None:
    population = Population("c", (6, 4, 4), IF(1))
    with pytest.raises(InvalidInput, match="try 6 or 12"):
        layer_design(population, 7)
    with pytest.raises(InvalidInput, match="try 36 or 48"):
        layer_design(population, 42)  # seven positions
    for tried in (6, 12, 36, 48):
        assert layer_design(population, tried).physical_neurons == tried


@given(MAPS, st.integers(1, 3240))
def test_what_is_advised_works(shape, count: int) -> None:
    population = Population("c", shape, IF(1))
    try:
        layer = layer_design(population, count)
        assert layer.physical_neurons == count and LayerBlocks(as_map(shape), layer.lanes)
    except InvalidInput as error:
        if count <= population.size:
            below, above = map(int, str(error).split("try ")[1].split(" or "))
            assert below < count < above
            assert all(layer_design(population, tried).physical_neurons == tried for tried in (below, above))


@pytest.mark.parametrize("call", [
    lambda: LayerDesign("c", 6, 3), lambda: LayerDesign("c", physical_neurons=6, kernel_lanes=3),
    lambda: LayerDesign("c", 6, kernel_lanes=3),
])  # fmt: skip
def test_older_calls_are_told_what_to_write(call) -> None:
    with pytest.raises(
        InvalidInput, match=r"\(channels, rows, columns\), got .*3; try LayerDesign\('c', \(4, 1, 1\)\)"
    ) as error:
        call()
    assert "\n" not in str(error.value)


@given(MAPS)
def test_the_grid_holds_the_ladder_and_ends_at_all_neurons(shape) -> None:
    population = Population("c", shape, IF(1))
    grid = lane_grid(population)
    assert set(ladder(population)) <= set(grid) and len(set(grid)) == len(grid)
    assert (grid[0].count, grid[-1].count) == (1, population.size)
