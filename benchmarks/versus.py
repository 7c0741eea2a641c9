"""`peers`: the event engine against every other program on trained networks, in one run: speed, equality, work, accuracy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import torch

from benchmarks.case import Case
from benchmarks.dense import Dense, Plan
from benchmarks.equality import Agreement, compare, event_answer, same_law
from benchmarks.peers import CONTENDERS, Contender
from benchmarks.peers.plain import InPlace
from benchmarks.timing import Run, Speed, take_turns
from benchmarks.tuning import tune
from spikewright import MissingTool, Table
from spikewright.snn import Activity, simulate

LAW_IMAGES = 16
TUNING_IMAGES = 64


@dataclass(frozen=True)
class Sizes:
    """Images for the peers, most images for the event engine, repeats, batch sizes to choose from, and who is left out."""

    peer_images: int = 256
    event_images: int = 10_000
    repeats: int = 5
    batches: tuple[int, ...] = (4, 16, 64, 256)
    without: tuple[str, ...] = ()


@dataclass(eq=False)
class Entry:
    """One line of the table in the making."""

    name: str
    kind: str
    run: Run | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    failed: bool = False


def versus(case: Case, sizes: Sizes) -> tuple[Table, bool]:
    """The table of one case, and whether every answer was the reference's."""
    entries = [
        *_event_entries(case, sizes),
        *_peer_entries(case, sizes),
        *_brian_entries(case, sizes),
        *_others(case, sizes),
    ]
    speeds = take_turns({e.name: e.run for e in entries if e.run is not None}, sizes.repeats)
    table = Table.of(_rows(case, entries, speeds))
    return table, not any(entry.failed for entry in entries)


def _rows(case: Case, entries: list[Entry], speeds: dict[str, Speed]) -> Iterator[dict[str, Any]]:
    def best(kinds: tuple[str, ...]) -> float:
        known = [_speed_of(e, speeds) for e in entries if e.kind in kinds and not e.failed]
        return max((s.median for s in known if s is not None), default=float("nan"))

    library, peer = best(("library",)), best(("library", "torch"))
    for entry in entries:
        speed = _speed_of(entry, speeds)
        columns = speed.columns() if speed else {}
        if speed:
            columns["times_fastest_library"] = speed.median / library
            columns["times_fastest_peer"] = speed.median / peer
        row = {"network": case.name, "steps": case.network.steps, "runner": entry.name, "kind": entry.kind}
        yield {**row, **columns, **entry.columns}


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
        columns = {"how": f"{len(images)} images, against the reference engine", **_agreement(agreement, right)}
        activity = simulate(network, images)
        yield Entry(
            name,
            "event",
            Run(partial(simulate, network, images), len(images)),
            {**columns, **_work(activity), "accuracy": activity.accuracy(labels), "images": len(images)},
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
        columns |= {"how": tuned.how, "version": contender.version, "accuracy": _accuracy(answer[0], case)}
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
    return _agreement(agreement, right) | {"same_law": exact}, right


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
        "accuracy": _accuracy(measured.logits, case),
        **_agreement(agreement, right),
    }
    yield Entry("Brian2", "library", None, columns, not right)


def _others(case: Case, sizes: Sizes) -> Iterator[Entry]:
    """What is not the same computation: for orientation."""
    images = case.images[: sizes.peer_images]
    half = Dense(case.network, InPlace(), Plan("layers", True, True, min(64, len(images)), torch.bfloat16))
    columns = {"how": "float32 sums rounded to bfloat16: not equal", "accuracy": _accuracy(half.logits(images), case)}
    yield Entry(
        "torch, bfloat16",
        "orientation",
        Run(partial(half.logits, images), len(images)),
        {**columns, "images": len(images)},
    )
    yield _layerwise(case, sizes)
    for last in (False, True):
        name = f"dense CNN, channels {'last' if last else 'first'}"
        logits = _dense_cnn(case, images, last)
        columns = {
            "how": "the network before conversion, batch 64",
            "accuracy": _accuracy(logits(), case),
            "images": len(images),
        }
        yield Entry(name, "cnn", Run(logits, len(images)), columns)


def _layerwise(case: Case, sizes: Sizes) -> Entry:
    """The schedule in which a layer gathers its window before it fires: other spikes in time, so a row of its own."""
    network = replace(case.fixed, schedule="layerwise")
    images, labels = case.images[: sizes.event_images], case.labels[: sizes.event_images]
    activity = simulate(network, images)
    how = "each layer gathers the whole window, then fires: not a simulation step by step"
    columns = {"how": how, "accuracy": activity.accuracy(labels), "images": len(images), **_work(activity)}
    return Entry("event fixed, layerwise", "orientation", Run(partial(simulate, network, images), len(images)), columns)


def _dense_cnn(case: Case, images: np.ndarray, last: bool) -> Callable[[], np.ndarray]:
    layout = torch.channels_last if last and images.ndim == 4 else torch.contiguous_format

    @torch.inference_mode()
    def logits() -> np.ndarray:
        model = case.model.to(memory_format=layout)
        batches = (torch.from_numpy(images[start : start + 64]) for start in range(0, len(images), 64))
        return torch.cat([model(batch.contiguous(memory_format=layout)) for batch in batches]).numpy()

    return logits


def _agreement(agreement: Agreement, right: bool) -> dict[str, Any]:
    return {
        "equal": right,
        "predictions_differ": agreement.predictions,
        "images_with_other_counts": agreement.counts,
        "potentials_apart": agreement.potentials,
    }


def _work(activity: Activity) -> dict[str, float]:
    hidden = [name for name in activity.neurons if name in activity.spikes][1:-1]
    spikes = sum(float(activity.spikes[name].mean()) for name in hidden)
    operations = sum(float(value.mean()) for value in activity.synaptic_operations.values())
    neurons = sum(activity.neurons[name] for name in hidden)
    return {"density": spikes / neurons / activity.steps, "synaptic_operations_per_image": operations}


def _accuracy(logits: np.ndarray, case: Case) -> float:
    return float(np.mean(logits.argmax(1) == case.labels[: len(logits)]))
