"""The names that `--help` lists: those of every table, with a line each, from the catalogue of the tables."""

import shutil
from collections.abc import Iterable, Iterator
from textwrap import wrap

from spikewright.experiments.cli.catalogue import entries_by_table

NARROWEST = 40
OWN = {
    "data set": "or your own FILE.npz or package.module:function",
    "device": "or your own as package.module:object",
    "model": "or your own as package.module:factory",
    "network": "",
    "stage": "or your own as package.module:Class",
}
"""What a user may give instead of a name; of other tables a class."""


def width() -> int:
    """The columns of the terminal, less a margin as argparse has it."""
    return max(NARROWEST, shutil.get_terminal_size().columns - 2)


def listed(nouns: Iterable[str]) -> str:
    """The names of these tables, a paragraph for each table; lines that are too long go on below their text."""
    return "\n\n".join("\n".join(_lines(noun)) for noun in nouns)


def tables() -> tuple[str, ...]:
    """The tables that have names to choose from, by what one of them is called."""
    return tuple(noun for noun in entries_by_table() if noun != "training")


def _lines(noun: str) -> Iterator[str]:
    entries = entries_by_table()[noun]
    own = OWN.get(noun, "or your own as package.module:Class")
    yield from wrap(f"{noun}s{', ' if own else ''}{own}:", width())
    indent = max(len(entry.name) for entry in entries) + 4
    for entry in entries:
        yield from wrap(
            f"  {entry.name}".ljust(indent) + entry.summary,
            width(),
            subsequent_indent=" " * indent,
            break_on_hyphens=False,
        )
