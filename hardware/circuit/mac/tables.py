"""The words of all memories of a projection into a MAC layer, by the letters of their files."""

from collections.abc import Iterable, Mapping

import numpy as np

from spikewright.hardware.circuit.mac.axes import MacAxis
from spikewright.hardware.circuit.mac.memories import MacMemories
from spikewright.hardware.circuit.shapes import Map
from spikewright.hardware.circuit.words import Field, address_bits

Words = Iterable[list[Field]]


def mac_tables(memories: MacMemories, source: Map) -> Mapping[str, Words]:
    """Words as fields, the first lowest, for a projection that reads the map `source`.

    c, y, x: where a value lies in the buffer (`sw_mac_buffer`). g, by, bx: what a block has, by its group, its row and its
    column; i: the index of kept rows, of lists alone (`sw_mac_walk`). t, u: where the values of a row and of a column of taps
    are; w: the weights, where there are any, or their codes; v: what codes stand for (`sw_mac_source`).
    """
    found = {"c": _channels(memories, source[0])} | _places(memories, source) | _blocks(memories) | _taps(memories)
    if memories.reach.weighed:
        bits = memories.code_bits or memories.weight_bits
        words = np.searchsorted(memories.table, memories.rows) if memories.coded else memories.rows
        found["w"] = ([(value, bits) for value in row.tolist()] for row in words)
    if memories.coded:
        found["v"] = [[(value, memories.weight_bits)] for value in memories.table.tolist()]
    return found


def _channels(memories: MacMemories, count: int) -> Words:
    """{bank, address} of each channel: with a bank for each lane, channels lie as those of the target do."""
    banks, start = memories.channel_banks, memories.reach.start if memories.reach.one else 0
    at = [(start + c) // banks - start // banks for c in range(count)]
    bits = (memories.widths["A_BITS"], address_bits(banks))
    return [[(n * memories.plane, bits[0]), ((start + c) % banks, bits[1])] for c, n in enumerate(at)]


def _places(memories: MacMemories, source: Map) -> dict[str, Words]:
    """{kept, bank, address} of each row and of each column."""
    rows, columns, bits = memories.reach.rows, memories.reach.columns, memories.widths["A_BITS"]
    return {
        "y": [_place(rows, n, columns.depth, bits) for n in range(source[1])],
        "x": [_place(columns, n, 1, bits) for n in range(source[2])],
    }


def _place(axis: MacAxis, number: int, times: int, bits: int) -> list[Field]:
    stored, bank_bits = axis.stored.get(number), address_bits(axis.lanes)
    if stored is None:
        return [(0, bits), (0, bank_bits), (0, 1)]
    return [(stored.place * times, bits), (stored.bank, bank_bits), (1, 1)]


def _blocks(memories: MacMemories) -> dict[str, Words]:
    """{count, values, weights} of each group, {count, first} of each row and of each column of blocks, {column, row, values} of
    each kept row of weights."""
    reach, w, plane = memories.reach, memories.widths, memories.plane
    groups = zip(reach.groups, memories.bases, memories.counts, strict=True)
    found: dict[str, Words] = {
        "g": [
            [(base, w["W_BITS"]), (one.first * plane, w["A_BITS"]), (count, w["N_BITS"])] for one, base, count in groups
        ]
    }
    for what, axis, bits in (("by", reach.rows, ("T_BITS", "EY_BITS")), ("bx", reach.columns, ("U_BITS", "EX_BITS"))):
        blocks = zip(axis.starts, axis.blocks, strict=True)
        found[what] = [[(start, w[bits[0]]), (len(block), w[bits[1]])] for start, block in blocks]
    if memories.listed:
        places, (down, across) = memories.index, memories.pool
        found["i"] = [
            [(c * plane, w["A_BITS"]), (y * down, w["EY_BITS"]), (x * across, w["EX_BITS"])] for c, y, x in places
        ]
    return found


def _taps(memories: MacMemories) -> dict[str, Words]:
    """{tap, valid of each lane, bank of each lane, address of each bank} of each row and of each column of taps."""
    reach = memories.reach
    return {
        "t": _entries(memories, reach.rows, (reach.columns.depth, reach.taps[1])),
        "u": _entries(memories, reach.columns, (1, 1)),
    }


def _entries(memories: MacMemories, axis: MacAxis, times: tuple[int, int]) -> Words:
    """Places times `times[0]`; taps times `times[1]`, unless the index says which weights are met."""
    address, weight = memories.widths["A_BITS"], memories.widths["W_BITS"]
    words = []
    for entry in axis.entries:
        word = [(place * times[0], address) for place in axis.places(entry)]
        word += [(bank, address_bits(axis.lanes)) for bank in axis.banks(entry)]
        word += [(int(place is not None), 1) for place in entry.sources]
        words.append([*word, (0 if memories.listed else entry.tap * times[1], weight)])
    return words
