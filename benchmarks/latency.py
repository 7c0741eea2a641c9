"""`latency`: one image at a time, the event engine and every other program on trained networks, in one run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.benchmark import Benchmark
from benchmarks.case import Case, load_case
from benchmarks.equality import Agreement, compare, event_answer
from benchmarks.peers import CONTENDERS
from benchmarks.timing import Run, take_turns
from benchmarks.tuning import tune
from spikewright import MissingTool, Table
from spikewright.snn import simulate

WANTED_TIMES = 3.0
"""The fastest library should need so many times as long."""
Images = NDArray[np.float32]


@dataclass(frozen=True)
class Latency(Benchmark):
    """Milliseconds of a call with one image, of the event engine and of every program that is there, taking turns.

    network: of the zoo.
    steps: of the run.
    repeats: turns of all programs.
    images: of a turn, one call each.
    without: who is left out.
    """

    version: ClassVar[int] = 1
    network: str = "small-digits"
    steps: int = 7
    repeats: int = 5
    images: int = 16
    without: tuple[str, ...] = ()

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        """One row for each program that is installed."""
        case = load_case(self.network, data, self.steps)
        images = case.images[: self.images]
        runs, told = {}, {}
        for name, kind, call, columns in (*_ours(case, images), *_others(case, images, self.without)):
            runs[name] = Run(partial(one_by_one, call, images), len(images))
            told[name] = {"kind": kind, **columns}
        speeds = take_turns(runs, self.repeats)
        milliseconds = {name: 1000.0 / speed.median for name, speed in speeds.items()}
        libraries = [milliseconds[name] for name in runs if told[name]["kind"] == "library" and told[name]["equal"]]
        for name, speed in speeds.items():
            yield {
                "network": case.name,
                "steps": case.network.steps,
                "runner": name,
                "milliseconds": milliseconds[name],
                "milliseconds_min": 1000.0 / speed.high,
                "milliseconds_max": 1000.0 / speed.low,
                "share_of_fastest_library": milliseconds[name] / min(libraries) if libraries else None,
                **told[name],
            }


def one_by_one(call: Callable[[Images], object], images: Images) -> None:
    """A call for each image."""
    for place in range(len(images)):
        call(images[place : place + 1])


def reaches_latency(table: Table) -> bool:
    """Whether fixed point needs a third of the fastest library's time at most, at every number of steps."""
    shares = table.where(runner="event fixed")["share_of_fastest_library"]
    return all(share is not None and share * WANTED_TIMES <= 1.0 for share in shares)


def _ours(case: Case, images: Images) -> Iterator[tuple[str, str, Callable[[Images], object], dict[str, Any]]]:
    for name, network in (("event float32", case.network), ("event fixed", case.fixed)):
        agreement = compare(event_answer(network, images, "reference"), event_answer(network, images))
        right = agreement.exact if network.numbers == "fixed" else agreement.within_rounding
        yield name, "event", partial(simulate, network), {"equal": right, "how": "against the reference engine"}


def _others(
    case: Case, images: Images, without: tuple[str, ...]
) -> Iterator[tuple[str, str, Callable[[Images], object], dict[str, Any]]]:
    expected = event_answer(case.network, images)
    for contender in CONTENDERS:
        if contender.name in without:
            continue
        try:
            neurons = contender.neurons()
        except MissingTool:
            continue
        tuned = tune(case.network, neurons, contender.plans((1,)), images)
        agreement: Agreement = compare(expected, tuned.runner.counts(images))
        columns = {"equal": agreement.within_rounding, "how": tuned.how, "version": contender.version}
        yield contender.name, "library" if contender.library else "torch", tuned.runner.logits, columns
