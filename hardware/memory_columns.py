"""How a memory of block memories falls into columns: what synthesis makes of it, or what the Verilog tells it to make."""

from functools import cache

Shapes = tuple[tuple[int, int], ...]
"""Modes of a block memory: bits, words; the widest first."""
Columns = tuple[tuple[int, int], ...]
"""Bits of each column, and the blocks in it."""
MOST_BELOW = 2
"""Blocks below each other that are read in time for a clock of 100 MHz on ECP5."""
MOST_MORE = 1.35
"""Blocks that a memory with fewer of them below each other may take, relative to the fewest that hold it."""


@cache
def block_columns(shapes: Shapes, width: int, depth: int, column: int = 0) -> Columns:
    """A memory of `width` bits and `depth` words as columns of blocks.

    column: bits of a column in the Verilog, the last one has what is left; each then is laid out in one mode. 0: synthesis
    chooses, and mixes modes for the fewest blocks.
    """
    if width < 1 or depth < 1:
        return ()
    if column:
        widths = [*[column] * (width // column), *([width % column] if width % column else [])]
        return tuple((bits, min(-(-bits // wide) * -(-depth // deep) for wide, deep in shapes)) for bits in widths)
    found = []
    for wide, deep in shapes:
        columns = ((min(wide, width), -(-depth // deep)),) * max(1, width // wide)
        left = width % wide if width > wide else 0
        found.append(columns + block_columns(shapes, left, depth))
    return min(found, key=lambda columns: (units_of(columns), sum(w * (n - 1) for w, n in columns)))


def units_of(columns: Columns) -> int:
    """Blocks of all columns."""
    return sum(units for _, units in columns)


def below_each_other(shapes: Shapes, columns: Columns, depth: int) -> tuple[tuple[int, int], ...]:
    """Of each of the columns of a memory of so many words its bits, and how many blocks lie below each other.

    >>> below_each_other(((18, 1024), (9, 2048)), ((18, 2), (5, 1)), 2000)
    ((18, 2), (5, 1))
    """
    found = []
    for bits, units in columns:
        fewest = [-(-depth // deep) for wide, deep in shapes if -(-bits // wide) * -(-depth // deep) == units]
        found.append((bits, min(fewest)))
    return tuple(found)


@cache
def column_bits(shapes: Shapes, width: int, depth: int) -> int:
    """Bits of the columns that the Verilog makes of a memory; 0: none, where its words fit into one of the two widest modes and
    no blocks need lie below each other. (Deeper ones Yosys 0.23 lays below each other where as many would do side by side.)

    Those of the fewest blocks in all, of modes with at most MOST_BELOW blocks below each other where one takes at most MOST_MORE
    times the blocks; else of the mode with the fewest below each other that does.
    """
    whole = block_columns(shapes, width, depth)
    if units_of(whole) <= 1 or (depth <= shapes[:2][-1][1] and max(units for _, units in whole) == 1):
        return 0
    found = [(deep, wide, block_columns(shapes, width, depth, wide)) for wide, deep in shapes]
    fewest = min(units_of(columns) for _, _, columns in found)
    near = [one for one in found if units_of(one[2]) <= MOST_MORE * fewest]
    flat = [one for one in near if depth <= MOST_BELOW * one[0]]
    if flat:
        return min(flat, key=lambda one: (units_of(one[2]), -one[0]))[1]
    return max(near)[1]
