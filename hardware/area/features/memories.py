"""Memories with what stands around them: banks of potentials, queues, counts, what a read-out keeps."""

from spikewright.hardware.area.features import registers
from spikewright.hardware.area.features.told import Features, Told, chain, table_memory
from spikewright.hardware.memory_columns import below_each_other, block_columns

FEW = 8
"""Bits of a memory from which on it lies in look-up tables that are memory, not in registers."""


def _when(condition: bool, features: Features, name: str = "") -> Features:
    return {f"{name}{key}": value * condition for key, value in features.items()}


def bank(told: Told) -> Features:
    """By its style: a register, look-up tables or block memories with forwarding over two cycles."""
    width, bits, style = told.WIDTH, told.BITS, told.STYLE
    found: Features = {}
    for number, name in enumerate(("register", "tables", "blocks")):
        found |= _when(style == number, {"1": 1.0, "width": width, "bits": bits}, f"{name} ")
    held = {0: width, 1: 3 * bits + 3 + 2 * width, 2: 3 * bits + 4 + 3 * width}[style]
    found |= {"registers": float(held)} | _when(style == 2, _below(told, width, told.ROWS))
    return found | _when(style == 1, table_memory(width, 1 << bits))


def _columns(told: Told, width: int, rows: int) -> tuple[tuple[int, int], ...]:
    """Of each column of a memory its bits, and its block memories below each other."""
    shapes = told.rule.shapes
    return below_each_other(shapes, block_columns(shapes, width, rows, told.column), rows)


def _below(told: Told, width: int, rows: int) -> Features:
    """Bits that are chosen among two block memories below each other; among more, once for each but the first."""
    columns = _columns(told, width, rows)
    pairs = sum(bits for bits, count in columns if count == 2)
    return {"pairs": float(pairs), "below": float(sum(bits * (count - 1) for bits, count in columns if count > 2))}


def _selecting(told: Told, width: int, rows: int) -> int:
    """Registers of the bits of an address by which they are chosen among."""
    return max((count - 1).bit_length() for _, count in _columns(told, width, rows))


def banks(told: Told) -> Features:
    """Addresses of banks, and whether what they hold is inside the map."""
    down, right, many = told.BANKS_Y > 1, told.BANKS_X > 1, told.banks
    addressed = many * told.R_BITS * (told.blocks > 1)
    return {
        "registers": 2.0 * many * (many > 1), "one": 1.0, "down": float(down), "right": float(right),
        "places": (many > 1) * many, "ry": down * told.RY_BITS, "rx": right * told.RX_BITS,
        "down addresses": (many - told.BANKS_X) * told.R_BITS * (told.blocks > 1),
        "right addresses": (many - told.BANKS_Y) * told.R_BITS * (told.blocks > 1),
        "addresses": addressed * (many > 1), "oy": down * told.BANKS_Y * told.OY_BITS,
        "ox": right * told.BANKS_X * told.OX_BITS,
        "seats": (told.SEAT > 0) * told.lanes * told.R_BITS, "seated": (told.SEAT > 0) * told.lanes * told.SEAT,
    }  # fmt: skip


def memo(told: Told) -> Features:
    """A memory that is read with a clock."""
    width, rows = told.WIDTH, told.ROWS
    few = 1 < rows and width * (1 << told.BITS if told.family in registers.SHIFTERS else rows) < FEW
    blocks = told.in_blocks(rows, width)
    tables = rows > 1 and not few and not blocks
    copies = 2 if rows == 1 else rows + 1 if few else int(tables)
    found = {"registers": float(width * copies), "few": few * rows * width, "1": float(tables)}
    return found | _when(tables, table_memory(width, 1 << told.BITS))


def fifo(told: Told) -> Features:
    """Look-up tables and two counters; deep ones lie in block memories, since what is read is registered there as well."""
    width, bits = told.WIDTH, told.BITS
    blocks = told.in_blocks(told.DEPTH, width)
    few = told.DEPTH == 2 and width <= (13 if told.family in registers.SHIFTERS else 10)
    kept = 2 * bits + 3 + width if blocks else 3 * bits + 2 + few * 2 * width
    found = {
        "registers": float(kept), "few": few * width, f"depth {bits}": 1.0, "width": width, "bits": bits, "1": 1.0,
        "blocks": float(blocks), "blocks width": blocks * width,
    }  # fmt: skip
    return found | _when(not blocks and not few, table_memory(width, told.DEPTH))


