"""The verb: `explore(candidates) -> Exploration`, a sweep of P per layer over one or many networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spikewright import InvalidInput, Progress, Table
from spikewright.dominance import front
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import Device
from spikewright.hardware.devices import device as find_device
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.sweep import points
from spikewright.importing import nearest
from spikewright.progress import shown, watched
from spikewright.snn import Activity, Network

Candidate = tuple[Network, Activity]


@dataclass(frozen=True, eq=False)
class Exploration:
    """Every point that was tried. `table` has a row for each, as `estimates` has; `candidate` counts the networks.

    Columns end in their unit; `_low` and `_high` are bounds; `fits`: the middle estimates stay within the device.
    """

    table: Table
    estimates: tuple[Estimate, ...]
    networks: tuple[Network, ...]

    def __len__(self) -> int:
        return len(self.estimates)

    def pareto(self, columns: Sequence[str] = ("fpga_energy_uj", "lut")) -> Table:
        """The points that fit and that no other fitting point beats: not worse in any of `columns` and better in one.

        Smaller is better, but for `accuracy`. Sorted by the first column. Raises InvalidInput for an unknown column.
        """
        rows = [row for row in self.table if row["fits"]]
        found = front([tuple(_cost(row, name) for name in columns) for row in rows])
        return Table.of([rows[place] for place in found] or self.table.where(point=-1))

    def best(self, column: str = "fpga_energy_uj", *, candidate: int | None = None) -> DesignPoint:
        """The point that fits with the smallest `column` (largest for `accuracy`), of one candidate or of all.

        Raises InvalidInput when nothing fits the device, or for an unknown column.
        """
        number: int = self._best_row(column, candidate)["point"]
        return self.estimates[number].point

    def best_network(self, column: str = "fpga_energy_uj") -> tuple[Network, DesignPoint]:
        """`best` over all candidates, together with its network."""
        row = self._best_row(column, None)
        return self.networks[row["candidate"]], self.estimates[row["point"]].point

    def _best_row(self, column: str, candidate: int | None) -> dict[str, Any]:
        rows = [row for row in self.table if row["fits"] and candidate in (None, row["candidate"])]
        if not rows:
            raise InvalidInput(f"expected a point that fits, got none of {len(self)} on the device; {self._shortage()}")
        return min(rows, key=lambda row: (_cost(row, column), row["point"]))

    def _shortage(self) -> str:
        smallest = min(self.estimates, key=lambda one: one.lut.value)
        device = smallest.device
        return (
            f"the smallest takes {smallest.lut.value:.0f} of {device.lut} LUT, {smallest.blocks} of {device.blocks}"
            f" memory blocks and {smallest.dsp} of {device.dsp} DSP of {device.name};"
            " try a larger device or fewer weight bits"
        )


@watched
def explore(
    candidates: Sequence[Candidate],
    *,
    device: str | Device = "xc7a100t",
    clock_mhz: float = 100.0,
    parallelism: Sequence[Mapping[str, Any]] | None = None,
    labels: Any = None,
    progress: Progress = shown,
) -> Exploration:
    """Estimate designs of every `(network, activity)` of `candidates`.

    Per candidate: the three named corners, and P per layer from a ladder of doublings from 1 to N, in all
    combinations; with more than 256 of them the ladders are thinned evenly, ends kept. `parallelism` replaces the sweep
    by your own list of `{layer: P}`, or of `{layer: (channels, rows, columns)}`. `device`: a name in DEVICES, or your own as
    a `Device`, a YAML or TOML file or "package.module:OBJECT". With `labels (batch,)` the activity's accuracy is a column.
    Raises InvalidInput for no candidates, float32 networks, unknown devices or layers.
    """
    _check_candidates(candidates)
    fpga = find_device(device)
    estimates: list[Estimate] = []
    rows: list[dict[str, Any]] = []
    for number, (network, activity) in enumerate(candidates):
        estimator = Estimator(network, activity)
        accuracy = {} if labels is None else {"accuracy": activity.accuracy(labels)}
        for name, point in points(network, activity, parallelism, fpga, clock_mhz):
            one = estimator.at(point)
            rows.append({"point": len(estimates), "candidate": number, "architecture": name, **_row(one), **accuracy})
            estimates.append(one)
        progress("explore", number + 1, len(candidates))
    return Exploration(Table.of(rows), tuple(estimates), tuple(network for network, _ in candidates))


def _check_candidates(candidates: Any) -> None:
    if not isinstance(candidates, Sequence) or any(not isinstance(one, tuple) or len(one) != 2 for one in candidates):
        raise InvalidInput(
            "expected a list of pairs (network, activity), got something else; try [(network, activity)]"
        )
    if not candidates:
        raise InvalidInput("expected at least one (network, activity), got none; try [(network, activity)]")


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


def _cost(row: Mapping[str, Any], column: str) -> float:
    value = row.get(column)
    if isinstance(value, bool) or not isinstance(value, int | float):
        numbers = (name for name, each in row.items() if isinstance(each, int | float) and not isinstance(each, bool))
        way = nearest(column, numbers) or "fpga_energy_uj"
        raise InvalidInput(f"expected one of the columns {', '.join(numbers)}, got {column!r}; try {way}")
    return -float(value) if column == "accuracy" else float(value)
