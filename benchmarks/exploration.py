"""`exploration`: a million designs of a trained network on two devices, the front by the simulator, some of it by synthesis."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from benchmarks.benchmark import Benchmark
from spikewright import Table

WANTED_DESIGNS, WANTED_SECONDS = 1_000_000, 60.0
SAMPLES = 512
"""Training images that thresholds are taken from."""


@dataclass(frozen=True)
class ExplorationBench(Benchmark):
    """Designs a second, and how many of the front lie inside the bounds of their estimates.

    network, steps: of the zoo, by rate code. bits: widths of its weights, a candidate each. images: test images whose activity is
    counted and simulated. synthesised: designs that go through Yosys, spread over the fronts of all networks and devices; of at
    most `lanes` physical neurons, since synthesis takes long for more.
    """

    version: ClassVar[int] = 3
    network: str = "lenet5-mnist"
    steps: int = 7
    bits: tuple[int, ...] = (4, 8)
    devices: tuple[str, ...] = ("xc7a200t", "ecp5-85k")
    images: int = 3
    synthesised: int = 5
    lanes: int = 32

    def rows(self, data: str | None) -> Iterator[Mapping[str, Any]]:
        """A row for each design of the front, and for those that are synthesised, with what took how long in each."""
        from spikewright.hardware import Goals, explore, recheck

        candidates = list(self._candidates(data))
        begun, spent = time.perf_counter(), time.process_time()
        goals = Goals(("latency_us", "lut"))
        found = explore(candidates, device=list(self.devices), parallelism="grid", goals=goals)
        took = {"explore_s": time.perf_counter() - begun, "explore_processor_s": time.process_time() - spent}
        front, rows = set(found.pareto()["point"]), list(found.table)
        table = recheck(found, synthesised=over_fronts(found, self.synthesised, self.lanes))
        told = {"network": self.network, "designs": found.points, "fitting": sum(found.counts["fitting"]), **took}
        for row in table:
            known = {**told, "weight_bits": self.bits[row["candidate"]], "front": row["point"] in front}
            yield {**known, **with_area(row, rows[row["point"]])}

    def _candidates(self, data: str | None) -> Iterable[tuple[Any, Any]]:
        """The network in each width, with its activity and rasters."""
        import torch

        from spikewright import experiments
        from spikewright.conversion import Rate, convert
        from spikewright.experiments.data.load import load_dataset
        from spikewright.snn import simulate

        known = load_dataset(experiments.card(self.network).dataset, data)
        samples = torch.from_numpy(known.train_images[:SAMPLES])
        whole = convert(experiments.load(self.network), samples, Rate(steps=self.steps))
        for bits in self.bits:
            fixed = whole.to_fixed(weight_bits=bits)
            yield fixed, simulate(fixed, known.test_images[: self.images], record=("rasters",))


def over_fronts(found: Any, count: int, lanes: int) -> list[int]:
    """So many points of at most `lanes` physical neurons, out of the front of each network on each device where one fits.

    They are spread evenly over each; the first fronts give one more where that does not come out even.
    """
    from spikewright.dominance import front
    from spikewright.hardware.exploring.rechecking import spread_evenly

    groups: dict[tuple[int, str], list[Any]] = {}
    for row in found.table:
        if row["feasible"]:
            groups.setdefault((row["candidate"], row["device"]), []).append(row)
    small = []
    for rows in groups.values():
        best = [rows[place] for place in front([tuple(row[name] for name in found.goals.objectives) for row in rows])]
        numbers = [row["point"] for row in best if _lanes(found.estimates[row["point"]]) <= lanes]
        small += [numbers] if numbers else []
    each, more = divmod(count, max(1, len(small)))
    return [point for place, numbers in enumerate(small) for point in spread_evenly(numbers, each + (place < more))]


def _lanes(one: Any) -> int:
    return sum(layer.design.physical_neurons for layer in one.layers)


def with_area(row: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `recheck`, which has the area of synthesised designs alone, with that of the same design of the front."""
    return {**row, **{name: known[name] for name in ("lut", "lut_low", "lut_high", "bram36")}}


def inside(table: Table) -> dict[str, tuple[int, int]]:
    """By what was checked how many designs lie inside their bounds, and how many were looked at."""
    columns = [name for name in table.columns if name.endswith("_inside")]
    known = {name: [value for value in table[name] if value is not None] for name in columns}
    return {name.removesuffix("_inside"): (sum(values), len(values)) for name, values in known.items()}


def reached(table: Table) -> bool:
    """Whether there were enough designs in time, and all that was checked lies inside its bounds."""
    row = next(iter(table))
    enough = row["designs"] >= WANTED_DESIGNS and row["explore_s"] <= WANTED_SECONDS
    return bool(enough and all(count == whole for count, whole in inside(table).values()))
