"""Blocks cover a map, and lanes outside it are refused."""

import numpy as np
import pytest

from spikewright import InvalidInput
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map


def test_any_population_is_a_map() -> None:
    assert [as_map(shape) for shape in ((3, 4, 5), (3, 5), (7,))] == [(3, 4, 5), (3, 1, 5), (7, 1, 1)]


def test_blocks_cover_the_map() -> None:
    blocks = LayerBlocks((5, 7, 9), PhysicalLanes(2, 3, 4))
    assert (blocks.groups, blocks.rows, blocks.columns, blocks.count, blocks.lanes.count) == (3, 3, 3, 27, 24)


@pytest.mark.parametrize("lanes", [0, -1, True, 1.5, "4", (1, 2), (1, 2, 3, 4), (1, 0, 1), None])
def test_lanes_are_whole_numbers(lanes) -> None:
    with pytest.raises(InvalidInput, match=r"expected lanes as .*; try"):
        PhysicalLanes.of(lanes)


def test_lanes_in_every_form() -> None:
    assert PhysicalLanes.of(3) == PhysicalLanes.of((3, 1, 1)) == PhysicalLanes.of(PhysicalLanes(3)) == PhysicalLanes(3)


@pytest.mark.parametrize("lanes", [PhysicalLanes(6), PhysicalLanes(1, 8), PhysicalLanes(1, 1, 10)])
def test_lanes_outside_the_map_are_refused(lanes: PhysicalLanes) -> None:
    with pytest.raises(InvalidInput, match=r"expected lanes from \(1, 1, 1\) to \(5, 7, 9\)"):
        LayerBlocks((5, 7, 9), lanes)


@pytest.mark.parametrize(("channels", "lanes"), [(5, 2), (5, 4), (6, 6), (7, 1), (8, 4)])
def test_every_channel_has_a_slot_of_its_own(channels: int, lanes: int) -> None:
    for neighbours in (False, True):
        blocks = LayerBlocks((channels, 1, 1), PhysicalLanes(lanes), neighbours)
        assert blocks.order.reshape(-1)[blocks.slots].tolist() == list(range(channels))
        assert np.all(np.diff(blocks.order, axis=1) == blocks.apart)
        assert np.all(np.diff(blocks.order, axis=0) == (1 if neighbours else lanes))
