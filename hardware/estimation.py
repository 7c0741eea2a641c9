"""The verb: `estimate(network, activity, point) -> Estimate`."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from spikewright import InvalidInput
from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.behaviour.exact_cycles import CoreCycles
from spikewright.hardware.design_points import DesignPoint, check_point, layers_of
from spikewright.hardware.devices import Device
from spikewright.hardware.estimate_rows import LayerEstimate, LoaderEstimate
from spikewright.hardware.estimates import Estimate
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.model.area import LayerArea, layer_area, loader_area
from spikewright.hardware.model.asic45 import LayerEnergy, layer_energy
from spikewright.hardware.model.bit_widths import widths
from spikewright.hardware.model.flows import event_flow
from spikewright.hardware.model.fpga_actions import FamilyActions, FpgaActions, usual_actions
from spikewright.hardware.model.fpga_energy import layer_uj, static_uj, tree_uj
from spikewright.hardware.model.interval import ZERO, Interval
from spikewright.hardware.model.latency import LayerCycles, layer_cycles, pipeline_latency
from spikewright.hardware.model.operations45 import Access, Sram
from spikewright.progress import watched
from spikewright.snn import Activity, Network, Population

IDLE = LayerCycles(ZERO, ZERO)
"""The cycles of what does nothing during an inference."""


@watched
def estimate(
    network: Network,
    activity: Activity,
    point: DesignPoint,
    *,
    memory_access: Access | str = "word",
    energies: str | Path | None = None,
) -> Estimate:
    """Area, latency and energy per inference of the fixed-point `network` built as `point`, at the mean of `activity`.

    The laws and their sources are in `hardware.model.latency`, `.area`, `.asic45` (`memory_access`, see `Sram`) and
    `.fpga_energy` (`energies`: a CSV in place of `fpga_actions.csv`).
    Raises InvalidInput for a float32 network, an activity of another network, or a point that does not fit the layers,
    InvalidFile for a damaged CSV.
    """
    check_point(network, point)
    return Estimator(network, activity, memory_access, energies).at(point)


class Estimator:
    """Estimates of many points of one network: what does not depend on the point is worked out once."""

    def __init__(
        self,
        network: Network,
        activity: Activity,
        memory_access: Access | str = "word",
        energies: str | Path | None = None,
    ) -> None:
        if not isinstance(activity, Activity):
            raise InvalidInput(f"expected an Activity, got {type(activity).__name__}; try simulate(network, images)")
        if activity.steps != network.steps:
            raise InvalidInput(
                f"expected an activity of {network.steps} steps, got {activity.steps}; simulate it again"
            )
        self.network, self.sizes, self.sram = network, widths(network), Sram(memory_access)
        self.steps = float(activity.decision_step.mean())
        self.populations = layers_of(network)
        self.flows = {
            p.name: tuple(event_flow(network, activity, q) for q in network.incoming[p.name]) for p in self.populations
        }
        self.spikes = {p.name: _spikes(activity, p) for p in self.populations}
        self.index = {p.name: self._energy(p) for p in self.populations}
        """The 45 nm index of each layer, which no design changes."""
        self.part = lru_cache(maxsize=None)(self._layer)
        """Area and cycles of a LayerDesign on a Device, loaded at run time or not, which no other layer changes."""
        self.loader = lru_cache(maxsize=None)(loader_area)
        """The area of the loader for a LoadBus on a Device."""
        self.cycles = lru_cache(maxsize=None)(self._cycles)
        """The cycles of a LayerDesign, the same on every device."""
        own = FpgaActions.read(energies) if energies is not None else None
        self.actions: Callable[[str], FamilyActions] = lru_cache(maxsize=None)(own.of) if own else usual_actions
        """What a family of devices spends on each action."""

    @property
    def index_nj(self) -> float:
        """The 45 nm index of an inference, nanojoule."""
        return sum(energy.total_nj.value for energy in self.index.values())

    def at(self, point: DesignPoint, known: CoreCycles | None = None) -> Estimate:
        """The estimate of one point, checked by the caller; with its exact cycles, where `known`, in place of the law's."""
        device = point.fpga
        parts = [self.part(point.by_name[p.name], device, point.loads) for p in self.populations]
        if known is not None:
            parts = [(area, known.layers[p.name]) for p, (area, _) in zip(self.populations, parts, strict=True)]
        latency = (
            pipeline_latency(self.network, [cycles for _, cycles in parts]) if known is None else known.mean_latency
        )
        rows = tuple(self._row(p, point, part, latency) for p, part in zip(self.populations, parts, strict=True))
        seconds = latency * (1e-6 / point.clock_mhz)
        whole = static_uj(device, seconds), tree_uj(latency, self.actions(device.family))
        return Estimate(point, rows, latency, *whole, self._loading([area for area, _ in parts], point, latency))

    def _loading(self, layers: Sequence[LayerArea], point: DesignPoint, latency: Interval) -> LoaderEstimate | None:
        """The loader, which stands still while an inference runs; None for a core that is not loaded."""
        if not point.loads:
            return None
        area = self.loader(LoadBus.together(one.bus for one in layers), point.fpga)
        return LoaderEstimate(area, layer_uj(area, IDLE, latency, self.actions(point.fpga.family)))

    def _layer(self, design: LayerDesign, device: Device, loads: bool) -> tuple[LayerArea, LayerCycles]:
        return layer_area(self.network, design, device, loads), self.cycles(design)

    def _cycles(self, design: LayerDesign) -> LayerCycles:
        population, flows = self.network.by_name[design.population], self.flows[design.population]
        return layer_cycles(self.network, population, design, flows, self.steps)

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
            point.by_name[name], population.size, area, cycles, self.index[name],
            layer_uj(area, cycles, latency, self.actions(point.fpga.family)), stored, self.spikes[name],
        )  # fmt: skip


def _spikes(activity: Activity, population: Population) -> float:
    if population.name not in activity.spikes:
        raise InvalidInput(
            f"expected the activity of this network, got one without {population.name!r}; simulate it first"
        )
    return float(activity.spikes[population.name].mean())
