"""The verb: `stream_weights(network, activity, point) -> StreamedDesign`, weights in external memory where a device is too small.

An event of a projection reads a row of weights in each pass, in a cycle each. Out of a memory that gives so many bits a cycle

    cycles of an event = max(passes, row bits x passes / bits a cycle)

with rows fetched ahead, since events wait in a queue: the delay of the memory itself is not counted. An estimate without
Verilog behind it: there is no such circuit yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from spikewright import InvalidInput, Table
from spikewright.hardware.area.one_layer import layer_parts
from spikewright.hardware.design_points import DesignPoint, check_point
from spikewright.hardware.estimate_rows import LayerEstimate
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.estimation import Estimator
from spikewright.hardware.model.fpga_energy import layer_uj, static_uj, tree_uj
from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.latency import LayerCycles, pipeline_latency, row_reads
from spikewright.hardware.placement import PlacedMemory, PlacingRule
from spikewright.snn import Activity, Network


@dataclass(frozen=True)
class ExternalMemory:
    """A memory outside the FPGA that gives so many gigabits a second. Raises InvalidInput for one that gives nothing."""

    gbit_per_s: float = 12.8

    def __post_init__(self) -> None:
        if not self.gbit_per_s > 0:
            raise InvalidInput(f"expected a memory that gives bits, got {self}; try ExternalMemory(12.8)")

    def bits_per_cycle(self, clock_mhz: float) -> float:
        """Bits that arrive in a cycle of the core."""
        return self.gbit_per_s * 1000.0 / clock_mhz


@dataclass(frozen=True)
class StreamedLayer:
    """The weights of a projection that are read from outside: bits of a row, cycles in which they are added within and from
    outside, bits an inference, and the memory blocks that they leave free."""

    projection: str
    row_bits: int
    pass_cycles: float
    streamed_cycles: float
    read_bits: float
    blocks_saved: int


@dataclass(frozen=True, repr=False)
class StreamedDesign:
    """`estimate`: of the design with those weights outside, without the energy of the memory. `streamed`: largest first; none
    where the design fits as it is."""

    estimate: Estimate
    memory: ExternalMemory
    streamed: tuple[StreamedLayer, ...]

    def __repr__(self) -> str:
        outside = ", ".join(one.projection for one in self.streamed) or "none"
        return f"StreamedDesign({self.estimate!r}; weights outside: {outside})"

    @property
    def table(self) -> Table:
        """A row for each projection whose weights lie outside."""
        return Table.of(vars(one) for one in self.streamed)


def stream_weights(
    network: Network, activity: Activity, point: DesignPoint, memory: ExternalMemory | None = None
) -> StreamedDesign:
    """Put weights outside, those that take most memory blocks first, until the blocks of the device suffice.

    Raises InvalidInput where blocks are too few even then, with how many are, and for a design that is loaded at run time.
    """
    check_point(network, point)
    if point.loads:
        raise InvalidInput("expected a design that is not loaded at run time, got loads=True; try loads=False")
    memory, estimator = memory or ExternalMemory(), Estimator(network, activity)
    layers = {layer.design.population: layer for layer in estimator.at(point).layers}
    streamed: list[StreamedLayer] = []
    device = point.fpga
    for owner, weights in _largest_first(network, point):
        if sum(layer.area.blocks for layer in layers.values()) <= device.blocks:
            break
        made, layers[owner] = _moved(estimator, layers[owner], weights, memory.bits_per_cycle(point.clock_mhz), device)
        streamed.append(made)
    left = sum(layer.area.blocks for layer in layers.values())
    if left > device.blocks:
        raise InvalidInput(
            f"expected a core within the {device.blocks} memory blocks of {device.name}, got {left} with all weights outside"
            f" ({left - device.blocks} too many); try fewer lanes or a larger device"
        )
    return StreamedDesign(_whole(estimator, point, list(layers.values())), memory, tuple(streamed))


def _largest_first(network: Network, point: DesignPoint) -> list[tuple[str, PlacedMemory]]:
    """The weights that lie in memory blocks, each with the layer that it belongs to."""
    rule, found = PlacingRule.of(point.fpga), []
    for design in point.layers:
        placed = layer_parts(network, design, rule).memories
        found += [(design.population, one) for one in placed if one.role == "weights" and one.blocks(point.fpga)]
    return sorted(found, key=lambda each: -each[1].blocks(point.fpga))


def _moved(
    estimator: Estimator, layer: LayerEstimate, weights: PlacedMemory, bits: float, device: Any
) -> tuple[StreamedLayer, LayerEstimate]:
    """A layer without the blocks of a memory of weights, and slower where that gives a row in more than a cycle."""
    network, name = estimator.network, layer.design.population
    flow = next(one for one in estimator.flows[name] if one.projection.name == weights.part)
    passes = row_reads(network, network.by_name[name], layer.design, flow)
    row = weights.bits * weights.count
    waits = passes * max(0.0, row / bits - 1.0)
    cycles = layer.cycles
    more = (
        LayerCycles(cycles.once + waits, cycles.steps) if flow.graded else replace(cycles, steps=cycles.steps + waits)
    )
    saved = weights.blocks(device)
    told = StreamedLayer(weights.part, row, passes.value, passes.value + waits.value, passes.value * row, saved)
    return told, replace(layer, area=replace(layer.area, blocks=layer.area.blocks - saved), cycles=more)


def _whole(estimator: Estimator, point: DesignPoint, layers: Sequence[LayerEstimate]) -> Estimate:
    latency: Interval = pipeline_latency(estimator.network, [layer.cycles for layer in layers])
    actions = estimator.actions(point.fpga.family)
    rows = tuple(replace(one, dynamic=layer_uj(one.area, one.cycles, latency, actions)) for one in layers)
    static = static_uj(point.fpga, latency * (1e-6 / point.clock_mhz))
    return Estimate(point, rows, latency, static, tree_uj(latency, actions))
