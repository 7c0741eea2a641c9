"""What is stored, what is left out, and how many steps that takes."""

from typing import Any

import numpy as np
import pytest

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.mac.memories import MacMemories
from spikewright.hardware.circuit.mac.reaches import mac_reach
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map


def memories(
    synapse: Any, lanes: PhysicalLanes, layout: str | None = None, pool: tuple[int, int] = (1, 1)
) -> MacMemories:
    """Those of `synapse` behind an input of four channels of 6 x 6."""
    shape = (4, 6, 6)
    target = synapse.output_shape((4, 6 // pool[0], 6 // pool[1]))
    populations = (
        snn.Population("input", shape, snn.Source()),
        snn.Population("out", target, snn.Integrator(), 0, 0, 20),
    )
    projection = snn.Projection("input", "out", synapse, pool)
    network = snn.Network(populations, (projection,), "input", "out", snn.Direct(1, 15), numbers="fixed")
    reach = mac_reach(network, projection, LayerBlocks(as_map(target), lanes))
    return MacMemories.of(reach, lanes.channels, layout)


def pruned(*shape: int, keep: int) -> np.ndarray:
    """Weights of which output channels 0 and 1 lack all but every `keep`-th input and tap, together; the others have all."""
    weights = np.ones(shape, np.int8)
    flat = weights[:2].reshape(2, -1)
    flat[:, np.arange(flat.shape[1]) % keep != 0] = 0
    return weights


def test_a_row_is_left_out_where_all_channel_lanes_are_zero() -> None:
    """Two of four output channels lost three of four taps: lanes of two of them skip, one lane group of all four cannot."""
    synapse = snn.Conv2d(pruned(4, 4, 3, 3, keep=4), padding=(1, 1))
    assert memories(synapse, PhysicalLanes(2), "lists").counts == (9, 36)
    assert memories(synapse, PhysicalLanes(4), "lists").counts == (36,)
    assert memories(synapse, PhysicalLanes(2), "dense").counts == (4, 4)


def test_steps_in_the_middle_and_at_the_border() -> None:
    """Taps in the padding are not walked; lists take a step for every row that is kept, wherever the block is."""
    synapse = snn.Conv2d(np.ones((4, 4, 3, 3), np.int8), padding=(1, 1))
    dense, lists = (memories(synapse, PhysicalLanes(4), layout) for layout in ("dense", "lists"))
    assert [dense.steps(0, 0, 0), dense.steps(0, 0, 1), dense.steps(0, 1, 1)] == [16, 24, 36]
    assert lists.steps(0, 0, 0) == lists.steps(0, 1, 1) == 36
    assert dense.whole_steps == 4 * (3 * 6 - 2) ** 2


def test_few_that_are_kept_make_lists_and_all_of_them_do_not() -> None:
    few = snn.Linear(pruned(2, 144, keep=9))
    assert memories(few, PhysicalLanes(2)).listed and memories(few, PhysicalLanes(2)).whole_steps == 16
    assert not memories(snn.Linear(np.ones((2, 144), np.int8)), PhysicalLanes(2)).listed


def test_a_group_without_weights_takes_one_step() -> None:
    synapse = snn.Linear(np.zeros((2, 144), np.int8))
    lists = memories(synapse, PhysicalLanes(1), "lists")
    assert lists.whole_steps == 2 and lists.rows.tolist() == [[0]] and lists.index == ((0, 0, 0),)


def test_one_gain_for_all_is_stored_once() -> None:
    assert len(memories(snn.AvgPool2d((2, 2), (2, 2), 3), PhysicalLanes(2)).rows) == 1
    assert len(memories(snn.AvgPool2d((2, 2), (2, 2), np.arange(1, 5)), PhysicalLanes(2)).rows) == 2


def test_behind_a_pool_a_kept_row_takes_a_step_for_each_value() -> None:
    synapse = snn.Conv2d(pruned(4, 4, 2, 2, keep=4))
    lists, dense = (memories(synapse, PhysicalLanes(2), name, (2, 3)) for name in ("lists", "dense"))
    assert lists.pool == (2, 3) and lists.counts == (4, 16)
    assert [lists.steps(group, 0, 0) for group in (0, 1)] == [4 * 6, 16 * 6] and dense.steps(0, 0, 0) == 16 * 6


def test_lists_that_cannot_be_are_refused() -> None:
    synapse, pool = snn.AvgPool2d((2, 2), (2, 2), 3), (1, 1)
    with pytest.raises(
        InvalidInput, match="expected the storage dense, dense codes in a MAC core, got 'lists'; try 'dense'"
    ):
        memories(synapse, PhysicalLanes(2), "lists", pool)
    assert not memories(synapse, PhysicalLanes(2), "dense", pool).listed


def test_codes_stand_for_the_weights_that_there_are() -> None:
    weights = np.array([[3, -7, 0, 3], [0, 3, 3, -7]], np.int8).repeat(36, axis=1)
    coded = memories(snn.Linear(weights), PhysicalLanes(2), "dense codes")
    assert coded.table.tolist() == [-7, 0, 3] and coded.code_bits == 2 and coded.weight_bits == 4
    assert (
        coded.bits == 144 * 2 * 2 + 2 * 3 * 4
        and memories(snn.Linear(weights), PhysicalLanes(2), "dense").bits == 144 * 2 * 4
    )
    assert not memories(snn.Linear(weights), PhysicalLanes(2)).coded
