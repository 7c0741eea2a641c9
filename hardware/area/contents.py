"""What a read-only memory of look-up tables takes: that depends on what it holds; equal, constant and simple bits cost less.

A bit of all words is a function of the address, a whole number whose bit `a` is its value at address `a`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from spikewright.hardware.area.features.told import Features, Told, bits_of, table_memory
from spikewright.hardware.area.keys import lies_in_tables
from spikewright.hardware.memory_columns import Shapes, block_columns

Words = Callable[[str], Sequence[int]]
"""The words of a memory file by its name."""


@dataclass(frozen=True)
class TableColumns:
    """The different functions of `bits` address bits in a memory, but for those that are constant."""

    functions: tuple[int, ...]
    bits: int

    @classmethod
    def of(cls, words: Sequence[int], width: int, bits: int) -> "TableColumns":
        """Those of words, the first at address 0; what lies behind the last word makes no difference to anybody."""
        found = _columns(_filled(words, bits), width)
        return cls(tuple(sorted(found - {0, _ones(bits)})), bits)

    def features(self) -> Features:
        """What a law of look-up tables of four and of six inputs is made of."""
        return dict(_counted(self))


@lru_cache(maxsize=1 << 10)
def _counted(columns: TableColumns) -> Features:
    """The features of a table; equal tables, as those of several devices, are looked at once."""
    functions, bits = columns.functions, columns.bits
    supports = [len(support(one, bits)) for one in functions]
    found: Features = {
        "columns": float(len(functions)),
        "registers": float(len(functions)),
        "inverters": float(supports.count(1) - len(_wires(bits).intersection(functions))),
    }
    for inputs in (4, 6):
        leaves, choices = _nodes(functions, bits, inputs)
        found |= {f"leaves {inputs}": float(leaves), f"choices {inputs}": float(choices)}
    wide = {f"support {size}": float(supports.count(size)) for size in (5, 6)}
    return found | wide | {"support 7": float(sum(size > 6 for size in supports))}


def _filled(words: Sequence[int], bits: int) -> list[int]:
    """Words for all addresses: a half of which no word is told is like the other half, from pairs of words up."""
    found: list[int | None] = [*words, *[None] * ((1 << bits) - len(words))]
    for level in range(bits):
        size = 1 << level
        for start in range(size, 1 << bits, 2 * size):
            if found[start] is None:
                found[start : start + size] = found[start - size : start]
    return [word or 0 for word in found]


def _columns(words: Sequence[int], width: int) -> set[int]:
    """Each of the lowest `width` bits as a function of the address, different ones alone."""
    size, mask = -(-width // 8), (1 << width) - 1
    held = b"".join((word & mask).to_bytes(size, "little") for word in words)
    bits = np.unpackbits(np.frombuffer(held, np.uint8).reshape(len(words), size), axis=1, bitorder="little")
    packed = np.packbits(bits[:, :width].T, axis=1, bitorder="little")
    whole = np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))).view("<u8")
    if whole.shape[1] == 1:
        return set(np.unique(whole).tolist())
    return {int.from_bytes(one.tobytes(), "little") for one in whole}


@lru_cache(maxsize=1 << 16)
def support(function: int, bits: int) -> tuple[int, ...]:
    """Address bits that a function depends on."""
    return tuple(bit for bit in range(bits) if _cofactor(function, bits, bit, 0) != _cofactor(function, bits, bit, 1))


@cache
def _ones(bits: int) -> int:
    return (1 << (1 << bits)) - 1


@cache
def _wires(bits: int) -> frozenset[int]:
    return frozenset(_high(bits, bit) for bit in range(bits))


@cache
def _high(bits: int, bit: int) -> int:
    """The function that is an address bit itself."""
    block = ((1 << (1 << bit)) - 1) << (1 << bit)
    found, size = block, 1 << (bit + 1)
    while size < 1 << bits:
        found |= found << size
        size *= 2
    return found


def _cofactor(function: int, bits: int, bit: int, value: int) -> int:
    """The function where an address bit is `value`; it no longer depends on that bit."""
    high = _high(bits, bit)
    if value:
        part = function & high
        return part | part >> (1 << bit)
    part = function & (_ones(bits) ^ high)
    return part | part << (1 << bit)


def _nodes(functions: Sequence[int], bits: int, inputs: int) -> tuple[int, int]:
    """Different functions of at most so many inputs, and choices between two, that all functions are made of."""
    leaves, choices = set[int](), set[int]()
    waiting = list(functions)
    while waiting:
        one = waiting.pop()
        used = support(one, bits)
        if len(used) <= inputs:
            if len(used) > 1:
                leaves.add(one)
        elif one not in choices:
            choices.add(one)
            waiting += _halves(one, bits, used)
    return len(leaves), len(choices)


def _halves(function: int, bits: int, used: Sequence[int]) -> Iterator[int]:
    """Both halves by the address bit that leaves the least to depend on."""

    def left(bit: int) -> int:
        return sum(len(support(_cofactor(function, bits, bit, value), bits)) for value in (0, 1))

    best = min(reversed(used), key=left)
    return iter((_cofactor(function, bits, best, 0), _cofactor(function, bits, best, 1)))


def rom(parameters: Mapping[str, int | str], words: Words, shapes: Shapes) -> Features:
    """Features of a `sw_rom`: constants in look-up tables, tables that can be loaded, or block memories of `shapes`."""
    told = Told(parameters)
    if not lies_in_tables(told.DEPTH, told.WIDTH):
        columns = block_columns(shapes, told.WIDTH, told.DEPTH, told.column)
        deepest = max(units for _, units in columns)
        chosen = sum(bits * (units - 1) for bits, units in columns)
        units = float(bits_of(deepest - 1))
        return {"chosen": float(chosen), "units": units, "registers units": units}
    if told.LOADED:
        found = {"loaded": 1.0, "loaded width": told.WIDTH, "registers loaded": float(told.WIDTH)}
        if told.DEPTH == 1:
            return found | {f"one of {bits}": float(-(-told.WIDTH // bits)) for bits in (4, 8)}
        return found | {f"loaded {name}": value for name, value in table_memory(told.WIDTH, told.DEPTH).items()}
    return TableColumns.of(words(told.word("FILE")), told.WIDTH, told.BITS).features()


def codebook(parameters: Mapping[str, int | str], words: Words) -> Features:
    """Features of a `sw_codebook`: a table of its own for each lane."""
    told = Told(parameters)
    if told.MEMORY:
        return _written_codebook(told.COUNT, told.ENTRIES, told.WEIGHT)
    columns = TableColumns.of(words(told.word("FILE")), told.WEIGHT, told.CODE).features()
    return {f"each {name}": value * told.COUNT for name, value in columns.items()}


def _written_codebook(count: int, entries: int, weight: int) -> Features:
    """A table for each lane; of registers, read by all lanes, where that takes fewer bits than tables take look-up tables."""
    fours, sixes = -(-weight // 4) * -(-entries // 16), -(-weight // 6) * -(-entries // 32)
    tables = 4 * count * fours <= entries * weight
    chosen = 0 if tables else count * weight
    return {
        "loaded": 1.0, "fours": float(tables * count * fours), "sixes": float(tables * count * sixes),
        "written": float((not tables) * entries), "chosen": float(chosen * (entries - 1)),
        "chosen of 4": float(chosen * -(-(entries - 1) // 3)), "registers": float((not tables) * entries * weight),
    }  # fmt: skip
