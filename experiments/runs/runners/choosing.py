"""Which runner is meant: this process, processes of this machine, a Dask cluster made here, or one that is there already."""

import re

from spikewright import InvalidInput, Progress, silent
from spikewright.experiments.runs.runners.base import Runner
from spikewright.experiments.runs.runners.here import HereRunner
from spikewright.experiments.runs.runners.processes import ProcessRunner
from spikewright.experiments.runs.threads import share

ADDRESS = r"(tcp|tls)://([\w.-]+|\[[0-9a-fA-F:.%]+\]):(\d{1,5})"
LAST_PORT = 65535


def runner_for(
    workers: int = 1, *, dask: int | None = None, scheduler: str | None = None, progress: Progress = silent
) -> Runner:
    """Where cells run: this process for one worker, so many processes for several, or Dask where that is asked for.

    dask: workers of a cluster that is made here, 0 for as many as there is work for, up to the processors. scheduler: the address
    of one that runs, such as "tcp://127.0.0.1:8786". progress: hears of the stages inside cells that run in this process.
    Raises InvalidInput for fewer than one worker, more than one of the three, and a scheduler that does not answer; MissingTool
    without the package distributed.
    """
    given = (
        [f"{workers} workers"] * (workers != 1)
        + ["dask"] * (dask is not None)
        + ["scheduler"] * (scheduler is not None)
    )
    if len(given) > 1:
        raise InvalidInput(f"expected one of workers, dask and scheduler, got {' and '.join(given)}; try one of them")
    if workers < 1:
        raise InvalidInput(f"expected at least 1 worker, got {workers}")
    if dask is None and scheduler is None:
        return HereRunner(progress) if workers == 1 else ProcessRunner(workers)
    return _on_dask(dask, scheduler)


def at_once(workers: int = 1, *, dask: int | None = None, scheduler: str | None = None) -> int | None:
    """How many cells are made at once at most where `runner_for` would make them; None for another's scheduler."""
    return None if scheduler is not None else workers if dask is None else dask or processors()


def _on_dask(workers: int | None, scheduler: str | None) -> Runner:
    from spikewright.experiments.runs.runners.dask import DaskRunner

    if scheduler is not None:
        return DaskRunner(_address(scheduler))
    return DaskRunner(workers=workers or processors(), adaptive=not workers)


def processors() -> int:
    """How many processors this process may use."""
    return share(1)


def _address(text: str) -> str:
    """The address of a scheduler. Raises InvalidInput for what is none."""
    found = re.fullmatch(ADDRESS, text)
    if found is None or not 1 <= int(found[3]) <= LAST_PORT:
        raise InvalidInput(f"expected a scheduler as tcp://HOST:PORT, got {text!r:.60}; try tcp://127.0.0.1:8786")
    return text
