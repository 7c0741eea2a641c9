"""`peers`: the event engine against every other program on trained networks, in one run: speed, equality, work, accuracy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from benchmarks.benchmark import Benchmark
from benchmarks.case import Case, load_case
from benchmarks.dense import Dense
from benchmarks.dense_plan import Plan
from benchmarks.entries import Entry, Sizes, accuracy_of, agreement_columns, work_columns
from benchmarks.equality import Agreement, compare, event_answer, same_law
from benchmarks.integers import integer_entries
from benchmarks.orientation import orientation_entries
from benchmarks.peers import CONTENDERS, Contender
from benchmarks.timing import Run, Speed, take_turns
from benchmarks.tuning import tune
from spikewright import MissingTool
from spikewright.snn import simulate

LAW_IMAGES = 16
TUNING_IMAGES = 64


@dataclass(frozen=True)
class Peers(Sizes, Benchmark):
    """The event engine and every other program on one trained network, taking turns.

    network: of the zoo.
    steps: of the run.
    """

    version: ClassVar[int] = 1
    network: str = "small-digits"
    steps: int = 7

    def rows(self, data: str | None) -> Iterator[dict[str, Any]]:
        """One row for each program."""
        case = load_case(self.network, data, self.steps)
        entries = [entry for source in SOURCES for entry in source(case, self)]
        speeds = take_turns({e.name: e.run for e in entries if e.run is not None}, self.repeats)
        return _rows(case, entries, speeds)


def _rows(case: Case, entries: list[Entry], speeds: dict[str, Speed]) -> Iterator[dict[str, Any]]:
    def best(kinds: tuple[str, ...]) -> float | None:
        known = [_speed_of(e, speeds) for e in entries if e.kind in kinds and not e.failed]
        return max((s.median for s in known if s is not None), default=None)

    library, peer = best(("library",)), best(("library", "torch"))
    for entry in entries:
        speed = _speed_of(entry, speeds)
        columns: dict[str, Any] = {**speed.columns()} if speed else {}
        if speed:
            columns["times_fastest_library"] = speed.median / library if library else None
            columns["times_fastest_peer"] = speed.median / peer if peer else None
        row = {"network": case.name, "steps": case.network.steps, "runner": entry.name, "kind": entry.kind}
        found = {name: value for name, value in entry.columns.items() if not name.startswith("_")}
        yield {**row, **columns, **found}


def _speed_of(entry: Entry, speeds: dict[str, Speed]) -> Speed | None:
    if entry.name in speeds:
        return speeds[entry.name]
    return entry.columns.get("_speed")


def _event_entries(case: Case, sizes: Sizes) -> Iterator[Entry]:
    images, labels = case.images[: sizes.event_images], case.labels[: sizes.event_images]
    for name, network in (("event float32", case.network), ("event fixed", case.fixed)):
        few = images[:LAW_IMAGES]
        agreement = compare(event_answer(network, few, "reference"), event_answer(network, few))
        right = agreement.exact if network.numbers == "fixed" else agreement.within_rounding
        columns = {"how": f"{len(images)} images, against the reference engine", **agreement_columns(agreement, right)}
        activity = simulate(network, images)
        yield Entry(
            name,
            "event",
            Run(partial(simulate, network, images), len(images)),
            {**columns, **work_columns(activity), "accuracy": activity.accuracy(labels), "images": len(images)},
            not right,
        )


def _peer_entries(case: Case, sizes: Sizes) -> Iterator[Entry]:
    images = case.images[: sizes.peer_images]
    expected = event_answer(case.network, images)
    for contender in CONTENDERS:
        if contender.name in sizes.without:
            yield Entry(contender.name, "missing", columns={"how": "left out of this run"})
            continue
        try:
            neurons = contender.neurons()
        except MissingTool as error:
            yield Entry(contender.name, "missing", columns={"how": str(error)})
            continue
        tuned = tune(case.network, neurons, contender.plans(sizes.batches), images[:TUNING_IMAGES])
        answer = tuned.runner.counts(images)
        columns, right = _judge(case, contender, tuned.runner.plan, compare(expected, answer))
        columns |= {"how": tuned.how, "version": contender.version, "accuracy": accuracy_of(answer[0], case)}
        columns |= {"images": len(images), "setup_s": tuned.setup_s or None}
        run = Run(partial(tuned.runner.logits, images), len(images))
        yield Entry(contender.name, "library" if contender.library else "torch", run, columns, not right)


def _judge(case: Case, contender: Contender, plan: Plan, agreement: Agreement) -> tuple[dict[str, Any], bool]:
    """A peer counts where it follows the law to the bit on exact sums, and predicts the same on the measured images."""
    exact = same_law(
        case.network,
        case.images[:LAW_IMAGES],
        lambda network, images: Dense(network, contender.neurons(), plan).counts(images),
    )
    right = exact and agreement.within_rounding
    return agreement_columns(agreement, right) | {"same_law": exact}, right


def _brian_entries(case: Case, sizes: Sizes) -> Iterator[Entry]:
    from benchmarks.peers.brian2 import measure_brian2

    measured = measure_brian2(case.network, case.images[: sizes.peer_images])
    if isinstance(measured, str):
        yield Entry("Brian2", "missing", columns={"how": measured})
        return
    agreement = compare(event_answer(case.network, measured.images), (measured.logits, measured.counts))
    right = agreement.within_rounding
    columns = {
        "_speed": measured.speed,
        "how": measured.how,
        "version": measured.version,
        "images": len(measured.images),
        "setup_s": measured.setup_s,
        "accuracy": accuracy_of(measured.logits, case),
        **agreement_columns(agreement, right),
    }
    yield Entry("Brian2", "library", None, columns, not right)


SOURCES: tuple[Callable[[Case, Sizes], Iterator[Entry]], ...] = (
    _event_entries,
    _peer_entries,
    integer_entries,
    _brian_entries,
    orientation_entries,
)
"""Who is measured, in the order of the table."""
