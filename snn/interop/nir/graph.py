"""The edges of a NIR graph: what feeds a node, and every way from one population to the next."""

from collections.abc import Iterator
from typing import Any

from spikewright import InvalidNetwork
from spikewright.optional import require
from spikewright.snn.interop.nir.neurons import NEURONS
from spikewright.snn.interop.nir.nodes import BETWEEN

MOST_WAYS = 10_000
STATEFUL = ("Input", *NEURONS)
"""Kinds of nodes that become populations."""


class NirEdges:
    """What feeds each node of `graph`. Raises InvalidNetwork unless there are one input and one output, nodes with a
    counterpart, and edges between them, each once."""

    def __init__(self, graph: Any) -> None:
        self.nodes = graph.nodes
        self._check_kinds()
        self.before: dict[str, list[str]] = {name: [] for name in graph.nodes}
        for start, end in graph.edges:
            self._add(start, end)
        self.input, self.output = self._only("Input"), self._only("Output")
        if self.before[self.input]:
            raise InvalidNetwork(f"expected an input that nothing feeds, got {self.before[self.input][0]!r} in front")

    def stateful(self) -> list[str]:
        """The populations."""
        return [name for name in self.nodes if self.kind(name) in STATEFUL]

    def kind(self, name: str) -> str:
        """What a node is, in NIR's words."""
        return type(self.nodes[name]).__name__

    def ways_into(self, target: str) -> Iterator[tuple[str, ...]]:
        """Every way into `target` from a population: its name and the nodes between, in the order of the signal."""
        open_ends: list[tuple[str, ...]] = [(name,) for name in self.before[target]]
        found = 0
        while open_ends:
            way = open_ends.pop()
            first, found = way[0], found + 1
            if found > MOST_WAYS or len(set(way)) < len(way):
                raise InvalidNetwork(f"expected a way from a population to {target!r}, got a cycle through {first!r}")
            if self.kind(first) in STATEFUL:
                yield way
            elif not self.before[first] or self.kind(first) == "Output":
                raise InvalidNetwork(f"expected something to feed node {first!r}, got nothing")
            else:
                open_ends += [(name, *way) for name in self.before[first]]

    def _check_kinds(self) -> None:
        known = (*STATEFUL, *BETWEEN, "Output")
        for name, node in self.nodes.items():
            if not isinstance(node, require("nir").NIRNode) or type(node).__name__ not in known:
                raise InvalidNetwork(
                    f"node {name!r}: a {type(node).__name__} has no counterpart here; try {', '.join(known)}"
                )

    def _add(self, start: str, end: str) -> None:
        if start not in self.before or end not in self.before:
            raise InvalidNetwork(f"expected edges between nodes of the graph, got {start!r} to {end!r}")
        if start in self.before[end]:
            raise InvalidNetwork(f"expected each edge once, got {start!r} to {end!r} twice")
        self.before[end].append(start)

    def _only(self, kind: str) -> str:
        found: list[str] = [name for name in self.nodes if self.kind(name) == kind]
        if len(found) != 1:
            raise InvalidNetwork(f"expected one {kind} node, got {len(found)}")
        return found[0]
