"""What the choices of one layer cost, as a table of numbers that are added up over layers, or of which the largest counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.devices import Device
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.fpga_energy import layer_uj
from spikewright.hardware.model.interval import ZERO, Interval
from spikewright.hardware.model.latency import LayerCycles

Numbers = NDArray[np.float64]
IDLE = LayerCycles(ZERO, ZERO)


@dataclass(frozen=True, eq=False)
class LayerCosts:
    """`summed (choices, ...)`: LUT and busy cycles low, middle and high, flip-flops, blocks, DSP, the cycles that fill the
    pipeline, energy of the work and energy of a cycle of latency (microjoule, low, middle, high). `largest (choices, 3)`: busy
    cycles low and middle, and the cycles of all steps."""

    summed: Numbers
    largest: Numbers

    @classmethod
    def of(cls, estimator: Estimator, name: str, choices: Sequence[PhysicalLanes], device: Device) -> "LayerCosts":
        """Those of the population `name` at each of its choices of lanes."""
        rows = [_row(estimator, LayerDesign(name, lanes), device) for lanes in choices]
        return cls(np.array([summed for summed, _ in rows]), np.array([largest for _, largest in rows]))


@dataclass(frozen=True, eq=False)
class WholeCosts:
    """All layers together, arrays over designs. Energy is `work_uj` + latency in cycles x `cycle_uj` + the static part."""

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

    @classmethod
    def added(cls, layers: Sequence[LayerCosts], chosen: Sequence[Any]) -> "WholeCosts":
        """`chosen`: of each layer the number of its choice, for every design."""
        sums = sum(layer.summed[place] for layer, place in zip(layers, chosen, strict=True))
        most = np.max([layer.largest[place] for layer, place in zip(layers, chosen, strict=True)], axis=0)
        s, m = sums.T, most.T
        return cls(
            Interval(*s[0:3]), Interval(*s[3:6]), s[6], s[7], s[8], s[9], Interval(*s[10:13]), Interval(*s[13:16]), *m
        )


def _row(estimator: Estimator, design: LayerDesign, device: Device) -> tuple[list[float], list[float]]:
    area, cycles = estimator.part(design, device)
    busy, share = cycles.total, 1.0 / estimator.network.steps
    filled = cycles.once.value + cycles.steps.value * share
    actions = estimator.actions(device.family)
    work = layer_uj(area, cycles, ZERO, actions).total_uj
    cycle = layer_uj(area, IDLE, Interval.exact(1.0), actions).total_uj
    summed = [*_ends(area.lut), *_ends(busy), area.ff.value, area.blocks, area.dsp, filled, *_ends(work), *_ends(cycle)]
    return summed, [busy.low, busy.value, cycles.steps.value]


def _ends(interval: Interval) -> tuple[float, float, float]:
    return interval.low, interval.value, interval.high
