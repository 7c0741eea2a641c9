"""The bits of a core's memories, by what they hold: read off the placement, so they are those that the circuit stores."""

from collections.abc import Mapping
from dataclasses import dataclass

from spikewright.hardware.placement import PlacedMemory, Placement, Role

INDICES = ("lists", "places", "index")
"""Memories that only pruned weights have: which rows are stored, where each belongs, and the seats of packed ones."""


@dataclass(frozen=True)
class StoredBits:
    """`weights`: rows of weights, or of codes. `index`: what says which rows are stored. `codebooks`: tables of codes.
    `state`: potentials and held currents of a spike core, both halves of the buffers of activations of a MAC core. `others`:
    thresholds and biases, tables of addresses, queues, answers. `rows`: how many rows of weights there are in all."""

    weights: int
    index: int
    codebooks: int
    state: int
    others: int
    rows: int

    @classmethod
    def of(cls, placement: Placement) -> "StoredBits":
        """Those of all memories of a core."""
        found = dict.fromkeys(("weights", "index", "codebooks", "state", "others"), 0)
        for memory in placement.memories:
            found[_held(memory)] += memory.total_bits
        return cls(**found, rows=sum(memory.words for memory in placement.memories if memory.role == "weights"))

    @property
    def weight_memory(self) -> int:
        """All that weights take: rows, what says where they belong, and codebooks."""
        return self.weights + self.index + self.codebooks

    @property
    def total(self) -> int:
        """All bits of the core."""
        return self.weight_memory + self.state + self.others


def _held(memory: PlacedMemory) -> str:
    """The field that a memory counts in."""
    if memory.name.rpartition(".")[2] in INDICES:
        return "index"
    return _FIELDS.get(memory.role, "others")


_FIELDS: Mapping[Role, str] = {
    "weights": "weights", "codebook": "codebooks", "potentials": "state", "currents": "state", "activations": "state",
}  # fmt: skip
