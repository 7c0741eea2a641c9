"""`limit`: the engine's delivery kernel beside the bare SIMD additions that the same bytes allow, on one thread.

Dot products stand beside a bare loop of the instruction that adds four sources to sixteen targets, and on processors with tiles,
where the engine multiplies these, beside a bare loop of them, too. What counts are the products of sources that fire at all in
the steps of a call: products with the zeros of steps in which these are silent are among them, those of silent sources are not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from benchmarks.benchmark import Benchmark
from benchmarks.engine_kernel import bare_adds, bare_dots, bare_tiles, delivery, dot_delivery
from benchmarks.generated import Shape, generate
from benchmarks.timing import Run, take_turns
from spikewright import Table
from spikewright.snn.kernels.dot_ways import TILES

WANTED_SHARE = 0.4
"""Of the bare additions, at 5 % density, in the median over the widths."""
DENSITIES = (0.01, 0.02, 0.05, 0.1, 0.2)
CHANNELS = (32, 64, 128, 256)
KINDS = ("int16", "float32")
DOTS, TILED = "bytes, dot products", "bytes, tiles"
WANTED_DOTS, DOT_DENSITIES = 0.5, (0.05, 0.1, 0.2)


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
    fixed = network.to_fixed()
    for density in wanted.densities:
        found = dot_delivery(fixed, name, density, wanted.steps)
        bare = {DOTS: Run(*bare_dots(found.products)), **({TILED: Run(*bare_tiles(found.products))} if TILES else {})}
        speeds = take_turns({"engine": Run(found.call, found.products), **bare}, wanted.repeats)
        for numbers in bare:
            yield {
                "layer": f"{channels} to {channels} channels, 16 x 16, kernel 3 x 3",
                "channels": channels,
                "numbers": numbers,
                "density": density,
                "additions": found.products,
                "engine_additions_per_s": speeds["engine"].median,
                "bare_additions_per_s": speeds[numbers].median,
                "share": speeds["engine"].median / speeds[numbers].median,
            }


def dot_share(table: Table, numbers: str = DOTS) -> float:
    """The lowest share of the dot-product limit, or that of tiles, at 5, 10 and 20 % density; 1 where none was measured."""
    rows = [row["share"] for row in table.where(numbers=numbers) if row["density"] in DOT_DENSITIES]
    return min(rows, default=1.0)


def reaches_limit(table: Table) -> bool:
    """Whether the median share at 5 % density is what is wanted, for each number type."""
    return all(float(np.median(table.where(density=0.05, numbers=kind)["share"])) >= WANTED_SHARE for kind in KINDS)
