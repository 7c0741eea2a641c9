"""Memories of block memories that are cut into columns: how wide these are, and the files that they begin with."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from spikewright.hardware.circuit.instances import ModuleInstance, read_instances
from spikewright.hardware.circuit.memories import MEMORIES, column_of, memory_style
from spikewright.hardware.circuit.module_memories import ModuleMemory
from spikewright.hardware.circuit.words import write_words
from spikewright.hardware.memory_columns import column_bits
from spikewright.hardware.placement import PlacingRule

_HEAD = re.compile(r"^(sw_\w+) #\((.*)\)\n    (\w+) \(", re.MULTILINE)


def with_columns(text: str, rule: PlacingRule, loads: bool = False) -> str:
    """The text of a circuit whose instances are told the columns of their memories; `loads`: these are filled at run time."""
    told: dict[str, str] = {}
    for one in read_instances(text):
        cut = [(memory.column, _bits(memory, rule, loads)) for memory in MEMORIES[one.module](one)]
        told[one.name] = "".join(f", .{parameter}({bits})" for parameter, bits in cut if bits)
    return _HEAD.sub(lambda found: f"{found[1]} #({found[2]}{told[found[3]]})\n    {found[3]} (", text)


def _bits(memory: ModuleMemory, rule: PlacingRule, loads: bool) -> int:
    """Bits of its columns: where it is deep (`column_bits`), or wide and written (`PlacingRule`); 0: left to synthesis."""
    if not memory.column or memory_style(memory, rule) != "blocks":
        return 0
    deep = column_bits(rule.shapes, memory.bits, memory.words)
    return deep or (rule.widest if memory.bits > rule.widest and (loads or memory.kind != "read") else 0)


def write_columns(text: str, folder: Path) -> None:
    """Write what each column of the memories in `folder` begins with: FILE.0000.mem has the lowest bits of the words of FILE."""
    for one, memory in _cut(text):
        file = one.parameters[memory.parameter]
        words = [int(word, 16) for word in (folder / str(file)).read_text().split()]
        for number, column in enumerate(columns_of(words, memory.bits, column_of(one, memory))):
            write_words(folder / f"{file}.{number:04d}.mem", column)


def _cut(text: str) -> Iterator[tuple[ModuleInstance, ModuleMemory]]:
    """The memories that have files, and columns."""
    for one in read_instances(text):
        for memory in MEMORIES[one.module](one):
            if memory.parameter and column_of(one, memory):
                yield one, memory


def columns_of(words: Sequence[int], bits: int, column: int) -> Iterator[list[str]]:
    """The parts of words of `bits` in columns, in hex; the lowest bits first.

    >>> list(columns_of([0b1101, 0b0110], bits=4, column=3))
    [['5', '6'], ['1', '0']]
    """
    for low in range(0, bits, column):
        here = min(column, bits - low)
        yield [f"{word >> low & ((1 << here) - 1):0{-(-here // 4)}x}" for word in words]
