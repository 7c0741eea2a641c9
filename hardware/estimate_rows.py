"""What the parts of a design cost: a layer, and what loads the memories, each a row of an estimate's table."""

from dataclasses import dataclass
from typing import Any

from spikewright.hardware.devices import Device
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.asic45 import LayerEnergy
from spikewright.hardware.model.fpga_energy import DynamicEnergy
from spikewright.hardware.model.latency import LayerCycles


@dataclass(frozen=True)
class LayerEstimate:
    """One layer: its design, area, busy cycles per inference, 45 nm index and dynamic FPGA energy."""

    design: LayerDesign
    neurons: int
    area: LayerArea
    cycles: LayerCycles
    asic45: LayerEnergy
    dynamic: DynamicEnergy
    weight_bits: int
    spikes: float

    def row(self, device: Device) -> dict[str, Any]:
        """The row of a table; `fpga_dynamic_uj` leaves out static power and clock network, which belong to no layer."""
        index = self.asic45
        split = {"memory": index.memory_nj, "operations": index.operations_nj, "addressing": index.addressing_nj}
        return {
            "layer": self.design.population,
            "physical_neurons": self.design.physical_neurons,
            "neurons": self.neurons,
            "spikes": self.spikes,
            **self.area.lut.columns("lut"),
            "ff": self.area.ff.value,
            "bram36": self.area.blocks * device.block_kbit / 36,
            "dsp": self.area.dsp,
            "area_calibrated": not self.area.outside,
            "weight_memory_bits": self.weight_bits,
            "busy_cycles": self.cycles.total.value,
            **{f"asic45_{part}_nj": each.value for part, each in split.items()},
            **index.total_nj.columns("asic45_energy_nj"),
            **self.dynamic.columns,
            **self.dynamic.total_uj.columns("fpga_dynamic_uj"),
        }


@dataclass(frozen=True)
class LoaderEstimate:
    """What fills the memories of a core at run time, which belongs to no layer: its area, and what its clock takes meanwhile."""

    area: LayerArea
    dynamic: DynamicEnergy

    def row(self, device: Device) -> dict[str, Any]:
        """The row of a table."""
        return {
            "layer": "loader",
            **self.area.lut.columns("lut"),
            "ff": self.area.ff.value,
            "bram36": self.area.blocks * device.block_kbit / 36,
            "dsp": self.area.dsp,
            "area_calibrated": not self.area.outside,
            **self.dynamic.columns,
            **self.dynamic.total_uj.columns("fpga_dynamic_uj"),
        }
