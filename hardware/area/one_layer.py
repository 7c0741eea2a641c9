"""What one layer of a design is made of: its modules and its memories, without the other layers and without files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from spikewright.hardware.area.elaboration.variants import ModuleUse, circuit_uses
from spikewright.hardware.area.load_bus import NO_BUS, LoadBus
from spikewright.hardware.circuit.columns import with_columns
from spikewright.hardware.circuit.loading import load_map, with_bus
from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.single_layers import single_layer
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.placement import PlacedMemory, PlacingRule
from spikewright.hardware.supported import check_buildable
from spikewright.snn import Network

_NOWHERE = Path("no folder: all memories go to the sink")


class HeldMemories:
    """Takes the memories of a circuit and makes the words of one when they are asked for."""

    def __init__(self) -> None:
        self._given: dict[str, Iterable[str]] = {}
        self._made: dict[str, tuple[int, ...]] = {}

    def __call__(self, file: str, words: Iterable[str]) -> None:
        """Take a memory."""
        self._given[file] = words

    def words(self, file: str) -> Sequence[int]:
        """The words of a memory by its file. Raises KeyError for a file that no memory has."""
        if file not in self._made:
            self._made[file] = tuple(int(word, 16) for word in self._given.pop(file))
        return self._made[file]


@dataclass(frozen=True, eq=False)
class LayerParts:
    """uses: the modules of a layer, how often each. memories: those inside them, placed. held: their words. bus: what loading
    them asks for."""

    uses: tuple[ModuleUse, ...]
    memories: tuple[PlacedMemory, ...]
    held: HeldMemories = field(repr=False)
    bus: LoadBus = NO_BUS


def layer_parts(network: Network, layer: LayerDesign, rule: PlacingRule, loads: bool = False) -> LayerParts:
    """Those of a layer of the core of `network`; of its output, what belongs to no layer too. `rule`: that of the device.
    `loads`: its memories are filled at run time; the bus has a width of its own for each layer, on which no size depends.

    The parts of all layers together are those of the circuit. Raises InvalidInput for what there is no circuit for.
    """
    check_buildable(network)
    held = HeldMemories()
    circuit = Circuit(network, {layer.population: layer.lanes}, _NOWHERE, rule=rule, sink=held)
    text = single_layer(circuit, network.by_name[layer.population])
    found = load_map(text) if loads else ()
    if found:  # columns once more: memories that nobody writes until they are loaded have none so far
        text = with_bus(with_columns(text, rule, loads), loads)
    return LayerParts(circuit_uses(text), memories_of(text, network, rule), held, LoadBus.of(found))
