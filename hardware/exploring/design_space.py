"""All designs of a network on a device, by their numbers: what any of them costs is found by adding up tables of its layers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import Device
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.exploring.layer_costs import LayerCosts, WholeCosts, loader_row
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.fpga_energy import static_uj, tree_uj
from spikewright.hardware.model.interval import Interval, total
from spikewright.hardware.model.latency import overlapped

Columns = dict[str, Any]


@dataclass(frozen=True, eq=False)
class DesignSpace:
    """Every combination of `choices` (of lanes, by layer in topological order) and `clocks` in MHz.

    The number of a design counts clocks first, then the choices of the layers, the last layer fastest. `constant`: columns
    that are the same for all designs, such as the accuracy. `loads`: their memories are filled at run time.
    """

    estimator: Estimator
    device: Device
    clocks: tuple[float, ...]
    choices: Mapping[str, Sequence[PhysicalLanes]]
    constant: Mapping[str, float]
    loads: bool = False

    def __len__(self) -> int:
        return prod(self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many clocks, and how many choices of each layer."""
        return (len(self.clocks), *map(len, self.choices.values()))

    @cached_property
    def costs(self) -> tuple[LayerCosts, ...]:
        """The tables: each layer is costed once for each of its choices."""
        given = self.choices.items()
        return tuple(LayerCosts.of(self.estimator, name, lanes, self.device, self.loads) for name, lanes in given)

    def point(self, number: int) -> DesignPoint:
        """The design with a number."""
        clock, *chosen = (int(place) for place in np.unravel_index(number, self.shape))
        layers = [
            LayerDesign(name, lanes[place]) for (name, lanes), place in zip(self.choices.items(), chosen, strict=True)
        ]
        return DesignPoint(tuple(layers), self.clocks[clock], self.device, self.loads)

    def columns(self, numbers: NDArray[np.int64]) -> Columns:
        """Every column of numbers that `explore`'s table has, and `fits`, for the designs with these numbers."""
        clock, *chosen = np.unravel_index(numbers, self.shape)
        whole = WholeCosts.added(self.costs, chosen)
        if self.loads:
            whole = whole.with_loader(self._loader)
        network, mhz = self.estimator.network, np.array(self.clocks, float)[clock]
        latency = overlapped(network, whole.busy, whole.busiest_low, whole.filled, whole.longest)
        cycle_s: Any = 1e-6 / mhz
        seconds = latency * cycle_s
        beside = static_uj(self.device, seconds) + tree_uj(latency, self.estimator.actions(self.device.family))
        energy = beside + (whole.work_uj + whole.cycle_uj * latency)
        same = {name: np.broadcast_to(value, numbers.shape) for name, value in self._same.items()}
        return {
            "clock_mhz": mhz,
            "fits": self._fits(whole),
            "ff": whole.ff,
            "bram36": whole.blocks * self.device.block_kbit / 36,
            "dsp": whole.dsp,
            "latency_cycles": latency.value,
            "interval_cycles": whole.busiest,
            **_columns("lut", whole.lut),
            **_columns("latency_us", seconds * 1e6),
            **_columns("fpga_energy_uj", energy),
            **same,
        }

    @cached_property
    def _loader(self) -> Callable[[LoadBus], list[float]]:
        return cache(lambda bus: loader_row(self.estimator, bus, self.device))

    def _fits(self, whole: WholeCosts) -> Any:
        device = self.device
        logic = (whole.lut.value <= device.lut) & (whole.ff <= device.ff)
        return logic & (whole.blocks <= device.blocks) & (whole.dsp <= device.dsp)

    @cached_property
    def _same(self) -> dict[str, float]:
        layers = self.estimator.populations
        stored = sum(flow.storage.total_bits for p in layers for flow in self.estimator.flows[p.name])
        index = total(energy.total_nj for energy in self.estimator.index.values())
        return {"weight_memory_bits": stored, **index.columns("asic45_energy_nj"), **self.constant}


def _columns(name: str, interval: Interval) -> Columns:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}
