"""The verb: `estimate(network, activity, point) -> Estimate`."""

from dataclasses import dataclass
from functools import lru_cache

from spikewright import InvalidInput, Table
from spikewright.hardware.design import DesignPoint, LayerDesign, check_point, layers_of
from spikewright.hardware.model.area import LayerArea, layer_area
from spikewright.hardware.model.asic45 import Access, LayerEnergy, Sram, layer_energy
from spikewright.hardware.model.devices import Device
from spikewright.hardware.model.devices import device as find_device
from spikewright.hardware.model.fpga_energy import dynamic_uj, energy_uj
from spikewright.hardware.model.interval import Interval, total
from spikewright.hardware.model.latency import LayerCycles, layer_cycles, pipeline_latency
from spikewright.hardware.model.traffic import traffic
from spikewright.hardware.model.widths import widths
from spikewright.snn import Activity, Network, Population


@dataclass(frozen=True)
class LayerEstimate:
    """One layer: its design, area, busy cycles per inference, 45 nm index and dynamic FPGA energy."""

    design: LayerDesign
    neurons: int
    area: LayerArea
    cycles: LayerCycles
    asic45: LayerEnergy
    dynamic_uj: Interval
    weight_bits: int
    spikes: float


@dataclass(frozen=True)
class Estimate:
    """What `point` costs per inference, low, middle and high. Totals are sums over `layers`, latencies as in `latency`.

    `latency_cycles`, `latency_s`: from the first input event to the answer. `interval_cycles`: between two answers when
    inferences follow each other, the busiest layer. `asic45_energy_nj` is the 45 nm index and `fpga_energy_uj` an
    FPGA's energy; the two are never mixed.
    """

    point: DesignPoint
    layers: tuple[LayerEstimate, ...]
    latency_cycles: Interval
    fpga_energy_uj: Interval

    @property
    def device(self) -> Device:
        """The device of the point."""
        return find_device(self.point.device)

    @property
    def lut(self) -> Interval:
        """LUTs (ALUTs on Cyclone V)."""
        return total(layer.area.lut for layer in self.layers)

    @property
    def ff(self) -> Interval:
        """Flip-flops."""
        return total(layer.area.ff for layer in self.layers)

    @property
    def blocks(self) -> int:
        """Memory blocks of the device."""
        return sum(layer.area.blocks for layer in self.layers)

    @property
    def bram36(self) -> float:
        """Memory blocks in units of 36 kbit, so that devices compare."""
        return self.blocks * self.device.block_kbit / 36

    @property
    def dsp(self) -> int:
        """Multiplier blocks."""
        return sum(layer.area.dsp for layer in self.layers)

    @property
    def weight_memory_bits(self) -> int:
        """Bits of stored weights, indices and tables included."""
        return sum(layer.weight_bits for layer in self.layers)

    @property
    def latency_s(self) -> Interval:
        """Seconds from the first input event to the answer."""
        return self.latency_cycles * (1e-6 / self.point.clock_mhz)

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
    def fits(self) -> bool:
        """Whether the middle estimates stay within the device."""
        device = self.device
        return bool(
            self.lut.value <= device.lut
            and self.ff.value <= device.ff
            and self.blocks <= device.blocks
            and self.dsp <= device.dsp
        )

    @property
    def table(self) -> Table:
        """A row for each layer and one for all of them."""
        from spikewright.hardware.model.rows import layer_row, total_row

        return Table.of([*(layer_row(layer, self.device) for layer in self.layers), total_row(self)])


def estimate(network: Network, activity: Activity, point: DesignPoint, *, memory_access: Access = "word") -> Estimate:
    """Area, latency and energy per inference of the fixed-point `network` built as `point`, at the mean of `activity`.

    The laws and their sources are in `hardware.model.latency`, `.area`, `.energy` (`memory_access`) and `.power`.
    Raises InvalidInput for a float32 network, an activity of another network, or a point that does not fit the layers.
    """
    check_point(network, point)
    return Estimator(network, activity, memory_access).at(point)


class Estimator:
    """Estimates of many points of one network: what does not depend on the point is worked out once."""

    def __init__(self, network: Network, activity: Activity, memory_access: Access = "word") -> None:
        if not isinstance(activity, Activity):
            raise InvalidInput(f"expected an Activity, got {type(activity).__name__}; try simulate(network, images)")
        if activity.steps != network.steps:
            raise InvalidInput(
                f"expected an activity of {network.steps} steps, got {activity.steps}; simulate it again"
            )
        self.network, self.sizes, self.sram = network, widths(network), Sram(memory_access)
        self.populations = layers_of(network)
        self.flows = {
            p.name: tuple(traffic(network, activity, q) for q in network.incoming[p.name]) for p in self.populations
        }
        self.spikes = {p.name: _spikes(activity, p) for p in self.populations}
        self._index = {p.name: self._energy(p) for p in self.populations}
        self._parts = lru_cache(maxsize=None)(self._layer)

    def at(self, point: DesignPoint) -> Estimate:
        """The estimate of one point, checked by the caller."""
        device = find_device(point.device)
        parts = [self._parts(point.by_name[p.name], point.device) for p in self.populations]
        latency = pipeline_latency(self.network, [cycles for _, cycles in parts])
        rows = tuple(self._row(p, point, part, latency) for p, part in zip(self.populations, parts, strict=True))
        seconds = latency * (1e-6 / point.clock_mhz)
        return Estimate(point, rows, latency, energy_uj(device, seconds, [row.dynamic_uj for row in rows]))

    def _layer(self, design: LayerDesign, device: str) -> tuple[LayerArea, LayerCycles]:
        population, flows = self.network.by_name[design.population], self.flows[design.population]
        area = layer_area(population, design, flows, self.sizes, find_device(device))
        return area, layer_cycles(self.network, population, design, flows)

    def _energy(self, population: Population) -> LayerEnergy:
        name = population.name
        return layer_energy(self.network, population, self.flows[name], self.spikes[name], self.sizes, self.sram)

    def _row(
        self, population: Population, point: DesignPoint, part: tuple[LayerArea, LayerCycles], latency: Interval
    ) -> LayerEstimate:
        area, cycles = part
        name, flows = population.name, self.flows[population.name]
        stored = sum(flow.storage.total_bits for flow in flows)
        return LayerEstimate(
            point.by_name[name], population.size, area, cycles, self._index[name],
            dynamic_uj(area, cycles, latency), stored, self.spikes[name],
        )  # fmt: skip


def _spikes(activity: Activity, population: Population) -> float:
    if population.name not in activity.spikes:
        raise InvalidInput(
            f"expected the activity of this network, got one without {population.name!r}; simulate it first"
        )
    return float(activity.spikes[population.name].mean())
