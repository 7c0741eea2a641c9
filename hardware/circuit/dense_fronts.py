"""A front that takes every row of weights: its tables, and its instance of `sw_front`."""

from spikewright.hardware.circuit.front_layouts import FrontLayout
from spikewright.hardware.circuit.words import MemorySink, address_bits, hex_word


def store_dense_tables(store: MemorySink, layout: FrontLayout) -> None:
    """What an event does by its channel, its row and its column: see `sw_front`."""
    found, blocks, bits, address = layout.found, layout.blocks, layout.bits, layout.address
    columns, groups = len(found.columns.order), found.groups
    place = len(found.rows.order) * columns * groups if len(found.weights) > 1 else 0
    down = blocks.columns * blocks.groups
    by_channel = [
        hex_word([(c * place, address), (int(found.first[c]), bits.block), (int(found.lane[c]), layout.lane)])
        for c in range(len(found.first))
    ]
    by_row = [
        hex_word(
            [
                (one.first * columns * groups, address),
                (one.block * down, bits.block),
                (one.tiles, layout.tiles),
                (one.inside, bits.inside[0]),
                (one.block, bits.rows),
            ]
        )
        for one in found.rows.entries
    ]
    by_column = [
        hex_word(
            [
                (one.first * groups, address),
                (one.block * blocks.groups, bits.block),
                (one.tiles, layout.tiles),
                ((columns - one.tiles) * groups + 1, address),
                (
                    found.rows.stride * down - (one.tiles - 1) * found.columns.stride * blocks.groups - groups + 1,
                    bits.block,
                ),
                (one.inside, bits.inside[1]),
                (one.block, bits.columns),
            ]
        )
        for one in found.columns.entries
    ]
    for what, words in (("c", by_channel), ("y", by_row), ("x", by_column)):
        store(layout.file(what), words)


def dense_parameters(layout: FrontLayout) -> dict[str, int | str]:
    """What `sw_front` is told beside the widths that all fronts have."""
    return {
        "GROUPS": layout.found.groups,
        "GROUP_BITS": address_bits(layout.found.groups),
        "TILE_BITS": layout.tiles,
        "NEXT_COLUMN": layout.across - (layout.found.groups - 1),
    }
