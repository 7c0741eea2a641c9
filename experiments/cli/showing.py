"""Tables on the terminal: fitted to its width, the most telling columns first; in a pipe or with --wide all of them as text."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any

from spikewright import Table
from spikewright.experiments.cli.console import hidden, say
from spikewright.markup import digits

MARGIN = 2
"""Characters between two cells, one of which rich puts there itself."""
TEXT = 24
"""Longer texts may be broken into lines of at least so many characters."""
TELLING = (
    "layer", "population", "model", "network", "architecture", "perturbation", "strength", "accuracy", "fits", "lut",
    "latency_us", "fpga_energy_uj", "bram36", "dsp", "physical_neurons", "busy_cycles", "spikes", "spikes_per_neuron",
    "synaptic_operations", "low", "high", "note", "neurons",
)  # fmt: skip
"""Columns in the order in which people look for them; others follow as they stand in the table."""


def show(table: Table, *, wide: bool = False, places: Iterable[Any] = (), first: Sequence[str] = TELLING) -> None:
    """Print a table, its columns in the order of `first`.

    `places`: the files that it has been written to, which a line names where columns are left out.
    """
    if wide or not sys.stdout.isatty() or not len(table):
        say(table)
        return
    from rich.console import Console

    console = Console()
    chosen = fitting(table, console.width, first)
    with hidden():
        console.print(_laid_out(table, chosen))
    left = [name for name in table.columns if name not in chosen]
    if left:
        where = " and ".join(map(str, places))
        say(f"{len(chosen)} of {len(table.columns)} columns; --wide shows all" + (f", so has {where}" if where else ""))


def show_within(text: str, table: Table, *, wide: bool = False) -> None:
    """Print a text that has a table in it, fitted to the terminal where it is one."""
    before, found, after = text.partition(str(table))
    if not found or wide or not sys.stdout.isatty():
        say(text)
        return
    if before:
        say(before.rstrip("\n"))
    show(table, first=())
    if after:
        say(after.lstrip("\n"))


def fitting(table: Table, width: int, first: Sequence[str]) -> tuple[str, ...]:
    """The names of the columns that fit into `width` characters, those of `first` before others; one at least."""
    chosen: list[str] = []
    free = width
    for name in sorted(table.columns, key=lambda name: first.index(name) if name in first else len(first)):
        wanted = _width(table, name) + MARGIN
        if chosen and wanted > free:
            continue
        chosen.append(name)
        free -= wanted
    return tuple(chosen)


def _width(table: Table, name: str) -> int:
    """The least room that a column takes."""
    longest = max(map(len, map(digits, table[name])), default=0)
    return max(len(name), min(longest, TEXT) if _is_text(table[name]) else longest)


def _is_text(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) for value in values)


def _laid_out(table: Table, chosen: Sequence[str]) -> Any:
    from rich import box
    from rich.table import Table as Laid
    from rich.text import Text

    laid = Laid(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, MARGIN - 1, 0, 0), show_edge=False)
    for name in chosen:
        values = table[name]
        long = max(map(len, map(digits, values))) > TEXT
        laid.add_column(Text(name), justify="left" if _is_text(values) else "right", overflow="fold", no_wrap=not long)
    for row in table:
        laid.add_row(*(Text(digits(row[name])) for name in chosen))
    return laid
