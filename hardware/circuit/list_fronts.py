"""A front that takes the rows of weights of a list: its tables, and what `sw_list_front` is told."""

from collections.abc import Iterator

from spikewright.hardware.circuit.axes import Axis
from spikewright.hardware.circuit.front_layouts import FrontLayout
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.circuit.words import Field, MemorySink, address_bits, hex_word
from spikewright.hardware.model.bit_widths import signed_bits


def store_list_tables(store: MemorySink, layout: FrontLayout) -> None:
    """What an event does by its channel, its row and its column, where its rows go, and where each list begins if there are."""
    found, rows = layout.found, layout.rows
    apart = _apart(layout)[0]
    by_channel = [
        [(c * apart, _list_bits(layout)), (int(found.first[c]), layout.bits.block), (int(found.lane[c]), layout.lane)]
        for c in range(len(found.first))
    ]
    begins = (zip(one, rows.list_bits, strict=True) for one in rows.lists.reshape(-1, 2).tolist())
    words = (by_channel, _axis(layout, 0), _axis(layout, 1), _places(rows), begins)
    for what, table in zip("cyxp" if rows.each else "cyxpl", words, strict=False):
        store(layout.file(what), map(hex_word, table))


def _places(rows: StoredRows) -> Iterator[list[Field]]:
    """Where each row goes; packed, the channel of each lane too."""
    seats = rows.seats.tolist() if len(rows.seats) else [[]] * len(rows.places)
    for place, seated in zip(rows.places.tolist(), seats, strict=True):
        yield [*zip(place, rows.place_bits, strict=True), *((seat, rows.seat_bits) for seat in seated)]


def _list_bits(layout: FrontLayout) -> int:
    return layout.address if layout.rows.each else address_bits(layout.rows.lists.size // 2)


def _apart(layout: FrontLayout) -> tuple[int, int, int]:
    """From one channel to the next, and from the number of a row and of a column to the next: lists, or rows of weights."""
    rows, columns = layout.rows, len(layout.found.columns.order)
    channels = len(layout.found.weights)
    if rows.each:
        return len(rows.weights) // channels if channels > 1 else 0, columns * rows.each, rows.each
    stretches, chains = rows.lists.shape[1:3]
    return stretches * chains if channels > 1 else 0, 1 if rows.outer else chains, chains if rows.outer else 1


def _walk(layout: FrontLayout, number: int, tiles: int) -> list[Field]:
    """What a table says in addition where each tile has as many rows, of an event that reaches so many tiles."""
    each, skipped = layout.rows.each, len(layout.found.columns.order) - tiles
    if not each:
        return []
    if number == 0:
        return [(tiles, layout.tiles)]
    return [(tiles * each, layout.rows.list_bits[1]), (skipped * each + 1, layout.address)]


def _axis(layout: FrontLayout, number: int) -> list[list[Field]]:
    """The words of the rows (0) or columns (1) of the source."""
    axis, apart = (layout.found.rows, layout.found.columns)[number], _apart(layout)[1 + number]
    numbers = [one.first for one in axis.entries] if layout.rows.each else layout.rows.numbers(number)
    blocks = layout.blocks.groups * (layout.blocks.columns if number == 0 else 1)
    return [
        [
            (at * apart, _list_bits(layout)),
            ((entry.block - entry.before * axis.stride) * blocks, layout.bits.block),
            (int(entry.tiles == 0), 1),
            (entry.inside, layout.bits.inside[number]),
            (entry.block - entry.before * axis.stride, _tile_bits(layout, axis)),
            *_walk(layout, number, entry.tiles),
        ]
        for entry, at in zip(axis.entries, numbers, strict=True)
    ]


def _tile_bits(layout: FrontLayout, axis: Axis) -> int:
    """Bits of a row or column of blocks that a tile of a chain begins in, with a sign, however far outside the map."""
    first = [entry.block - entry.before * axis.stride for entry in axis.entries]
    most = max(len(axis.chain(n)) for n in range(len(axis.starts))) * axis.stride
    return signed_bits([min(first, default=0), max(first, default=0) + most, axis.blocks]) + 1


def list_parameters(layout: FrontLayout) -> dict[str, int | str]:
    """What `sw_list_front` is told beside the widths that all fronts have."""
    found, rows = layout.found, layout.rows
    tile_row, tile_column, group = rows.place_bits
    told: dict[str, int | str] = (
        {"EACH": rows.each, "TILE_BITS": layout.tiles} if rows.each else {"LISTS": rows.lists.size // 2}
    )
    told |= {
        "LIST_BITS": _list_bits(layout),
        "COUNT_BITS": rows.list_bits[1],
        "ROWS": layout.depth,
        "ROW_BITS": tile_row,
        "COLUMN_BITS": tile_column,
        "GROUP_BITS": group,
        "DOWN": layout.down,
        "ACROSS": layout.across,
        "STRIDE_Y": found.rows.stride,
        "STRIDE_X": found.columns.stride,
        "BLOCKS_Y": found.rows.blocks,
        "BLOCKS_X": found.columns.blocks,
        "LOWEST_Y": int(found.rows.banks > 1),
        "LOWEST_X": int(found.columns.banks > 1),
        "TY_BITS": _tile_bits(layout, found.rows),
        "TX_BITS": _tile_bits(layout, found.columns),
        "CHANNELS": layout.blocks.lanes.channels,
        "BANKS_Y": layout.blocks.lanes.rows,
        "BANKS_X": layout.blocks.lanes.columns,
        "SEAT": rows.seat_bits,
        "SEATS": layout.bits.seats,
        "PLACE_FILE": layout.file("p"),
    }
    return told if rows.each else told | {"LIST_FILE": layout.file("l")}
