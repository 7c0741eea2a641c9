"""Cells that cost nothing, fail on demand, or go on from a checkpoint: what tests of runners run."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from spikewright import InvalidInput
from spikewright.experiments.runs.cells import Cell
from spikewright.experiments.runs.work import Rows, Work
from spikewright.experiments.stages.base import Stage

STAGE = "tests.experiments.runs.cheap:Cheap"


@dataclass(frozen=True)
class Cheap(Stage):
    """A number that depends on the settings, the seed, and the numbers that it reads.

    value: what it adds.
    steps: how often it counts, writing down where it is.
    fault: what goes wrong: "refused", "broken", "exit", "memory", "greedy" (memory is taken without end), "killed", or "once",
        where the first process is killed.
    """

    value: int = 0
    steps: int = 0
    fault: str = ""

    def run(self, work: Work) -> Rows:
        """One row, and a file with the number."""
        _write_down(work)
        _go_wrong(self.fault, work)
        read = sum(int((folder / "number.txt").read_text()) for folder in work.inputs.values())
        number = self.value + work.seed + read + _counted(self.steps, work)
        (work.folder / "number.txt").write_text(str(number))
        return {"numbers": [{"name": work.cell.name, "number": number}]}


def _write_down(work: Work) -> None:
    """One line for each time that a cell is begun: its name, and whether it was finished already."""
    if "log" in work.cell.place:
        again = (work.folder.parents[2] / "cells" / work.cell.folder).exists()
        with Path(work.cell.place["log"]).open("a") as log:
            log.write(f"{work.cell.name} {'again' if again else 'new'}\n")


def _go_wrong(fault: str, work: Work) -> None:
    if fault == "refused":
        raise InvalidInput("expected luck, got none; try again")
    if fault == "broken":
        raise KeyError("luck")
    if fault == "exit":
        raise SystemExit(3)
    if fault == "memory":
        raise MemoryError
    if fault == "greedy":
        taken = []
        while True:
            taken.append(b"x" * 50_000_000)
    if fault == "killed" or (fault == "once" and not work.checkpoint.exists()):
        work.checkpoint.mkdir(exist_ok=True)
        os.kill(os.getpid(), 9)


def _counted(steps: int, work: Work) -> int:
    """`steps`, counted one after the other from where a killed process was; how often it was counted here is in the folder."""
    place = work.checkpoint / "at.txt"
    start = int(place.read_text()) if place.is_file() else 0
    for step in range(start, steps):
        work.checkpoint.mkdir(exist_ok=True)
        temporary = place.with_suffix(".new")
        temporary.write_text(str(step + 1))
        temporary.replace(place)
    return steps


def cheap(name: str, *needs: Cell, seed: int = 0, **settings: object) -> Cell:
    """A cheap cell."""
    return Cell(STAGE, name, seed, {"settings": settings}, {f"need{n}": need for n, need in enumerate(needs)})


def chain(count: int, every: int = 5, steps: int = 0, log: str = "") -> list[Cell]:
    """`count` cells: each of `every` reads the one before it. log: a file in which each writes down that it is begun."""
    made: list[Cell] = []
    for number in range(count):
        needs = made[-1:] if number % every else []
        cell = cheap(f"c{number}", *needs, value=number, steps=steps)
        made.append(replace(cell, place={"log": log}) if log else cell)
    return made


def numbers(folder: Path) -> Iterator[tuple[str, bytes]]:
    """What the finished cells of a store say, without what they took: names and contents, sorted."""
    for place in sorted((folder / "cells").iterdir()):
        yield place.name, (place / "number.txt").read_bytes()
