"""The rows of an exploration: of each network and device the corners, designs spread over the space, and what its survey kept."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from spikewright import InvalidInput
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import Device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.design_space import DesignSpace
from spikewright.hardware.exploring.goals import Goals
from spikewright.hardware.exploring.surveying import Survey, survey, within
from spikewright.hardware.layer_designs import lane_grid
from spikewright.hardware.sweep import SWEEP_LIMIT, Choices, choices_of, combinations, points, thinned
from spikewright.snn import Activity

Named = tuple[str, DesignPoint]
GRID = "grid"


@dataclass(frozen=True, eq=False)
class CandidateRows:
    """A network with its number, its mean activity, the columns that all of its designs share, and the clocks. `loads`: the
    memories of all its designs are filled at run time."""

    number: int
    estimator: Estimator
    activity: Activity
    constant: Mapping[str, float]
    clocks: tuple[float, ...]
    loads: bool = False

    def choices(self, parallelism: Any) -> Choices:
        """The lanes of each layer out of which designs are combined."""
        network = self.estimator.network
        if parallelism == GRID:
            return {p.name: lane_grid(p, room_of(network, p)) for p in self.estimator.populations}
        if isinstance(parallelism, str):
            raise InvalidInput(
                f"expected lanes by layer, a list of designs or 'grid', got {parallelism!r:.60}; try 'grid'"
            )
        return choices_of(network, parallelism)

    def designs(self, chosen: Iterable[Mapping[str, Any]], device: Device) -> Iterator[Named]:
        """The corners and the designs that are chosen, at every clock."""
        chosen = list(chosen)
        for clock in self.clocks:
            for name, point in points(self.estimator.network, self.activity, chosen, device, clock):
                yield name, replace(point, loads=self.loads)

    def row(self, name: str, one: Estimate, goals: Goals) -> dict[str, Any]:
        """A row of the table without its number."""
        row = {"candidate": self.number, "architecture": name, **_row(one), **self.constant}
        return {**row, "feasible": bool(one.fits and within(row, goals))}


@dataclass
class GatheredRows:
    """The rows so far, their estimates, and the counts of each network and device. `spaces`: networks x devices x clocks."""

    goals: Goals
    spaces: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    estimates: list[Estimate] = field(default_factory=list)
    counts: list[dict[str, Any]] = field(default_factory=list)

    def add(self, one: CandidateRows, device: Device, parallelism: Any, devices: int) -> None:
        """All that is kept of a network on one of so many devices."""
        if isinstance(parallelism, list | tuple):
            kept = self._keep(one, one.designs(parallelism, device))
            self.goals.check(name for name, value in kept[0].items() if _is_number(value))
            fits, feasible = (sum(row[name] for row in kept) for name in ("fits", "feasible"))
            nearest = {name: [row[name] for row in kept if row["fits"]] for name in self.goals.bounds}
            return self._count(one, device, (len(kept), True), Survey.of_rows(len(kept), fits, feasible, nearest))
        whole = one.choices(parallelism)
        lanes = thinned(list(whole.values()), max(1, self.goals.most_points // self.spaces))
        choices = dict(zip(whole, lanes, strict=True))
        space = DesignSpace(one.estimator, device, one.clocks, choices, one.constant, one.loads)
        found = survey(space, self.goals)
        most = max(1, SWEEP_LIMIT // (devices * len(one.clocks)))
        spread = one.designs(combinations(choices, most), device)
        self._keep(one, self._unseen(spread, space, found))
        points = prod(map(len, whole.values())) * len(one.clocks)
        self._count(one, device, (points, points <= most * len(one.clocks)), found)

    def _unseen(self, spread: Iterable[Named], space: DesignSpace, found: Survey) -> Iterator[Named]:
        """Those that are spread over a space, and of what its survey found the others."""
        seen = set()
        for name, point in spread:
            seen.add(point)
            yield name, point
        for number in dict.fromkeys([*found.front.tolist(), *found.best.values()]):
            if (point := space.point(number)) not in seen:
                yield "sweep", point

    def _keep(self, one: CandidateRows, designs: Iterable[Named]) -> list[dict[str, Any]]:
        first = len(self.rows)
        for name, point in designs:
            found = one.estimator.at(point)
            self.rows.append({"point": len(self.estimates), **one.row(name, found, self.goals)})
            self.estimates.append(found)
        return self.rows[first:]

    def _count(self, one: CandidateRows, device: Device, points: tuple[int, bool], found: Survey) -> None:
        counted = {
            "points": points[0],
            "all_have_rows": points[1],
            "costed": found.points,
            "fitting": found.fitting,
            "feasible": found.feasible,
        }
        near = {f"nearest_{name}": found.nearest.get(name) for name in self.goals.bounds}
        self.counts.append({"candidate": one.number, "device": device.name, **counted, **near})


def _row(one: Estimate) -> dict[str, Any]:
    return {
        "physical_neurons": one.point.label,
        "device": one.point.device_name,
        "clock_mhz": one.point.clock_mhz,
        "fits": one.fits,
        "ff": one.ff.value,
        "bram36": one.bram36,
        "dsp": one.dsp,
        "weight_memory_bits": one.weight_memory_bits,
        "latency_cycles": one.latency_cycles.value,
        "interval_cycles": one.interval_cycles,
        **one.summary(),
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
