"""The verb: `explore(candidates) -> Exploration`, designs of one or many networks, devices and clocks, and the best of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikewright import InvalidInput, Progress, Table
from spikewright.dominance import front
from spikewright.hardware.design_points import DesignPoint, check_clock
from spikewright.hardware.devices import Device
from spikewright.hardware.devices import device as find_device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.candidates import CandidateRows, GatheredRows
from spikewright.hardware.exploring.goals import UPWARDS, Goals, cost
from spikewright.hardware.fitting import BEYOND, roomy_device
from spikewright.importing import nearest
from spikewright.progress import shown, watched
from spikewright.snn import Activity, Network

Candidate = tuple[Network, Activity]
CONSTANT = (UPWARDS, "weight_memory_bits", "asic45_energy_nj")
"""Columns that are the same for all designs of a network: a front may weigh them beside its objectives."""


@dataclass(frozen=True, eq=False, repr=False)
class Exploration:
    """Designs that were tried. `table` has a row for each that was kept, as `estimates` has; `candidate` counts the networks.

    Columns end in their unit; `_low` and `_high` are bounds; `fits`: the middle estimates stay within the device; `feasible`:
    they keep the bounds of the `goals` as well. Kept are the corners, designs spread evenly over the space, the front of each
    network and device in the objectives, and the best in each column.
    `counts`: for each network and device its designs in all, those that were costed, that fit, and that are feasible.
    """

    table: Table
    estimates: tuple[Estimate, ...]
    networks: tuple[Network, ...]
    activities: tuple[Activity, ...]
    goals: Goals
    counts: Table

    def __len__(self) -> int:
        return len(self.estimates)

    def __repr__(self) -> str:
        feasible, front = sum(self.counts["feasible"]), len(self.pareto())
        return (
            f"Exploration({self.points:,} designs, {feasible:,} fit and keep the bounds;"
            f" {front:,} on the front of {' and '.join(self.goals.objectives)})"
        )

    @property
    def points(self) -> int:
        """How many designs were costed."""
        return int(sum(self.counts["costed"]))

    @property
    def whole(self) -> bool:
        """Whether every design has its row."""
        return all(self.counts["all_have_rows"])

    def pareto(self, columns: Sequence[str] | None = None) -> Table:
        """The feasible points that no other feasible one beats: not worse in any of `columns` and better in one.

        Smaller is better, but for `accuracy`. columns: the objectives, where none are given. Sorted by the first column. Raises
        InvalidInput for an unknown column, or one that was no objective where not every design has its row.
        """
        columns = self.goals.objectives if columns is None else columns
        rows = [row for row in self.table if row["feasible"]]
        found = front([tuple(_cost(row, name) for name in columns) for row in rows])
        others = set(columns) - {*self.goals.objectives, *CONSTANT}
        if others and not self.whole:
            raise InvalidInput(
                f"expected objectives of the exploration ({', '.join(self.goals.objectives)}), got {', '.join(sorted(others))};"
                f" try explore(..., goals=Goals({tuple(columns)!r}))"
            )
        return Table.of([rows[place] for place in found] or self.table.where(point=-1))

    def best(self, column: str = "fpga_energy_uj", *, candidate: int | None = None) -> DesignPoint:
        """The feasible point with the smallest `column` (largest for `accuracy`), of one candidate or of all.

        Raises InvalidInput when nothing fits the device or keeps the bounds, or for an unknown column.
        """
        number: int = self._best_row(column, candidate)["point"]
        return self.estimates[number].point

    def best_network(self, column: str = "fpga_energy_uj") -> tuple[Network, DesignPoint]:
        """`best` over all candidates, together with its network."""
        row = self._best_row(column, None)
        return self.networks[row["candidate"]], self.estimates[row["point"]].point

    def _best_row(self, column: str, candidate: int | None) -> dict[str, Any]:
        rows = [row for row in self.table if row["feasible"] and candidate in (None, row["candidate"])]
        if not rows:
            raise InvalidInput(self._none_left())
        return min(rows, key=lambda row: (_cost(row, column), row["point"]))

    def _none_left(self) -> str:
        if any(self.counts["fitting"]):
            told = [
                f"{name} {'>=' if name == UPWARDS else '<='} {bound:g}" for name, bound in self.goals.bounds.items()
            ]
            at_best = [f"{self._nearest(name):g}" for name in self.goals.bounds]
            return (
                f"expected a point with {' and '.join(told)}, got none of {self.points:,}, of which those that fit have"
                f" {' and '.join(at_best)} at best; try wider bounds"
            )
        return f"expected a point that fits, got none of {self.points:,} on the device; {self._shortage()}"

    def _nearest(self, name: str) -> float:
        found = [float(value) for value in self.counts[f"nearest_{name}"] if value is not None]
        return min(found, key=lambda value: float(cost(name, value)))

    def _shortage(self) -> str:
        place = min(range(len(self)), key=lambda number: self.estimates[number].lut.value)
        smallest, candidate = self.estimates[place], list(self.table)[place]["candidate"]
        device = smallest.device
        larger = roomy_device(self.networks[candidate], self.activities[candidate], smallest.point)
        return (
            f"the smallest takes {smallest.lut.value:,.0f} of {device.lut:,} LUT, {smallest.blocks:,} of {device.blocks:,}"
            f" memory blocks and {smallest.dsp:,} of {device.dsp:,} DSP of {device.name};"
            f" try {f'{larger.name}, where it fits' if larger else BEYOND}, or fewer weight bits"
        )


@watched
def explore(
    candidates: Sequence[Candidate],
    *,
    device: str | Device | Sequence[str | Device] = "xc7a100t",
    clock_mhz: float | Sequence[float] = 100.0,
    parallelism: Sequence[Mapping[str, Any]] | Mapping[str, Sequence[Any]] | str | None = None,
    labels: Any = None,
    goals: Goals | None = None,
    loads: bool = False,
    progress: Progress = shown,
) -> Exploration:
    """Estimate designs of every `(network, activity)` of `candidates`, on every device, at every clock.

    Per candidate: the three named corners, and P per layer from a ladder of doublings from 1 to N, in all combinations, or
    with "grid" from every choice of `lane_grid`. Layers are costed once for each choice of lanes; combinations are sums.
    `parallelism` takes `{layer: [P or (channels, rows, columns), ...]}` for the choices of some layers, or in place of all
    combinations your own list of `{layer: P or lanes}`. `device`: a name in DEVICES, or your own as a `Device`, a YAML or TOML
    file or "package.module:OBJECT". With `labels (batch,)` the activity's accuracy is a column. `goals`: what the front weighs,
    and bounds. `loads`: of designs whose memories can be filled at run time, with what that costs.
    Raises InvalidInput for no candidates, float32 networks, unknown devices, layers or columns.
    """
    _check_candidates(candidates)
    named: Any = device if isinstance(device, list | tuple) else [device]
    devices = [find_device(one) for one in named]
    clocks = tuple(clock_mhz) if isinstance(clock_mhz, list | tuple) else (clock_mhz,)
    _check_places(devices, clocks)
    gathered = GatheredRows(goals or Goals(), len(candidates) * len(devices) * len(clocks))
    for number, (network, activity) in enumerate(candidates):
        accuracy = {} if labels is None else {UPWARDS: activity.accuracy(labels)}
        rows = CandidateRows(number, Estimator(network, activity), activity, accuracy, clocks, loads)
        for place, fpga in enumerate(devices):
            gathered.add(rows, fpga, parallelism, len(devices))
            progress("explore", number * len(devices) + place + 1, len(candidates) * len(devices))
    networks, activities = zip(*candidates, strict=True)
    table, counts = Table.of(gathered.rows), Table.of(gathered.counts)
    return Exploration(table, tuple(gathered.estimates), networks, activities, gathered.goals, counts)


def _check_candidates(candidates: Any) -> None:
    if not isinstance(candidates, Sequence) or any(not isinstance(one, tuple) or len(one) != 2 for one in candidates):
        raise InvalidInput(
            "expected a list of pairs (network, activity), got something else; try [(network, activity)]"
        )
    if not candidates:
        raise InvalidInput("expected at least one (network, activity), got none; try [(network, activity)]")


def _check_places(devices: Sequence[Device], clocks: Sequence[float]) -> None:
    if not devices or not clocks:
        lacking = "device" if not devices else "clock"
        way = 'device="xc7a100t"' if not devices else "clock_mhz=100.0"
        raise InvalidInput(f"expected at least one {lacking}, got none; try {way}")
    for clock in clocks:
        check_clock(clock)


def _cost(row: Mapping[str, Any], column: str) -> float:
    value = row.get(column)
    if isinstance(value, bool) or not isinstance(value, int | float):
        numbers = [name for name, each in row.items() if isinstance(each, int | float) and not isinstance(each, bool)]
        way = nearest(column, numbers) or "fpga_energy_uj"
        raise InvalidInput(f"expected one of the columns {', '.join(numbers)}, got {column!r}; try {way}")
    return float(cost(column, value))
