"""Tables as the modules read them."""

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.mac.tables import mac_tables
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.words import hex_word
from tests.hardware.circuit.mac.test_memories import memories


def numbers(words: list[list[tuple[int, int]]]) -> list[list[int]]:
    """Fields without their widths."""
    return [[value for value, _ in word] for word in words]


def test_a_convolution_by_hand() -> None:
    """Two rows of lanes, a kernel of two rows and one column over 6 x 6: rows lie in turn in two banks."""
    found = memories(snn.Conv2d(np.arange(1, 9).reshape(1, 4, 2, 1).astype(np.int8)), PhysicalLanes(1, 2, 1), "dense")
    tables = mac_tables(found, (4, 6, 6))
    assert found.plane == 18 and found.half == 72
    assert numbers(tables["c"]) == [[0, 0], [18, 0], [36, 0], [54, 0]]
    assert numbers(tables["y"]) == [[0, 0, 1], [0, 1, 1], [6, 0, 1], [6, 1, 1], [12, 0, 1], [12, 1, 1]]
    assert numbers(tables["x"]) == [[column, 0, 1] for column in range(6)]
    assert numbers(tables["g"]) == [[0, 0, 4]]
    assert numbers(tables["by"]) == [[0, 2], [2, 2], [4, 2]]
    assert numbers(tables["w"]) == [[n] for n in range(1, 9)]
    # address of each bank, bank of each lane, valid of each lane, tap
    assert numbers(tables["t"])[:2] == [[0, 0, 0, 1, 1, 1, 0], [6, 0, 1, 0, 1, 1, 1]]
    assert numbers(tables["t"])[4:] == [[12, 0, 0, 0, 1, 0, 0], [0, 12, 1, 0, 1, 0, 1]]


def test_lists_name_the_row_of_weights_and_the_taps_add_nothing() -> None:
    weights = np.zeros((1, 4, 2, 1), np.int8)
    weights[0, 2, 1, 0], weights[0, 3, 0, 0] = 5, -7
    tables = mac_tables(memories(snn.Conv2d(weights), PhysicalLanes(1), "lists"), (4, 6, 6))
    assert numbers(tables["i"]) == [[72, 1, 0], [108, 0, 0]] and numbers(tables["w"]) == [[5], [-7]]
    assert {word[-1] for word in numbers(tables["t"])} == {0} and numbers(tables["g"]) == [[0, 0, 2]]


def test_rows_that_nothing_reads_are_not_kept() -> None:
    tables = mac_tables(memories(snn.AvgPool2d((2, 2), (3, 3), 1), PhysicalLanes(2), "dense"), (4, 6, 6))
    assert [word[2] for word in numbers(tables["y"])] == [1, 1, 0, 1, 1, 0]
    assert numbers(tables["c"]) == [[0, 0], [0, 1], [16, 0], [16, 1]]


def test_words_of_a_memory_are_equally_wide() -> None:
    tables = mac_tables(memories(snn.Conv2d(np.ones((3, 4, 3, 3), np.int8)), PhysicalLanes(2, 2, 2)), (4, 6, 6))
    for words in tables.values():
        assert len({len(hex_word(word)) for word in words}) == 1
