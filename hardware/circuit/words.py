"""Words of memories as hardware reads them: hex, fields side by side."""

from collections.abc import Callable, Iterable
from pathlib import Path

Field = tuple[int, int]
"""A number and the bits that it takes; two's complement where it is negative."""
MemorySink = Callable[[str, Iterable[str]], None]
"""Takes the memories of a circuit: the name of a file, and its words in hex, which are made as they are asked for, once."""


def address_bits(count: int) -> int:
    """The bits of a number below `count`; at least one.

    >>> [address_bits(count) for count in (1, 2, 3, 4, 5)]
    [1, 1, 2, 2, 3]
    """
    return max(1, (count - 1).bit_length())


def hex_word(fields: Iterable[Field]) -> str:
    """One word with the first field lowest.

    >>> hex_word([(-1, 4), (2, 4)])
    '2f'
    """
    told = [f"{int(value) & ((1 << bits) - 1):0{bits}b}" for value, bits in fields if bits]
    word = "".join(reversed(told))
    return f"{int(word or '0', 2):0{-(-len(word) // 4)}x}"


def write_words(path: Path, words: Iterable[str]) -> None:
    """A file for $readmemh. The last line ends like the others: Verilator 5.006 drops a last word that does not."""
    path.write_text("".join(f"{word}\n" for word in words))
