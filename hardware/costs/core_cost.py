"""What one core costs: bits as they are stored, cycles as they are simulated, what is estimated with its interval."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from spikewright.hardware.behaviour.exact_cycles import CoreCycles, core_cycles
from spikewright.hardware.costs.stored_bits import StoredBits
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.placing import place
from spikewright.shares import wilson
from spikewright.snn import Activity, Network
from spikewright.weights import stored_values

SPIKE, FORMAL = "spike core", "CNN core"


@dataclass(frozen=True, eq=False)
class CoreCost:
    """The core of one compressed network. `right` of `samples` images were classified as they should be, None without labels.

    `estimate` has its exact cycles in place of the law's. `additions`: of weights to neurons, an image; `events`: what layers and
    the input send, an image. `survivors`: weights that are not zero. Latencies lie between the fewest and the most cycles of an
    image, accuracies in their 95 % interval; bits, memory blocks and multipliers are exact counts of the circuit's memories.
    """

    technique: str
    core: str
    estimate: Estimate
    bits: StoredBits
    cycles: CoreCycles
    right: int | None
    samples: int
    additions: float
    events: float
    survivors: int

    @property
    def accuracy(self) -> float | None:
        """Share of the images."""
        return None if self.right is None else self.right / self.samples

    @property
    def measures(self) -> dict[str, float]:
        """What is compared, by the names of columns."""
        one = self.estimate
        return {
            "weight_memory_bits": self.bits.weight_memory,
            "memory_bits": self.bits.total,
            "lut": one.lut.value,
            "ff": one.ff.value,
            "bram36": one.bram36,
            "dsp": one.dsp,
            "latency_cycles": one.latency_cycles.value,
            "interval_cycles": self.cycles.interval,
            "fpga_energy_uj": one.fpga_energy_uj.value,
            "asic45_energy_nj": one.asic45_energy_nj.value,
        }

    @property
    def row(self) -> dict[str, Any]:
        """The row of a table, with all bounds."""
        one = self.estimate
        bounds = {
            **one.lut.columns("lut"), **one.ff.columns("ff"), **one.latency_cycles.columns("latency_cycles"),
            **one.fpga_energy_uj.columns("fpga_energy_uj"), **one.asic45_energy_nj.columns("asic45_energy_nj"),
        }  # fmt: skip
        return {
            "technique": self.technique,
            "core": self.core,
            **_accuracy_columns(self.right, self.samples),
            "physical_neurons": one.point.label,
            "weight_bits": self.bits.weights,
            "index_bits": self.bits.index,
            "codebook_bits": self.bits.codebooks,
            **_with_bounds(self.measures, bounds),
            "weight_rows": self.bits.rows,
            "survivors": self.survivors,
            "events": self.events,
            "additions": self.additions,
            "fits": one.fits,
            "refused": None,
        }


@dataclass(frozen=True)
class CoreRefusal:
    """A core that cannot be built, and why."""

    technique: str
    core: str
    reason: str

    @property
    def row(self) -> dict[str, Any]:
        """The row of a table: a reason and no numbers."""
        return {"technique": self.technique, "core": self.core, "refused": self.reason}


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """A network that was run on images: `activity` of all, `timed` with rasters of the first ones, labels or None."""

    network: Network
    activity: Activity
    timed: Activity
    labels: Any = None

    def cost(self, technique: str, core: str, point: DesignPoint, estimator: Estimator) -> CoreCost:
        """What its core costs, built as `point`. Raises InvalidInput for what there is no circuit for."""
        lanes = {layer.population: layer.lanes for layer in point.layers}
        cycles = core_cycles(self.network, lanes, self.timed)
        samples = len(self.activity.logits)
        stored = [q.synapse.weights for q in self.network.projections if q.synapse.weights is not None]
        return CoreCost(
            technique, core, estimator.at(point, cycles), StoredBits.of(place(self.network, point)), cycles,
            None if self.labels is None else round(self.activity.accuracy(self.labels) * samples), samples,
            sum(float(count.mean()) for count in self.activity.synaptic_operations.values()),
            sum(float(count.mean()) for count in self.activity.spikes.values()),
            sum(int(np.count_nonzero(stored_values(weights))) for weights in stored),
        )  # fmt: skip


def _accuracy_columns(right: int | None, samples: int) -> dict[str, float | None]:
    if right is None:
        return {"accuracy": None, "accuracy_low": None, "accuracy_high": None}
    low, high = wilson(right, samples)
    return {"accuracy": right / samples, "accuracy_low": low, "accuracy_high": high}


def _with_bounds(measures: dict[str, float], bounds: dict[str, float]) -> dict[str, float]:
    """Each measure followed by its bounds, where it has some."""
    found: dict[str, float] = {}
    for name, value in measures.items():
        found[name] = value
        found |= {f"{name}_{end}": bounds[f"{name}_{end}"] for end in ("low", "high") if f"{name}_{end}" in bounds}
    return found
