"""What the choices of one layer cost, as a table of numbers that are added up over layers, or of which the largest counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.devices import Device
from spikewright.hardware.estimation import IDLE, Estimator
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.fpga_energy import layer_uj
from spikewright.hardware.model.interval import ZERO, Interval

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LayerCosts:
    """`summed (choices, ...)`: LUT and busy cycles low, middle and high, flip-flops, blocks, DSP, the cycles that fill the
    pipeline, energy of the work and energy of a cycle of latency (microjoule, low, middle, high), memories that are loaded.
    `largest (choices, 5)`: busy cycles low and middle, the cycles of all steps, and the bits of an address and the words of a row
    that loading asks for."""

    summed: Numbers
    largest: Numbers

    @classmethod
    def of(
        cls, estimator: Estimator, name: str, choices: Sequence[PhysicalLanes], device: Device, loads: bool = False
    ) -> "LayerCosts":
        """Those of the population `name` at each of its choices of lanes; `loads`: its memories are filled at run time."""
        rows = [_row(estimator, LayerDesign(name, lanes), device, loads) for lanes in choices]
        return cls(np.array([summed for summed, _ in rows]), np.array([largest for _, largest in rows]))


@dataclass(frozen=True, eq=False)
class WholeCosts:
    """All layers together, arrays over designs. Energy is `work_uj` + latency in cycles x `cycle_uj` + the static part.

    `bus (designs, 3)`: bits of an address, words of a row and memories of the bus that loads them, 0 where nothing is loaded.
    """

    lut: Interval
    busy: Interval
    ff: Any
    blocks: Any
    dsp: Any
    filled: Any
    work_uj: Interval
    cycle_uj: Interval
    busiest_low: Any
    busiest: Any
    longest: Any
    bus: Any

    @classmethod
    def added(cls, layers: Sequence[LayerCosts], chosen: Sequence[Any]) -> "WholeCosts":
        """`chosen`: of each layer the number of its choice, for every design."""
        sums = sum(layer.summed[place] for layer, place in zip(layers, chosen, strict=True))
        most = np.max([layer.largest[place] for layer, place in zip(layers, chosen, strict=True)], axis=0)
        s, m = sums.T, most.T
        return cls(
            Interval(*s[0:3]), Interval(*s[3:6]), s[6], s[7], s[8], s[9], Interval(*s[10:13]), Interval(*s[13:16]),
            m[0], m[1], m[2], np.stack([m[3], m[4], s[16]], axis=-1),
        )  # fmt: skip

    def with_loader(self, costs: Callable[[LoadBus], Sequence[float]]) -> "WholeCosts":
        """With the loader of each: `costs` gives its LUT low, middle and high, its flip-flops, and the energy of a cycle."""
        buses, place = np.unique(self.bus, axis=0, return_inverse=True)
        found = np.array([costs(LoadBus(*map(int, bus))) for bus in buses])[place.reshape(-1)].T
        lut, cycle_uj = self.lut + Interval(*found[:3]), self.cycle_uj + Interval(*found[4:7])
        return replace(self, lut=lut, ff=self.ff + found[3], cycle_uj=cycle_uj)


def loader_row(estimator: Estimator, bus: LoadBus, device: Device) -> list[float]:
    """What `WholeCosts.with_loader` adds for a bus."""
    area = estimator.loader(bus, device)
    cycle = layer_uj(area, IDLE, Interval.exact(1.0), estimator.actions(device.family)).total_uj
    return [*_ends(area.lut), area.ff.value, *_ends(cycle)]


def _row(estimator: Estimator, design: LayerDesign, device: Device, loads: bool) -> tuple[list[float], list[float]]:
    area, cycles = estimator.part(design, device, loads)
    busy, share = cycles.total, 1.0 / estimator.network.steps
    filled = cycles.once.value + cycles.steps.value * share
    actions = estimator.actions(device.family)
    work = layer_uj(area, cycles, ZERO, actions).total_uj
    cycle = layer_uj(area, IDLE, Interval.exact(1.0), actions).total_uj
    summed = [*_ends(area.lut), *_ends(busy), area.ff.value, area.blocks, area.dsp, filled, *_ends(work), *_ends(cycle)]
    summed.append(area.bus.memories)
    return summed, [busy.low, busy.value, cycles.steps.value, area.bus.address, area.bus.words]


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.low, interval.value, interval.high
