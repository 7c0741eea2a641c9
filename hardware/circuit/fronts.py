"""A projection in Verilog: its front with three tables, its memory of weights, and what a lane adds."""

from dataclasses import dataclass

import numpy as np

from spikewright.hardware.circuit.reaches import Reach, reach
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks, as_map
from spikewright.hardware.circuit.verilog import instance, part, wire
from spikewright.hardware.circuit.words import address_bits, hex_word, write_words
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.snn import Population, Projection


@dataclass(frozen=True)
class PassBits:
    """Widths of what a pass says; all fronts of a layer share them.

    `block`: of a block's number, which has a sign; `inside`: of the place in a block, along rows and columns; `rows`, `columns`:
    of a row and a column of blocks, with a sign; `tap`: of what a lane adds.
    """

    block: int
    inside: tuple[int, int]
    rows: int
    columns: int
    tap: int

    @classmethod
    def of(cls, circuit: Circuit, population: Population) -> "PassBits":
        """Those of a layer."""
        blocks = circuit.blocks(population)
        inside = (address_bits(blocks.lanes.rows), address_bits(blocks.lanes.columns))
        rows, columns = blocks.rows.bit_length() + 2, blocks.columns.bit_length() + 2
        return cls(address_bits(blocks.count) + 2, inside, rows, columns, circuit.accumulator_bits(population))


@dataclass(frozen=True, eq=False)
class FrontLayout:
    """A projection's number and record, what it reaches, and its widths."""

    number: int
    projection: Projection
    blocks: LayerBlocks
    found: Reach
    bits: PassBits

    @property
    def depth(self) -> int:
        """Rows of weights."""
        return int(np.prod(self.found.weights.shape[:4]))

    @property
    def weight_bits(self) -> int:
        """Bits of a weight."""
        return max(2, signed_bits(self.found.weights))

    @property
    def row_bits(self) -> int:
        """Bits of a row of weights."""
        return int(self.found.weights.shape[4]) * self.weight_bits

    @property
    def address(self) -> int:
        """Bits of the number of a row of weights."""
        return address_bits(self.depth)

    @property
    def lane(self) -> int:
        """Bits of the number of a channel lane."""
        return address_bits(self.blocks.lanes.channels)

    @property
    def tiles(self) -> int:
        """Bits of a count of tiles."""
        return max(1, self.found.rows.most.bit_length(), self.found.columns.most.bit_length())

    @property
    def next_column(self) -> int:
        """Blocks from the last group of a tile to the first of the tile beside it."""
        return self.found.columns.stride * self.blocks.groups - (self.found.groups - 1)

    def file(self, what: str) -> str:
        """A memory's file: c, y, x or w."""
        return f"q{self.number:02d}_{what}.mem"


def front(circuit: Circuit, number: int, projection: Projection) -> str:
    """The Verilog of a projection from its queue to its taps; its memories are written."""
    population = circuit.network.by_name[projection.target]
    blocks = circuit.blocks(population)
    found = reach(circuit.network, projection, blocks)
    layout = FrontLayout(number, projection, blocks, found, PassBits.of(circuit, population))
    _write_tables(circuit, layout)
    rows = found.weights.reshape(layout.depth, -1)
    words = [hex_word((value, layout.weight_bits) for value in row) for row in rows]
    write_words(circuit.folder / layout.file("w"), words)
    return "\n".join((_wires(circuit, layout), _front(circuit, layout), _weights(circuit, layout)))


def _write_tables(circuit: Circuit, layout: FrontLayout) -> None:
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
        write_words(circuit.folder / layout.file(what), words)


def _wires(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits = layout.number, layout.bits
    lines = [wire(f"f{k}_event", circuit.event_bits(layout.projection.source))]
    lines += [wire(f"{name}{k}_{what}") for name, whats in _SINGLE.items() for what in whats]
    widths = {
        "weights": layout.address,
        "block": bits.block,
        "lane": layout.lane,
        "oy": bits.inside[0],
        "ox": bits.inside[1],
        "ry": bits.rows,
        "rx": bits.columns,
        "value": circuit.value_bits(layout.projection.source),
    }
    lines += [wire(f"p{k}_{what}", width) for what, width in widths.items()]
    lines += [wire(f"t{k}_taps", layout.blocks.lanes.count * bits.tap)]
    return "\n".join(lines)


_SINGLE = {"f": ("valid", "ready"), "q": ("ready",), "p": ("valid", "ready", "empty", "token", "resume", "adds")}


def _front(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits, source = layout.number, layout.bits, layout.projection.source
    sizes = as_map(circuit.network.by_name[source].shape)
    coordinates, value = circuit.coordinate_bits(source), circuit.value_bits(source)
    parameters: dict[str, int | str] = {}
    for axis, size, width in zip("CYX", sizes, coordinates, strict=True):
        parameters |= {f"{axis}_SIZE": size, f"{axis}_BITS": width, f"{axis}_FILE": layout.file(axis.lower())}
    parameters |= {
        "VALUE": value,
        "W_BITS": layout.address,
        "S_BITS": bits.block,
        "LANE_BITS": layout.lane,
        "GROUPS": layout.found.groups,
        "GROUP_BITS": address_bits(layout.found.groups),
        "TILE_BITS": layout.tiles,
        "OY_BITS": bits.inside[0],
        "OX_BITS": bits.inside[1],
        "RY_BITS": bits.rows,
        "RX_BITS": bits.columns,
        "NEXT_COLUMN": layout.next_column,
    }
    ports = {"rst": "rst", "event_valid": f"f{k}_valid", "event_ready": f"f{k}_ready", "event_token": f"f{k}_event[0]"}
    low = 1
    for name, width in zip(("c", "y", "x", "value"), (*coordinates, value), strict=True):
        ports[f"event_{name}"] = part(f"f{k}_event", low, width)
        low += width
    ports |= {"token": f"p{k}_token", "resume": f"p{k}_resume"}
    said = ("valid", "ready", "empty", "weights", "block", "lane", "oy", "ox", "ry", "rx", "value")
    ports |= {f"pass_{what}": f"p{k}_{what}" for what in said}
    return instance("sw_front", f"front{k}", parameters, ports)


def _weights(circuit: Circuit, layout: FrontLayout) -> str:
    k, bits, lanes = layout.number, layout.bits, layout.blocks.lanes
    once, value = circuit.once(layout.projection.source), circuit.value_bits(layout.projection.source)
    parameters: dict[str, int | str] = {
        "CHANNELS": lanes.channels,
        "BANKS_Y": lanes.rows,
        "BANKS_X": lanes.columns,
        "WEIGHT": layout.weight_bits,
        "VALUE": value,
        "TIMES": 2 if once else 0,
        "TAP": bits.tap,
        "SHIFT": layout.projection.shift,
        "ONE_CHANNEL": int(layout.found.one_channel),
        "ROW": layout.row_bits,
        "LANE_BITS": layout.lane,
        "OY_BITS": bits.inside[0],
        "OX_BITS": bits.inside[1],
        "DEPTH": layout.depth,
        "W_BITS": layout.address,
        "FILE": layout.file("w"),
    }
    ports = {"adds": f"p{k}_adds", "address": f"p{k}_weights", "taps": f"t{k}_taps"}
    ports |= {what: f"p{k}_{what}" for what in ("lane", "oy", "ox", "value")}
    return instance("sw_synapse", f"synapse{k}", parameters, ports)
