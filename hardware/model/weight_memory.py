"""What is stored for the weights of a projection: the memories that `spikewright.weights` counts, and pointers to their rows."""

from dataclasses import dataclass

import numpy as np

from spikewright.snn import Projection
from spikewright.weights import Expression, Leaf, Lookup, Mask, Masked, dense, unscaled


@dataclass(frozen=True, eq=False)
class CoreWeights:
    """Weights as a core holds them: `words` one after another, where `table` is given as indices into it, and at the places of
    `mask` alone where that is given.
    """

    words: Leaf
    table: Leaf | None = None
    mask: Mask | None = None

    @classmethod
    def of(cls, weights: Expression) -> "CoreWeights":
        """The memories of `weights` without a scale; those that are computed of several tensors lie in it as they come out."""
        whole = unscaled(weights)[0]
        mask = whole.mask if isinstance(whole, Masked) else None
        base = whole.base if isinstance(whole, Masked) else whole
        if isinstance(base, Leaf):
            return cls(base, None, mask)
        if (
            isinstance(base, Lookup)
            and isinstance(base.index, Leaf)
            and isinstance(base.table, Leaf)
            and base.table.shape[1:] == ()
        ):
            return cls(base.index, base.table, mask)
        made = dense(base.values())
        assert isinstance(made, Leaf)
        return cls(made, None, mask)

    @property
    def weight_bits(self) -> int:
        """The width of the signed weights that reach an adder."""
        leaf = self.table or self.words
        return leaf.word_bits + (not leaf.signed)


@dataclass(frozen=True)
class WeightMemory:
    """The weight memory of a projection: `words` of `word_bits`, and beside them the index that tells their places (`index_bits`
    in all), the table of a codebook, and pointers to the rows of an event where rows differ in length.

    `layout` is that of the mask, "dense" without one, "none" without weights. `density`: stored words / all weights.
    `survivors`: weights that are not zero / all weights. But for pointers these are the bits of the footprint and the file.
    """

    layout: str
    words: int
    word_bits: int
    index_bits: int = 0
    entries: int = 0
    table_bits: int = 0
    pointer_bits: int = 0
    density: float = 1.0
    survivors: float = 1.0

    @property
    def masked(self) -> bool:
        """Whether some weights are not stored."""
        return self.index_bits > 0

    @property
    def bits(self) -> int:
        """What one read moves: a word and its share of the index."""
        return -(-(self.words * self.word_bits + self.index_bits) // max(self.words, 1))

    @property
    def total_bits(self) -> int:
        """Everything that is stored, in bits."""
        return self.words * self.word_bits + self.index_bits + self.table_bits + self.pointer_bits


NO_WEIGHTS = WeightMemory("none", 0, 0)


def stored(projection: Projection, rows: int) -> WeightMemory:
    """How the weights of `projection`, which come in so many `rows`, lie in memory. A pool or an identity stores nothing."""
    synapse = projection.synapse
    if synapse.weights is None:
        return NO_WEIGHTS
    weights = synapse.weights
    kept, size = CoreWeights.of(weights), max(weights.size, 1)
    mask, table, words = kept.mask, kept.table, kept.words.size
    uneven = mask is not None and mask.index_bits > 0 and ":" not in mask.layout
    return WeightMemory(
        layout="dense" if mask is None else mask.layout,
        words=words,
        word_bits=kept.words.word_bits,
        index_bits=0 if mask is None else mask.index_bits,
        entries=0 if table is None else table.size,
        table_bits=0 if table is None else table.size * table.word_bits,
        pointer_bits=(rows + 1) * max(words.bit_length(), 1) if uneven else 0,
        density=words / size if weights.size else 1.0,
        survivors=float(np.count_nonzero(weights.values())) / size,
    )
