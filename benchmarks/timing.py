"""Wall-clock time of several programs that take turns, so that whatever else the machine does hits them alike."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Run:
    """Something to time: `call()` does `units` of work (images, mostly)."""

    call: Callable[[], object]
    units: int


@dataclass(frozen=True)
class Speed:
    """Units per second: the median of all repeats, the lowest and the highest."""

    median: float
    low: float
    high: float

    def columns(self, unit: str = "images") -> dict[str, float]:
        """For a row of a table."""
        return {f"{unit}_per_s": self.median, f"{unit}_per_s_min": self.low, f"{unit}_per_s_max": self.high}


def take_turns(runs: Mapping[str, Run], repeats: int) -> dict[str, Speed]:
    """Call each run once unmeasured, then all of them in turn, `repeats` times."""
    for run in runs.values():
        run.call()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            seconds[name].append(stopwatch(run.call))
    return {name: _speed(run.units, seconds[name]) for name, run in runs.items()}


def fastest(call: Callable[[], object], repeats: int = 2) -> float:
    """Seconds of the fastest of `repeats` calls after one that does not count."""
    call()
    return min(stopwatch(call) for _ in range(repeats))


def stopwatch(call: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _speed(units: int, seconds: list[float]) -> Speed:
    rates = units / np.asarray(seconds)
    return Speed(float(np.median(rates)), float(rates.min()), float(rates.max()))
