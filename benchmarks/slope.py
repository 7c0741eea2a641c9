"""`slope`: time against synaptic operations over two decades; an event-driven simulator has a slope of one."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from benchmarks.benchmark import Benchmark
from benchmarks.generated import phases
from spikewright import InvalidInput, Table
from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    dense,
    get_threads,
    set_threads,
    simulate,
)
from spikewright.snn.neurons import Source

SIZE, STEPS = 4096, 32
FEW, FEWEST_MORE, MOST_MORE = 4, 4, 64
"""A call's images, and how many more the next call has: their difference counts, since what a call does once is in both."""
DENSITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
SPARSE = 0.2
"""Up to this density rows carry the spikes here; beyond it time lanes are cheaper."""


@dataclass(frozen=True)
class Slope(Benchmark):
    """Processor seconds of an image against its synaptic operations, one thread.

    Neurons send to as many by a dense layer; pixels set the density from 1 to 90 %. The targets' threshold is beyond reach,
    so that all work but the additions stays what it is.

    repeats: of each call; the fastest counts.
    size: neurons on each side.
    """

    version: ClassVar[int] = 1
    repeats: int = 5
    size: int = SIZE

    def rows(self, data: str | None) -> Iterable[dict[str, Any]]:
        """One row for each density and kind of numbers."""
        network = _network(np.random.default_rng(0), self.size)
        nets = {"event float32": network, "event fixed": network.to_fixed(potential_bits=24)}
        threads = get_threads()
        set_threads(1)
        try:
            return [_row(name, net, density, self.repeats) for density in DENSITIES for name, net in nets.items()]
        finally:
            set_threads(threads)


def _row(name: str, network: Network, density: float, repeats: int) -> dict[str, Any]:
    more = int(np.clip(0.64 / density, FEWEST_MORE, MOST_MORE))
    shape = (FEW + more, network.by_name[network.input].size)
    images = np.random.default_rng(1).uniform(0.75 * density, min(1.0, 1.25 * density), shape).astype(np.float32)
    activity = simulate(network, images)
    few = min(_processor_seconds(network, images[:FEW]) for _ in range(repeats))
    all_of_them = min(_processor_seconds(network, images) for _ in range(repeats))
    operations = sum(float(count[FEW:].mean()) for count in activity.synaptic_operations.values())
    seconds = (all_of_them - few) / more
    if seconds <= 0:
        raise InvalidInput(
            f"expected {more} more images to take longer, got {seconds:.3g} s for one; try more --repeats"
        )
    return {
        "runner": name,
        "density": activity.density["first"],
        "synaptic_operations_per_image": operations,
        "seconds_per_image": seconds,
        "synaptic_operations_per_s": operations / seconds,
    }


def _processor_seconds(network: Network, images: np.ndarray) -> float:
    start = time.process_time()
    simulate(network, images)
    return time.process_time() - start


def slopes(table: Table, most: float = 1.0) -> dict[str, float]:
    """The least-squares slope of log time against log operations, for each runner, up to a density of `most`."""
    found = {}
    for name in dict.fromkeys(table["runner"]):
        rows = [row for row in table.where(runner=name) if row["density"] <= most]
        x, y = (np.log([row[c] for row in rows]) for c in ("synaptic_operations_per_image", "seconds_per_image"))
        found[name] = float(np.polyfit(x, y, 1)[0])
    return found


def _network(rng: np.random.Generator, size: int) -> Network:
    weights = rng.integers(-127, 128, (size, size)).astype(np.float32)
    readout = rng.integers(-127, 128, (10, size)).astype(np.float32)
    silent = float(2**22)
    return Network(
        populations=(
            Population("input", (size,), Source()),
            Population("first", (size,), IF(1.0), initial=phases(size)),
            Population("targets", (size,), IF(silent)),
            Population("output", (10,), Integrator()),
        ),
        projections=(
            Projection("input", "first", Identity()),
            Projection("first", "targets", Linear(dense(weights))),
            Projection("targets", "output", Linear(dense(readout))),
        ),
        input="input",
        output="output",
        code=Direct(STEPS),
    )
