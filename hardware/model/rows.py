"""Estimates as rows of tables, with units and bounds in the column names."""

from collections.abc import Iterator
from typing import Any

from spikewright.hardware.estimate import Estimate, LayerEstimate
from spikewright.hardware.model.devices import Device
from spikewright.hardware.model.interval import Interval


def layer_row(layer: LayerEstimate, device: Device) -> dict[str, Any]:
    """One layer; `fpga_dynamic_uj` leaves out the static power, which belongs to no layer."""
    index = layer.asic45
    split = {"memory": index.memory_nj, "operations": index.operations_nj, "addressing": index.addressing_nj}
    return {
        "layer": layer.design.population,
        "physical_neurons": layer.design.physical_neurons,
        "neurons": layer.neurons,
        "spikes": layer.spikes,
        **spread("lut", layer.area.lut),
        "ff": layer.area.ff.value,
        "bram36": layer.area.blocks * device.block_kbit / 36,
        "dsp": layer.area.dsp,
        "weight_memory_bits": layer.weight_bits,
        "busy_cycles": layer.cycles.total.value,
        **{f"asic45_{part}_nj": each.value for part, each in split.items()},
        **spread("asic45_energy_nj", index.total_nj),
        **spread("fpga_dynamic_uj", layer.dynamic_uj),
    }


def total_row(estimate: Estimate) -> dict[str, Any]:
    """All layers together, with the latency and the energy of the whole."""
    return {
        "layer": "total",
        "physical_neurons": sum(layer.design.physical_neurons for layer in estimate.layers),
        "neurons": sum(layer.neurons for layer in estimate.layers),
        "spikes": sum(layer.spikes for layer in estimate.layers),
        "ff": estimate.ff.value,
        "bram36": estimate.bram36,
        "dsp": estimate.dsp,
        "weight_memory_bits": estimate.weight_memory_bits,
        "latency_cycles": estimate.latency_cycles.value,
        **{f"asic45_{part}_nj": each.value for part, each in estimate.asic45_split_nj.items()},
        **summary(estimate),
    }


def summary(estimate: Estimate) -> dict[str, float]:
    """LUT, latency in microseconds and both energies, each with its bounds."""
    return {
        **spread("lut", estimate.lut),
        **spread("latency_us", estimate.latency_s * 1e6),
        **spread("asic45_energy_nj", estimate.asic45_energy_nj),
        **spread("fpga_energy_uj", estimate.fpga_energy_uj),
    }


def spread(name: str, interval: Interval) -> dict[str, float]:
    """A value and its two bounds under `name`, `name_low` and `name_high`."""
    return dict(_ends(name, interval))


def _ends(name: str, interval: Interval) -> Iterator[tuple[str, float]]:
    yield name, interval.value
    yield f"{name}_low", interval.low
    yield f"{name}_high", interval.high
