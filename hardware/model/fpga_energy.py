"""`fpga_energy_uj`: what an FPGA spends on an inference; not to be mixed with the 45 nm index.

    E = static power x latency + clock tree x latency in cycles + sum over layers of
        clock   FF e(register, clock) x latency
        logic   toggles x (FF e(register, toggle) + LUT e(lut, toggle)) x busy cycles
        memory  blocks (e(block, read) x latency + written e(block, write) x busy cycles)
        DSP     DSP e(dsp, multiply) x cycles in which they multiply

`toggles`: changes of a bit in a busy cycle, BUSY_TOGGLES, measured on the Verilog. Read ports of block memories are open in
every cycle (`enable` is tied high where potentials and weights lie; measured as well). The picojoules e are a table with an
interval and a source for each (`fpga_actions`), mostly scaled from older parts: trust the order of two designs, not the
microjoules.
"""

from dataclasses import dataclass, fields

from spikewright.hardware.devices import Device
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.constants import BUSY_TOGGLES
from spikewright.hardware.model.fpga_actions import FamilyActions
from spikewright.hardware.model.interval import ZERO, Interval, total
from spikewright.hardware.model.latency import LayerCycles

PICO_TO_MICRO = 1e-6
BLOCKS_WRITTEN = Interval(0.0, 0.5, 1.0)
"""The share of a layer's block memories that is written in a busy cycle: those of potentials, which the area does not tell from
those of weights. None of them, or all; half is assumed."""


@dataclass(frozen=True)
class DynamicEnergy:
    """Microjoule of an inference by what it is spent on."""

    clock_uj: Interval = ZERO
    logic_uj: Interval = ZERO
    memory_uj: Interval = ZERO
    dsp_uj: Interval = ZERO

    @property
    def total_uj(self) -> Interval:
        """All of it."""
        return total(getattr(self, field.name) for field in fields(self))

    @property
    def columns(self) -> dict[str, float]:
        """Each part with its bounds, as "fpga_clock_uj", "fpga_clock_uj_low" and so on."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for part, each in parts.items() for name, value in each.columns(f"fpga_{part}").items()}

    def __add__(self, other: "DynamicEnergy") -> "DynamicEnergy":
        return DynamicEnergy(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


def layer_uj(area: LayerArea, cycles: LayerCycles, latency_cycles: Interval, actions: FamilyActions) -> DynamicEnergy:
    """One layer per inference of so many cycles: a straight line in them, end by end."""
    changes = area.ff * actions("register", "toggle") + area.lut * actions("lut", "toggle")
    # Multipliers of a direct input work before the first step only; those of a MAC core all the time it is busy.
    multiplying = cycles.once if cycles.once.value else cycles.total
    reads = actions("block", "read") * area.blocks * latency_cycles
    writes = actions("block", "write") * area.blocks * BLOCKS_WRITTEN * cycles.total
    return DynamicEnergy(
        area.ff * actions("register", "clock") * latency_cycles * PICO_TO_MICRO,
        changes * BUSY_TOGGLES * cycles.total * PICO_TO_MICRO,
        (reads + writes) * PICO_TO_MICRO,
        actions("dsp", "multiply") * area.dsp * multiplying * PICO_TO_MICRO,
    )


def tree_uj(latency_cycles: Interval, actions: FamilyActions) -> Interval:
    """Microjoule of the clock network of the device, which belongs to no layer."""
    return actions("clock_tree", "cycle") * latency_cycles * PICO_TO_MICRO


def static_uj(device: Device, latency_s: Interval) -> Interval:
    """Microjoule that leaks away while one inference runs."""
    return device.static_w * latency_s * 1e6
