"""`crossover`: one layer by the engine's dot products beside dense convolutions of PyTorch, from silent to busy sources.

All answer the same question, the sums of every target in every step, on one thread; spikes are drawn at random, which leaves
fewer sources silent for a whole call than trained networks do. Sums are compared, those of bytes and of float32 are exact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch

from benchmarks.benchmark import Benchmark
from benchmarks.engine_kernel import dot_delivery
from benchmarks.generated import Shape, generate
from benchmarks.integers import WAYS, Send, summed
from benchmarks.timing import Run, take_turns
from spikewright import Table
from spikewright.snn import Projection

DENSITIES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
ENGINE = "event, dot products"


@dataclass(frozen=True)
class Crossover(Benchmark):
    """Microseconds of a layer's sums, for each width, density and program.

    channels: of the layers, 16 x 16 with a kernel of 3 x 3.
    densities: the shares of neurons that fire in a step.
    steps: of a call.
    repeats: turns of all programs.
    """

    version: ClassVar[int] = 1
    channels: tuple[int, ...] = (32, 64, 128)
    densities: tuple[float, ...] = DENSITIES
    steps: int = 32
    repeats: int = 7

    def rows(self, data: str | None) -> Iterable[dict[str, Any]]:
        """One row for each width, density and program."""
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            return [row for channels in self.channels for row in _layer(channels, self)]
        finally:
            torch.set_num_threads(before)


def _layer(channels: int, wanted: Crossover) -> Iterator[dict[str, Any]]:
    network = generate(Shape(channels=channels, side=16, steps=4), 2)[0].to_fixed()
    projection = next(q for q in network.projections if q.name == "first->conv")
    sends = {f"torch, {name}": send for name, send in dense_ways(projection).items()}
    for density in wanted.densities:
        found = dot_delivery(network, projection.name, density, wanted.steps)
        values = torch.from_numpy(found.spikes.astype(np.float32)).contiguous(memory_format=torch.channels_last)
        runs = {
            ENGINE: Run(found.call, 1),
            **{name: Run(partial(_sent, send, values), 1) for name, send in sends.items()},
        }
        speeds = take_turns(runs, wanted.repeats)
        sums = found.sums()
        for name, speed in speeds.items():
            answer = sums if name == ENGINE else _sent(sends[name], values).numpy()
            yield {
                "channels": channels,
                "density": density,
                "active_sources": float(found.spikes.any(axis=0).mean()),
                "runner": name,
                "microseconds": 1e6 / speed.median,
                "microseconds_min": 1e6 / speed.high,
                "microseconds_max": 1e6 / speed.low,
                "times_engine": speeds[ENGINE].median / speed.median,
                "equal": bool((answer == sums).all()),
            }


def dense_ways(projection: Projection) -> dict[str, Send]:
    """Dense ways to the sums of a projection: products of bytes, of float32, and of bfloat16, whose sums are rounded."""
    return {name: summed(projection, way) for name, way in WAYS.items()}


@torch.inference_mode()
def _sent(send: Send, values: torch.Tensor) -> torch.Tensor:
    return send(values)


def crossings(table: Table) -> dict[str, list[str]]:
    """For each other program and width, up to which density the engine was quicker, in words."""
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(row["runner"] for row in table if row["runner"] != ENGINE):
        for channels in dict.fromkeys(table["channels"]):
            rows = sorted(table.where(runner=name, channels=channels), key=lambda row: row["density"])
            quicker = [row["density"] for row in rows if row["times_engine"] > 1.0]
            words = f"up to {max(quicker):.1%}".replace(".0%", "%").replace("%", " %") if quicker else "nowhere"
            told.setdefault(name, []).append(f"{words} at {channels} channels")
    return told
