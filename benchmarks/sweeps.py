"""`sweeps`: speed of the event engine against density, sparsity, steps, batch, size and threads, beside the torch loop."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.benchmark import Benchmark
from benchmarks.case import load_case
from benchmarks.dense import Dense
from benchmarks.dense_plan import Plan
from benchmarks.equality import compare, event_answer
from benchmarks.generated import MASKS, Shape, generate
from benchmarks.peers.plain import InPlace
from benchmarks.timing import Run, take_turns
from spikewright.snn import Network, get_threads, set_threads, simulate
from spikewright.snn.simulation import with_steps

DENSITIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
SPARSITIES = (0.0, 0.5, 0.75, 0.9375)
STEPS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
BATCHES = (1, 4, 16, 64, 256, 1024)
CHANNELS = (16, 32, 64, 128, 256)
TORCH_STEPS = 64
CHECKED = 2
"""Images on which each point is compared with torch, spike count by spike count."""


@dataclass(frozen=True)
class Sweep(Benchmark):
    """Images per second against one thing after the other; what differs from torch is counted.

    network: the trained one, where steps, batches and threads are varied; the others are generated.
    steps: of the trained one where they are not varied.
    images: how many a point of a generated network simulates; torch, which has no set-up for a call, takes a quarter.
    repeats: turns of all programs.
    quick: every other point.
    """

    version: ClassVar[int] = 1
    network: str = "small-digits"
    steps: int = 7
    images: int = 256
    repeats: int = 3
    quick: bool = False

    def rows(self, data: str | None) -> Iterable[dict[str, Any]]:
        """One row for each point and program."""
        case = load_case(self.network, data, self.steps)
        trained = case.network, case.images, self
        return [
            *_density(self),
            *_sparsity(self),
            *_sizes(self),
            *_steps(*trained),
            *_batches(*trained),
            *_threads(*trained),
        ]

    def of(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """The values to visit."""
        return values[::2] if self.quick else values


def _density(sweep: Sweep) -> Iterator[dict[str, Any]]:
    for density in sweep.of(DENSITIES):
        network, images = generate(Shape(density=density), sweep.images)
        yield from _point("density", density, "generated", network, images, sweep)


def _sparsity(sweep: Sweep) -> Iterator[dict[str, Any]]:
    for mask in MASKS:
        for sparsity in SPARSITIES:
            network, images = generate(Shape(sparsity=sparsity, mask=mask), sweep.images)
            yield from _point("sparsity", sparsity, mask, network, images, sweep)


def _sizes(sweep: Sweep) -> Iterator[dict[str, Any]]:
    for channels in sweep.of(CHANNELS):
        network, images = generate(Shape(channels=channels), max(8, sweep.images // 4))
        yield from _point("channels", channels, "generated", network, images, sweep)


def _steps(network: Network, images: NDArray[np.float32], sweep: Sweep) -> Iterator[dict[str, Any]]:
    for steps in sweep.of(STEPS):
        yield from _point("steps", steps, "trained", with_steps(network, steps), images[: sweep.images], sweep)


def _batches(network: Network, images: NDArray[np.float32], sweep: Sweep) -> Iterator[dict[str, Any]]:
    for batch in sweep.of(BATCHES):
        some = np.resize(images, (batch, *images.shape[1:]))
        yield from _point("batch", batch, "trained", network, some, sweep)


def _threads(network: Network, images: NDArray[np.float32], sweep: Sweep) -> Iterator[dict[str, Any]]:
    import torch

    before = get_threads(), torch.get_num_threads()
    try:
        for count in (1, 2):
            set_threads(count)
            torch.set_num_threads(count)
            yield from _point("threads", count, "trained", network, images[: 4 * sweep.images], sweep)
    finally:
        set_threads(before[0])
        torch.set_num_threads(before[1])


def _point(
    axis: str, value: float, series: str, network: Network, images: NDArray[np.float32], sweep: Sweep
) -> Iterator[dict[str, Any]]:
    """Event float32, event fixed and torch at one point; torch is left out where it would take minutes."""
    fixed = network.to_fixed(potential_bits=16)
    runs = {
        "event float32": Run(partial(simulate, network, images), len(images)),
        "event fixed": Run(partial(simulate, fixed, images), len(images)),
    }
    if network.steps <= TORCH_STEPS:
        few = images if axis in ("batch", "threads") else images[: max(1, len(images) // 4)]
        dense = Dense(network, InPlace(), Plan("layers", True, True, min(len(few), max(8, 256 // network.steps))))
        runs["torch, hoisted, steps batched"] = Run(partial(dense.logits, few), len(few))
    activity = simulate(network, images)
    work = sum(float(count.mean()) for count in activity.synaptic_operations.values())
    hidden = [p.name for p in network.order[1:-1]]
    mean_density = float(np.mean([activity.density[name] for name in hidden]))
    apart = _apart(network, images[:CHECKED]) if network.steps <= TORCH_STEPS else None
    for name, speed in take_turns(runs, sweep.repeats).items():
        yield {
            "axis": axis,
            "value": value,
            "series": series,
            "runner": name,
            **speed.columns(),
            "synaptic_operations_per_s": work * speed.median if name.startswith("event") else None,
            "density_measured": mean_density,
            "images_with_other_counts": apart,
        }


def _apart(network: Network, images: NDArray[np.float32]) -> float:
    dense = Dense(network, InPlace(), replace(Plan("layers"), batch=len(images)))
    return compare(event_answer(network, images), dense.counts(images)).counts
