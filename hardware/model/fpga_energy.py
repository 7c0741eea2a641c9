"""`fpga_energy_uj`: what an FPGA spends on an inference; not to be mixed with the 45 nm index.

    E = static power x latency + sum over layers of busy cycles (LUT e_lut + blocks e_block + DSP e_dsp)
        + latency FF e_ff

The coefficients are assumed, with wide intervals (see `constants`): trust the order of two designs, not
the microjoules.
"""

from collections.abc import Sequence

from spikewright.hardware.devices import Device
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.constants import BLOCK_PJ, DSP_PJ, FF_PJ, LUT_PJ
from spikewright.hardware.model.interval import Interval, total
from spikewright.hardware.model.latency import LayerCycles

PICO_TO_MICRO = 1e-6


def dynamic_uj(area: LayerArea, cycles: LayerCycles, latency_cycles: Interval) -> Interval:
    """Microjoule of one layer per inference: its logic and memories while busy, its clock load all the time."""
    fabric = area.lut * LUT_PJ + BLOCK_PJ * area.blocks
    # Multipliers of a direct input work before the first step only; those of a MAC core all the time it is busy.
    multiplying = cycles.once if cycles.once.value else cycles.total
    picojoule = fabric * cycles.total + DSP_PJ * area.dsp * multiplying + area.ff * FF_PJ * latency_cycles
    return picojoule * PICO_TO_MICRO


def static_uj(device: Device, latency_s: Interval) -> Interval:
    """Microjoule that leaks away while one inference runs."""
    return device.static_w * latency_s * 1e6


def energy_uj(device: Device, latency_s: Interval, parts: Sequence[Interval]) -> Interval:
    """Static and dynamic energy together."""
    return static_uj(device, latency_s) + total(parts)