def held(told: Told) -> Features:
    """Currents: an addition for each lane, a memory, and forwarding."""
    lanes, rows = told.LANES, told.ROWS
    width = lanes * told.CURRENT
    blocks = told.in_blocks(rows, width)
    tables, late = rows > 1 and not blocks, told.LATE == 1
    kept = width * (1 + (not blocks) + (rows == 1) + late) + late + blocks * _selecting(told, width, rows)
    found: Features = {
        "registers": float(kept), "1": 1.0, "chosen": (told.LATE < 2) * width, "added": width,
        "one row": (rows == 1) * width,
    }  # fmt: skip
    found |= {key: lanes * value for key, value in chain(told.CURRENT).items()} | _when(
        blocks, _below(told, width, rows)
    )
    return found | _when(tables, table_memory(width, 1 << told.BITS))


def counts(told: Told) -> Features:
    """A walk over all neurons, and a memory of their counts."""
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    replays = float(told.REPLAY > 0)
    return {
        "registers": registers.counts(told),
        "1": 1.0, "place": place, "count": told.COUNT, "value": told.VALUE, "replays": replays,
        "replays place": replays * place,
        "steps": told.STEP_BITS, "last": float(told.REPLAY == 2), "signed": float(told.TIMES in (1, 3)),
    } | _when(not told.in_blocks(1 << place, told.COUNT), table_memory(told.COUNT, 1 << place))  # fmt: skip


def tally(told: Told) -> Features:
    """Logits in look-up tables that are read twice in a cycle."""
    place = told.C_BITS + told.Y_BITS + told.X_BITS
    found: Features = {
        "registers": registers.tally(told),
        "1": 1.0, "place": place, "logit": told.LOGIT, "value": told.VALUE, "first": float(told.FIRST),
        "first logit": told.FIRST * told.LOGIT, "times": float(told.TIMES > 0),
    }  # fmt: skip
    return found | {f"kept in {rows}": told.LOGIT * max(1.0, (1 << place) / rows) for rows in (16, 32, 64)}


def levels(told: Told) -> Features:
    """Potentials of a block that come down to the one that is asked for, and the walk over them."""
    lanes, blocks, potential = told.lanes, told.blocks, told.POTENTIAL
    width, many = lanes * potential, blocks > 1
    in_blocks = many and told.in_blocks(blocks, width)
    steps = sum((size - 1).bit_length() for size in (told.CHANNELS, told.BANKS_Y, told.BANKS_X))
    axes = (told.GROUPS > 1) + (told.BLOCKS_Y > 1) + (told.BLOCKS_X > 1)
    found: Features = {
        "registers": registers.levels(told, in_blocks), "1": 1.0, "block bits": many * told.R_BITS, "steps": steps,
        "channels": (told.GROUPS > 1) * told.R_BITS, "added": max(0, axes - 1) * told.R_BITS,
        "chosen": potential * (lanes - 1), "whole": potential * ((1 << steps) - 1),
        "five": potential * float(told.CHANNELS == 5),
    }  # fmt: skip
    return found | _when(many and not in_blocks, table_memory(width, 1 << told.R_BITS))


def step_delay(told: Told) -> Features:
    """A queue with counters of words and of steps."""
    tables = told.DEPTH <= 32
    found: Features = {
        "registers": registers.step_delay(told),
        "1": 1.0, "bits": told.BITS, "width": told.WIDTH, "steps": told.STEP_BITS, "delay": float(told.DELAY)
    }  # fmt: skip
    return found | _when(tables, table_memory(told.WIDTH, told.DEPTH))


def mac_bank(told: Told) -> Features:
    """A bank of activations."""
    tables = told.STYLE == 0
    found: Features = {"tables": float(tables), "width": told.WIDTH * tables, "bits": tables * told.BITS}
    return found | _when(tables, table_memory(told.WIDTH, told.DEPTH))
