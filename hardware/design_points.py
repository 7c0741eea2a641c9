"""A point of the design space: how many physical neurons each layer gets, the clock and the device."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from spikewright import InvalidInput
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.circuit.shapes import Map
from spikewright.hardware.devices import DEVICES, Device, listed
from spikewright.hardware.devices import device as find_device
from spikewright.hardware.layer_designs import LayerDesign, check_layer, layer_design
from spikewright.hardware.supported import check_buildable
from spikewright.importing import nearest
from spikewright.snn import Activity, Network, Population
from spikewright.snn.requirements import check_network


@dataclass(frozen=True)
class DesignPoint:
    """One LayerDesign for every population but the input, the clock in MHz and the device.

    loads: weights and all other memories can be filled at run time, over a stream of their own; a core that costs more.

    device: a name in DEVICES, or one that is not there, as `hardware.devices.device` takes it: its record, a YAML or TOML file,
    or the "package.module:OBJECT" of a record. The point holds the name of a device of DEVICES, and the record of another.
    """

    layers: tuple[LayerDesign, ...]
    clock_mhz: float = 100.0
    device: str | Device = "xc7a100t"
    loads: bool = False

    def __post_init__(self) -> None:
        device = find_device(self.device)
        object.__setattr__(self, "device", device.name if DEVICES.get(device.name) == device else device)
        check_clock(self.clock_mhz)
        if not isinstance(self.loads, bool):
            raise InvalidInput(f"expected loads=True or False, got {self.loads!r:.60}")

    @property
    def by_name(self) -> Mapping[str, LayerDesign]:
        """Layers by the name of their population."""
        return {layer.population: layer for layer in self.layers}

    @property
    def fpga(self) -> Device:
        """The record of the device."""
        return self.device if isinstance(self.device, Device) else listed(self.device)

    @property
    def device_name(self) -> str:
        """How the device is called in tables and files."""
        return self.device.name if isinstance(self.device, Device) else self.device

    @property
    def label(self) -> str:
        """The physical neurons of the layers in order, such as "16/8/1"."""
        return "/".join(str(layer.physical_neurons) for layer in self.layers)


def check_clock(clock_mhz: object) -> None:
    """Raise InvalidInput for what is no clock in MHz."""
    number = isinstance(clock_mhz, int | float) and not isinstance(clock_mhz, bool)
    if not number or not 0.001 <= clock_mhz <= 2000.0:  # type: ignore[operator]
        raise InvalidInput(f"expected a clock of 0.001 to 2000 MHz, got {clock_mhz!r:.60}; try 100.0")


def layers_of(network: Network) -> tuple[Population, ...]:
    """The populations that are built: all but the input, in topological order."""
    check_network(network)
    return tuple(p for p in network.order if p.name != network.input)


def check_point(network: Network, point: DesignPoint) -> None:
    """Raise InvalidInput unless `point` is a design of `network`: each layer once, every P inside its layer."""
    check_buildable(network)
    if not isinstance(point, DesignPoint):
        raise InvalidInput(f"expected a DesignPoint, got {type(point).__name__}; try fully_parallel(network)")
    wanted, got = [p.name for p in layers_of(network)], [layer.population for layer in point.layers]
    if sorted(wanted) != sorted(got):
        raise InvalidInput(f"expected one layer for each of {', '.join(wanted)}, got {', '.join(got) or 'none'}")
    for population in layers_of(network):
        check_layer(population, point.by_name[population.name])


def design(
    network: Network,
    physical_neurons: Mapping[str, Any],
    *,
    device: str | Device = "xc7a100t",
    clock_mhz: float = 100.0,
) -> DesignPoint:
    """A design with a P, or lanes `(channels, rows, columns)`, for each layer by name; others get one physical neuron.

    Raises InvalidInput for an unknown layer, a P outside its layer, an unknown device or a float32 network.
    """
    check_buildable(network)
    populations = layers_of(network)
    unknown = set(physical_neurons) - {p.name for p in populations}
    if unknown:
        names, wrong = [p.name for p in populations], sorted(map(str, unknown))
        way = nearest(wrong[0], names) or names[0]
        raise InvalidInput(f"expected layers among {', '.join(names)}, got {', '.join(wrong)}; try {way}")
    layers = tuple(layer_design(p, physical_neurons.get(p.name, 1)) for p in populations)
    return DesignPoint(layers, clock_mhz, device)


def fully_parallel(network: Network, *, device: str | Device = "xc7a100t", clock_mhz: float = 100.0) -> DesignPoint:
    """P = N everywhere: a circuit for every neuron (the FPA of Abderrahmane et al., Neural Networks 121, 2020).

    A layer behind a dilation has one lane along that axis (`circuit.lane_room`): there is no circuit for more.
    """
    check_buildable(network)
    everything = {p.name: room_of(network, p) for p in layers_of(network)}
    return design(network, everything, device=device, clock_mhz=clock_mhz)


def time_multiplexed(network: Network, *, device: str | Device = "xc7a100t", clock_mhz: float = 100.0) -> DesignPoint:
    """P = 1 everywhere: one circuit a layer, potentials and weights in memories (the TMA of the same paper)."""
    return design(network, {}, device=device, clock_mhz=clock_mhz)


def hybrid(
    network: Network, activity: Activity, *, device: str | Device = "xc7a100t", clock_mhz: float = 100.0
) -> DesignPoint:
    """The busiest layers parallel, the others multiplexed (the HA of the same paper).

    Busy by mean synaptic operations into the layer: the fewest layers that together do half of them are as in `fully_parallel`.
    """
    check_buildable(network)
    work = {p.name: sum(_work(activity, q.name) for q in network.incoming[p.name]) for p in layers_of(network)}
    chosen: dict[str, Map] = {}
    done, whole = 0.0, sum(work.values())
    for name in sorted(work, key=lambda key: -work[key]):
        if chosen and done >= whole / 2:
            break
        chosen[name] = room_of(network, network.by_name[name])
        done += work[name]
    return design(network, chosen, device=device, clock_mhz=clock_mhz)


def _work(activity: Activity, projection: str) -> float:
    if projection not in activity.synaptic_operations:
        raise InvalidInput(f"expected the activity of this network, got one without {projection!r}; simulate it first")
    return float(activity.synaptic_operations[projection].mean())
