"""`limit`: the engine's delivery kernel beside the bare SIMD additions that the same bytes allow, on one thread."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from benchmarks.benchmark import Benchmark
from benchmarks.engine_kernel import bare_adds, delivery
from benchmarks.generated import Shape, generate
from benchmarks.timing import Run, take_turns
from spikewright import Table

WANTED_SHARE = 0.4
DENSITIES = (0.01, 0.02, 0.05, 0.1, 0.2)
CHANNELS = (32, 64, 128, 256)
KINDS = ("int16", "float32")


@dataclass(frozen=True)
class Limit(Benchmark):
    """Additions per second of the engine and of the bare loop, for each layer, number type and density.

    channels: those of each convolution.
    densities: the shares of neurons that fire.
    repeats: turns of both.
    steps: of a call.
    """

    version: ClassVar[int] = 1
    channels: tuple[int, ...] = CHANNELS
    densities: tuple[float, ...] = DENSITIES
    repeats: int = 7
    steps: int = 32

    def rows(self, data: str | None) -> Iterable[dict[str, Any]]:
        """One row for each layer, number type and density."""
        return (row for channels in self.channels for row in _layer(channels, self))


def _layer(channels: int, wanted: Limit) -> Iterator[dict[str, Any]]:
    network, _ = generate(Shape(channels=channels, side=16, steps=4), 2)
    name = "first->conv"
    projection = next(q for q in network.projections if q.name == name)
    span = projection.synapse.weights.values().size
    for kind in map(np.dtype, KINDS):
        for density in wanted.densities:
            engine, additions = delivery(network, name, kind, density, wanted.steps)
            bare, bare_additions = bare_adds(3 * channels, span, additions, kind)
            speeds = take_turns({"engine": Run(engine, additions), "bare": Run(bare, bare_additions)}, wanted.repeats)
            yield {
                "layer": f"{channels} to {channels} channels, 16 x 16, kernel 3 x 3",
                "channels": channels,
                "numbers": kind.name,
                "density": density,
                "additions": additions,
                "engine_additions_per_s": speeds["engine"].median,
                "bare_additions_per_s": speeds["bare"].median,
                "share": speeds["engine"].median / speeds["bare"].median,
            }


def reaches_limit(table: Table) -> bool:
    """Whether the median share at 5 % density is what is wanted, for each number type."""
    return all(float(np.median(table.where(density=0.05, numbers=kind)["share"])) >= WANTED_SHARE for kind in KINDS)
