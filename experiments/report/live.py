"""The page of a study while it runs: an observer that writes what is finished, and takes little of the time."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from spikewright.experiments.records.tables import write_tables
from spikewright.experiments.report.page import REPORT, reduced_result, render, write_page
from spikewright.experiments.report.sections import content
from spikewright.experiments.runs.cell_run import Observer, unseen
from spikewright.experiments.runs.state import RunState, read_states, rows_of_runs
from spikewright.experiments.studies.study import open_study, stored_of

APART_S = 30.0
SHARE = 0.05
"""The page is written at most so often, and takes at most this share of the time."""


@dataclass
class LiveReport:
    """An observer of a run in `folder`: the report without figures, at the start and then from time to time.

    A page that cannot be written stops no run: a warning says why. also: another observer, which is told first.
    """

    folder: Path
    also: Observer = unseen
    clock: Callable[[], float] = time.monotonic
    _next: float = field(default=float("-inf"), repr=False)

    def __call__(self, state: RunState) -> None:
        """Write the page, where the run goes on and it is time."""
        self.also(state)
        begun = self.clock()
        if state.ending != "running" or begun < self._next:
            return
        try:
            write_live(self.folder, state)
        except Exception as error:
            logging.getLogger("spikewright").warning("the report could not be written meanwhile: %s", error)
        ended = self.clock()
        self._next = ended + max(APART_S, (ended - begun) * (1 / SHARE - 1))


def write_live(folder: Path, state: RunState) -> Path:
    """Write the tables and the page of what is finished in `folder`, whose run stands as `state` says."""
    result = open_study(folder, replace(state))
    write_tables(result.store, stored_of(result.cells, result.store), rows_of_runs(read_states(result.store.runs)))
    path = folder / REPORT
    write_page(path, render(content(reduced_result(result), None, ())))
    return path
