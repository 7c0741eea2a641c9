"""`slope`: time against synaptic operations over two decades; an event-driven simulator has a slope of one."""

import time
from functools import partial

import numpy as np

from benchmarks.timing import stopwatch
from snn import IF, Activity, Dense, Direct, Identity, Integrator, Linear, Network, Population, Projection, simulate
from snn.neurons import Source
from spikewright import Table

SIZE, STEPS = 4096, 32
FEW, MANY = 4, 20
"""Images of the two simulations whose difference counts: what a call does once is in both."""
DENSITIES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
TOLERANCE = 0.05


def slope(repeats: int = 5, size: int = SIZE) -> Table:
    """One row a density: synaptic operations and seconds of `MANY - FEW` images, float32 and fixed point.

    `size` neurons send to as many by a dense layer; pixels set the density from 1 to 100 %. The targets' threshold is
    beyond reach, so that all work but the additions stays what it is.
    """
    network = _network(np.random.default_rng(0), size)
    nets = {"event float32": network, "event fixed": network.to_fixed(potential_bits=24)}
    rows = []
    for density in DENSITIES:
        images = (
            np.random.default_rng(1).uniform(0.5 * density, min(1.0, 1.5 * density), (MANY, size)).astype(np.float32)
        )
        for name, net in nets.items():
            activity, seconds = _marginal(net, images, repeats)
            operations = int(sum(count[FEW:].sum() for count in activity.synaptic_operations.values()))
            rows.append(
                {
                    "runner": name,
                    "density": activity.density["first"],
                    "synaptic_operations": operations,
                    "seconds": seconds,
                    "synaptic_operations_per_s": operations / seconds,
                }
            )
    return Table.of(rows)


def _marginal(network: Network, images: np.ndarray, repeats: int) -> tuple[Activity, float]:
    """The activity of all images, and the seconds that all take over what the first few take, fastest repeats."""
    few = min(stopwatch(partial(simulate, network, images[:FEW])) for _ in range(repeats))
    many = min(stopwatch(partial(simulate, network, images)) for _ in range(repeats - 1))
    start = time.perf_counter()
    activity = simulate(network, images)
    many = min(many, time.perf_counter() - start)
    return activity, max(many - few, 1e-6)


def slopes(table: Table) -> dict[str, float]:
    """The least-squares slope of log time against log operations, for each runner."""
    found = {}
    for name in dict.fromkeys(table["runner"]):
        rows = table.where(runner=name)
        x, y = np.log(rows["synaptic_operations"]), np.log(rows["seconds"])
        found[name] = float(np.polyfit(x, y, 1)[0])
    return found


def _network(rng: np.random.Generator, size: int) -> Network:
    weights = rng.integers(-127, 128, (size, size)).astype(np.float32)
    readout = rng.integers(-127, 128, (10, size)).astype(np.float32)
    silent = float(2**22)
    return Network(
        populations=(
            Population("input", (size,), Source()),
            Population("first", (size,), IF(1.0), initial=0.5),
            Population("targets", (size,), IF(silent)),
            Population("output", (10,), Integrator()),
        ),
        projections=(
            Projection("input", "first", Identity()),
            Projection("first", "targets", Linear(Dense(weights))),
            Projection("targets", "output", Linear(Dense(readout))),
        ),
        input="input",
        output="output",
        code=Direct(STEPS),
    )
