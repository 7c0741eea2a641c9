"""What a layer is made of: all layers together are the circuit."""

from collections import Counter

import pytest

from spikewright.hardware.area.elaboration.variants import TOP, circuit_uses
from spikewright.hardware.area.load_bus import LoadBus
from spikewright.hardware.area.one_layer import HeldMemories, layer_parts
from spikewright.hardware.circuit.loading import load_map
from spikewright.hardware.circuit.memories import memories_of
from spikewright.hardware.circuit.record import Ends
from spikewright.hardware.circuit.top import build
from spikewright.hardware.layer_designs import LayerDesign
from spikewright.hardware.placement import USUAL, PlacingRule
from tests.validate.drawers import DRAWERS, lanes_of

_KINDS = ("IF and LIF", "recurrence", "separable maps and slices", "MAC core", "read-outs and early decisions")


def _counted(uses) -> Counter:
    return Counter({use.variant: use.count for use in uses if use.module != TOP})


def _glue(uses) -> Counter:
    return Counter(next(use.parameters for use in uses if use.module == TOP))


@pytest.mark.parametrize("drawer", [one for one in DRAWERS if one.name in _KINDS], ids=lambda drawer: drawer.name)
def test_layers_have_the_modules_and_memories_of_the_circuit(drawer, tmp_path) -> None:
    circuit = drawer.circuit(5, 2, tmp_path / "c")
    text, lanes = (tmp_path / "c" / "core.v").read_text(), lanes_of(circuit.network, 5, 2)
    layers = [
        layer_parts(circuit.network, LayerDesign(population.name, lanes[population.name]), USUAL)
        for population in circuit.inner
    ]
    whole = circuit_uses(text)
    assert sum((_counted(layer.uses) for layer in layers), Counter()) == _counted(whole)
    assert sum((_glue(layer.uses) for layer in layers), Counter()) == _glue(whole)
    placed = [memory for layer in layers for memory in layer.memories]
    assert Counter(placed) == Counter(memories_of(text, circuit.network, USUAL))
    written = {file: (tmp_path / "c" / file).read_text().split() for file in {one.file for one in placed} - {None}}
    for layer in layers:
        for memory in layer.memories:
            if memory.file:
                assert list(layer.held.words(memory.file)) == [int(word, 16) for word in written[memory.file]]


def _without_bus(uses) -> Counter:
    """Instances, of memories on the bus only that they are: numbers are those of the whole core."""
    found = Counter()
    for use in uses:
        given = {key: value for key, value in use.parameters.items() if key not in ("LOAD_ADDRESS", "LOAD_ROW")}
        given |= {"MEMORY": given["MEMORY"] > 0} if "MEMORY" in given else {}
        found[use.module, tuple(given.items())] += 0 if use.module == TOP else use.count
    return found


@pytest.mark.parametrize("drawer", DRAWERS, ids=lambda drawer: drawer.name)
def test_loaded_layers_have_the_modules_and_memories_of_the_loaded_circuit(drawer, tmp_path) -> None:
    network = drawer.circuit(6, 1, tmp_path / "c").network
    lanes = lanes_of(network, 6, 1)
    rule = PlacingRule.for_family("ecp5", ((36, 512), (18, 1024), (9, 2048), (4, 4096), (2, 8192), (1, 16384)))
    circuit = build(network, lanes, tmp_path / "loaded", rule=rule, ends=Ends(loads=True))
    text = (circuit.folder / "core.v").read_text()
    layers = [layer_parts(network, LayerDesign(p.name, lanes[p.name]), rule, True) for p in circuit.inner]
    assert sum((_without_bus(layer.uses) for layer in layers), Counter()) == _without_bus(circuit_uses(text))
    assert Counter(one for layer in layers for one in layer.memories) == Counter(memories_of(text, network, rule))
    assert LoadBus.together(layer.bus for layer in layers) == LoadBus.of(load_map(text))


def test_words_are_made_when_they_are_asked_for_and_only_once() -> None:
    made, held = [], HeldMemories()
    held("a.mem", (made.append(word) or word for word in ("0f", "10")))
    assert made == []
    assert held.words("a.mem") == held.words("a.mem") == (15, 16) and made == ["0f", "10"]
    with pytest.raises(KeyError):
        held.words("b.mem")
