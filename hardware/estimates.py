"""What a design costs: the records that `estimate` returns, and their tables with units and bounds in the column names."""

from dataclasses import dataclass
from typing import Any

from spikewright import Table
from spikewright.hardware.area.record import MOST_BEYOND
from spikewright.hardware.design_points import DesignPoint
from spikewright.hardware.devices import Device
from spikewright.hardware.estimate_rows import LayerEstimate, LoaderEstimate
from spikewright.hardware.model.area import LayerArea
from spikewright.hardware.model.fpga_energy import DynamicEnergy
from spikewright.hardware.model.interval import Interval, total
from spikewright.markup import digits, html_table


@dataclass(frozen=True, repr=False)
class Estimate:
    """What `point` costs per inference, low, middle and high. Totals are sums over `layers` and the `loader`, which a
    design that loads has; latencies as in `latency`.

    `latency_cycles`, `latency_us`, `latency_s`: from the first input event to the answer. `interval_cycles`: between two
    answers when inferences follow each other, the busiest layer. `asic45_energy_nj` is the 45 nm index and `fpga_energy_uj` an
    FPGA's energy; the two are never mixed.
    """

    point: DesignPoint
    layers: tuple[LayerEstimate, ...]
    latency_cycles: Interval
    static_uj: Interval
    tree_uj: Interval
    loader: LoaderEstimate | None = None

    def __repr__(self) -> str:
        told = {"LUT": self.lut, "us": self.latency_us, "uJ": self.fpga_energy_uj}
        shown = ", ".join(f"{digits(x.value)} {unit} ({digits(x.low)} to {digits(x.high)})" for unit, x in told.items())
        return f"Estimate({self.point.label} on {self.point.device_name}: {shown}; {self._verdict})"

    def _repr_html_(self) -> str:
        columns = (
            "layer",
            "physical_neurons",
            "lut",
            "ff",
            "bram36",
            "dsp",
            "latency_us",
            "fpga_energy_uj",
            "asic45_energy_nj",
        )
        return html_table(repr(self), ({name: row.get(name) for name in columns} for row in self.table))

    @property
    def _parts(self) -> tuple[LayerEstimate | LoaderEstimate, ...]:
        return self.layers if self.loader is None else (*self.layers, self.loader)

    @property
    def _areas(self) -> tuple[LayerArea, ...]:
        return tuple(each.area for each in self._parts)

    @property
    def device(self) -> Device:
        """The device of the point."""
        return self.point.fpga

    @property
    def lut(self) -> Interval:
        """LUTs (ALUTs on Cyclone V)."""
        return total(area.lut for area in self._areas)

    @property
    def ff(self) -> Interval:
        """Flip-flops."""
        return total(area.ff for area in self._areas)

    @property
    def blocks(self) -> int:
        """Memory blocks of the device."""
        return sum(area.blocks for area in self._areas)

    @property
    def bram36(self) -> float:
        """Memory blocks in units of 36 kbit, so that devices compare."""
        return self.blocks * self.device.block_kbit / 36

    @property
    def dsp(self) -> int:
        """Multiplier blocks."""
        return sum(area.dsp for area in self._areas)

    @property
    def outside(self) -> tuple[str, ...]:
        """What lies outside of the calibration of areas, in words, with the layer's name; () for nothing that counts.

        It counts where modules beyond the calibration have more than MOST_BEYOND of all look-up tables.
        """
        beyond = sum(area.beyond * area.lut.value for area in self._areas)
        if beyond <= MOST_BEYOND * self.lut.value:
            return ()
        loader = self.loader.area.outside if self.loader else ()
        layers = [f"{layer.design.population}: {what}" for layer in self.layers for what in layer.area.outside]
        return (*layers, *(f"loader: {what}" for what in loader))

    @property
    def weight_memory_bits(self) -> int:
        """Bits of stored weights, indices and tables included."""
        return sum(layer.weight_bits for layer in self.layers)

    @property
    def latency_s(self) -> Interval:
        """Seconds from the first input event to the answer."""
        return self.latency_cycles * (1e-6 / self.point.clock_mhz)

    @property
    def latency_us(self) -> Interval:
        """Microseconds from the first input event to the answer."""
        return self.latency_s * 1e6

    @property
    def interval_cycles(self) -> float:
        """Cycles between two answers in a row."""
        return max(layer.cycles.total.value for layer in self.layers)

    @property
    def asic45_energy_nj(self) -> Interval:
        """The 45 nm index of one inference, nanojoule."""
        return total(layer.asic45.total_nj for layer in self.layers)

    @property
    def asic45_split_nj(self) -> dict[str, Interval]:
        """The index split into "memory", "operations" and "addressing"."""
        return {
            "memory": total(layer.asic45.memory_nj for layer in self.layers),
            "operations": total(layer.asic45.operations_nj for layer in self.layers),
            "addressing": total(layer.asic45.addressing_nj for layer in self.layers),
        }

    @property
    def dynamic(self) -> DynamicEnergy:
        """What all layers spend, and the clock network of the device with their clock load."""
        return sum((each.dynamic for each in self._parts), DynamicEnergy(clock_uj=self.tree_uj))

    @property
    def fpga_energy_uj(self) -> Interval:
        """What the FPGA spends on one inference, static and dynamic, microjoule."""
        return self.static_uj + self.dynamic.total_uj

    @property
    def fits(self) -> bool:
        """Whether the middle estimates stay within the device."""
        return not self.lacks

    @property
    def surely_fits(self) -> bool:
        """Whether the high ends of the bounds stay within the device, too."""
        return not self.device.lacks(lut=self.lut.high, ff=self.ff.high, blocks=self.blocks, dsp=self.dsp)

    @property
    def _verdict(self) -> str:
        if not self.fits:
            return "does not fit"
        return "fits" if self.surely_fits else "fits by the middle, not by the high ends"

    @property
    def lacks(self) -> tuple[str, ...]:
        """What the middle estimates need more of than the device has, in words, with how much; () where they fit."""
        return self.device.lacks(lut=self.lut.value, ff=self.ff.value, blocks=self.blocks, dsp=self.dsp)

    @property
    def table(self) -> Table:
        """A row for each layer and one for all of them."""
        return Table.of([*(each.row(self.device) for each in self._parts), self._total_row()])

    def summary(self) -> dict[str, float]:
        """LUT, latency in microseconds and both energies, each with its bounds, by the names of columns."""
        return {
            **self.lut.columns("lut"),
            **self.latency_us.columns("latency_us"),
            **self.asic45_energy_nj.columns("asic45_energy_nj"),
            **self.fpga_energy_uj.columns("fpga_energy_uj"),
        }

    def _total_row(self) -> dict[str, Any]:
        """All layers together, with the latency and the energy of the whole."""
        return {
            "layer": "total",
            "physical_neurons": sum(layer.design.physical_neurons for layer in self.layers),
            "neurons": sum(layer.neurons for layer in self.layers),
            "spikes": sum(layer.spikes for layer in self.layers),
            "ff": self.ff.value,
            "bram36": self.bram36,
            "dsp": self.dsp,
            "area_calibrated": not self.outside,
            "weight_memory_bits": self.weight_memory_bits,
            "latency_cycles": self.latency_cycles.value,
            **{f"asic45_{part}_nj": each.value for part, each in self.asic45_split_nj.items()},
            **self.static_uj.columns("fpga_static_uj"),
            **self.dynamic.columns,
            **self.summary(),
        }
