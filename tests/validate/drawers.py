"""What networks are drawn for the validation: a line here for each kind of circuit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes, as_map
from spikewright.hardware.circuit.top import build
from tests.hardware.cosim.drawn import drawn, drawn_lanes
from tests.hardware.cosim.drawn_answers import answering
from tests.hardware.cosim.drawn_kinds import NAMES, drawn_kind, mixed
from tests.hardware.cosim.drawn_macs import drawn_mac, with_lists
from tests.hardware.cosim.drawn_routes import delayed, ordered, ordered_linear, recurrent, separable, sequences
from tests.hardware.cosim.pruned import packed, pruned, shared

Lanes = Mapping[str, PhysicalLanes]
CHOICES = ("one lane", "drawn lanes", "all channels")
"""Choices of lanes: one for each layer, any number, and all channels with up to three rows and columns."""


@dataclass(frozen=True)
class Drawer:
    """A kind of circuit by its name on the page.

    `network(seed)` draws one; `storage(network)` is how its weights are laid (see `Circuit`), None for what takes least; `built`
    makes the circuit of it in a folder.
    """

    name: str
    network: Callable[[int], snn.Network]
    storage: Callable[[snn.Network], Mapping[str, str] | None] = lambda _: None
    built: Callable[[snn.Network, Lanes, Path, Mapping[str, str] | None], Circuit] = build

    def circuit(self, seed: int, choice: int, folder: Path) -> Circuit:
        """The circuit of network `seed` at one of `CHOICES`."""
        network = self.network(seed)
        return self.built(network, lanes_of(network, seed, choice), folder, self.storage(network))

    def images(self, seed: int, samples: int) -> Any:
        """Images `(samples, *input shape)` for network `seed`."""
        network = self.network(seed)
        return np.random.default_rng(seed).random((samples, *network.by_name[network.input].shape)).astype(np.float32)


def lanes_of(network: snn.Network, seed: int, choice: int) -> dict[str, PhysicalLanes]:
    """Lanes for each population but the input."""
    if CHOICES[choice] == "one lane":
        return {population.name: PhysicalLanes() for population in network.order[1:]}
    found = drawn_lanes(network, seed)
    if CHOICES[choice] == "drawn lanes":
        return found
    return {name: _wide(as_map(network.by_name[name].shape), lanes) for name, lanes in found.items()}


def _wide(shape: tuple[int, int, int], lanes: PhysicalLanes) -> PhysicalLanes:
    """All channels; along an axis that was drawn with one lane it stays one, since taps may lie apart there."""
    rows, columns = (
        1 if drawn == 1 else min(3, size) for drawn, size in zip((lanes.rows, lanes.columns), shape[1:], strict=True)
    )
    return PhysicalLanes(shape[0], rows, columns)


def _laid(layout: str) -> Callable[[snn.Network], Mapping[str, str]]:
    return lambda network: {
        q.name: layout for q in network.projections if "codes" not in layout or q.synapse.weights is not None
    }


def _of(kind: str) -> Callable[[int], snn.Network]:
    return lambda seed: drawn_kind(kind, seed)


DRAWERS: tuple[Drawer, ...] = (
    Drawer("IF and LIF", drawn),
    *(Drawer(name, _of(name)) for name in NAMES),
    Drawer("all neurons in one", lambda seed: drawn(seed, mixed)),
    Drawer("read-outs and early decisions", answering),
    Drawer("pruned, lists of rows", lambda seed: pruned(drawn(seed), seed), _laid("lists")),
    Drawer("pruned, packed rows", lambda seed: pruned(drawn(seed), seed, 0.4), packed),
    Drawer("sequences", sequences),
    Drawer("separable maps and slices", separable),
    Drawer("linear layers behind an order", ordered_linear),
    Drawer("orders", ordered),
    Drawer("delays", delayed),
    Drawer("recurrence", recurrent),
    Drawer("shared weights", lambda seed: shared(drawn(seed), seed), _laid("dense codes")),
    Drawer("MAC core", drawn_mac),
    Drawer("MAC core, lists of rows", drawn_mac, with_lists),
    Drawer("MAC core, shared weights", lambda seed: shared(drawn_mac(seed), seed), lambda n: with_lists(n, " codes")),
    Drawer("shared and pruned", lambda seed: shared(drawn(seed), seed, masked=True), _laid("lists codes")),
)
