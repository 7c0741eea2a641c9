"""What is stored for the weights of a projection: how many words, how wide, and what goes with them."""

from dataclasses import dataclass

import numpy as np

from spikewright.hardware.model.bit_widths import signed_bits, unsigned_bits
from spikewright.snn import Codebook, Projection, Sparse, stored_values
from spikewright.snn.synapses import WEIGHTED


@dataclass(frozen=True)
class WeightMemory:
    """The weight memory of a projection: `words` of `bits` (an index included when sparse), and what goes with it.

    `extra_bits`: row pointers of sparse storage or the table of a codebook. `density`: stored words / all weights.
    `survivors`: weights that are not zero / all weights.
    """

    kind: str
    words: int
    bits: int
    extra_bits: int
    density: float
    survivors: float

    @property
    def total_bits(self) -> int:
        """Everything that is stored, in bits."""
        return self.words * self.bits + self.extra_bits


def stored(projection: Projection, rows: int) -> WeightMemory:
    """How the weights of `projection` lie in memory.

    Dense: all weights. Sparse: the surviving ones, each with the place in its row, and a pointer per row. Codebook:
    indices, and the table. A pool or an identity stores nothing.
    """
    synapse = projection.synapse
    if not isinstance(synapse, WEIGHTED):
        return WeightMemory("none", 0, 0, 0, 1.0, 1.0)
    storage, size = synapse.weights, int(np.prod(synapse.weights.shape))
    if isinstance(storage, Codebook):
        survivors = float(np.count_nonzero(stored_values(storage))) / max(size, 1)
        table = storage.table.size * signed_bits(storage.table)
        return WeightMemory("codebook", size, unsigned_bits(storage.table.size), table, 1.0, survivors)
    bits = signed_bits(storage.values)
    survivors = float(np.count_nonzero(storage.values)) / max(size, 1)
    if isinstance(storage, Sparse):
        kept = storage.values.size
        pointers = (rows + 1) * unsigned_bits(kept + 1)
        return WeightMemory(
            "sparse", kept, bits + unsigned_bits(-(-size // rows)), pointers, kept / max(size, 1), survivors
        )
    return WeightMemory("dense", size, bits, 0, 1.0, survivors)
