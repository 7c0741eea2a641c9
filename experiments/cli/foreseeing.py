"""`spikewright study FILE --dry-run`: what would be made, which of it is stored, and what the rest may take, for people."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from spikewright import Table
from spikewright.experiments.cli.console import say
from spikewright.experiments.cli.memory import memory_bytes
from spikewright.experiments.cli.showing import show
from spikewright.experiments.runs.standing import time_told

if TYPE_CHECKING:
    from spikewright.experiments.studies.forecasts import Forecast, ForeseenCell, Outlook

MOST_CELLS = 40
"""So many cells are listed one by one; of more, each stage has a line."""
NAMES = 3
MB = 2**20
UNKNOWN = "no earlier cell"


def tell(found: "Forecast", where: object, workers: int | None) -> None:
    """Print a forecast. `workers`: cells that are made at once; None where nobody knows, as with another's scheduler."""
    stored = len(found.cells) - len(found.to_make)
    say(
        f"cells   {len(found.cells):,}, of which {stored:,} are stored and {len(found.to_make):,} would be made in {where}"
    )
    if found.points:
        then = f"; what they measure says which {found.more:,} follow" if found.more else ", all that would be tried"
        say(f"search  these are the cells of {found.points:,} points{then}")
    for line in (*_times(found, workers), *_memory(found, workers or 1)):
        say(line)
    say()
    show(Table.of(_stages(found)), first=())
    if len(found.cells) <= MOST_CELLS:
        say()
        show(Table.of(map(_cell, found.cells)), first=())
    say("\nnothing was run or written: this was a dry run")


def _times(found: "Forecast", workers: int | None) -> Iterator[str]:
    if len(found.unknown) < len(found.to_make):
        work, chain = time_told(found.work_seconds), time_told(found.chain_seconds)
        told = f"about {time_told(found.seconds(workers))} with {_workers(workers)}, " if workers else ""
        yield f"time    {told}{work} of work, {chain} at least, since cells wait for others"
    if found.unknown:
        stages = dict.fromkeys(each.cell.stage for each in found.unknown)
        yield f"time    of {len(found.unknown):,} cells not known: {UNKNOWN} of {', '.join(stages)} in this folder"


def _memory(found: "Forecast", at_once: int) -> Iterator[str]:
    machine = memory_bytes() / MB
    one, all_of_them = found.most_memory_mb(1), found.most_memory_mb(at_once)
    if one:
        together = f", {all_of_them:,.0f} MB in {at_once} at once" if at_once > 1 else ""
        yield f"memory  {one:,.0f} MB at most in one cell{together}, of the {machine:,.0f} MB of this machine"
    for each in found.to_make:
        if each.outlook and each.outlook.memory_mb > machine:
            yield f"memory  {each.cell.label} does not fit: {each.outlook.memory_mb:,.0f} MB"
    if one <= machine < all_of_them:
        fitting = next(count for count in range(at_once, 0, -1) if found.most_memory_mb(count) <= machine)
        yield f"memory  {at_once} cells at once may not fit; try --workers {fitting}"


def _stages(found: "Forecast") -> Iterator[dict[str, object]]:
    for stage, cells in found.stages():
        made = [each for each in cells if each.to_make]
        known = [each.outlook for each in made if each.outlook]
        names = list(dict.fromkeys(each.cell.name for each in cells))
        more = f", {len(names) - NAMES:,} more" if len(names) > NAMES else ""
        needs = dict.fromkeys(need.stage for each in cells for need in each.cell.needs.values())
        yield {
            "stage": stage,
            "cells": len(cells),
            "stored": len(cells) - len(made),
            "needs": ", ".join(needs),
            "time": _total(made, known),
            "memory": f"{max(each.memory_mb for each in known):,.0f} MB" if known else "",
            "names": ", ".join(names[:NAMES]) + more,
        }


def _total(made: list["ForeseenCell"], known: list["Outlook"]) -> str:
    if not made:
        return ""
    told = time_told(sum(each.seconds for each in known)) if known else ""
    unknown = f"{len(made) - len(known):,} with {UNKNOWN}" if len(known) < len(made) else ""
    return ", ".join(part for part in (told, unknown) if part)


def _cell(each: "ForeseenCell") -> dict[str, object]:
    outlook = each.outlook if each.to_make else None
    unknown = UNKNOWN if each.to_make else ""
    return {
        "cell": each.cell.label,
        "needs": ", ".join(f"{need.stage} {need.name}" for need in each.cell.needs.values()),
        "standing": each.standing,
        "time": time_told(outlook.seconds) if outlook else unknown,
        "memory": f"{outlook.memory_mb:,.0f} MB" if outlook else "",
    }


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count} workers"
