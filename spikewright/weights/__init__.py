"""How a tensor of weights is stored, as one value: an expression over stored arrays.

    from spikewright import weights
    small = weights.Scaled(weights.compact(integers, alphabet=16), scale)     # 4-bit integers, without most of their zeros
    weights.bits(small), weights.values(small).shape, [memory.name for memory in weights.memories(small)]

Leaves: `Leaf`, `Seeded`. Nodes: `Scaled`, `Offset`, `Signed`, `Negated`, `Masked`, `Lookup`, `Contract`, `Sum`, `Reshape`. Walks:
`values`, `memories` and `with_memories`, `bits`, `encode` and `decode`, `scaled`. What is stored is what the file holds, the
footprint and the hardware count, and faults hit. Numpy only.
"""

from typing import Any

from spikewright.weights.builders import (
    as_weights,
    codebook,
    compact,
    dense,
    sparse,
    stored_values,
    survivors,
    unscaled,
)
from spikewright.weights.container import array_names, decode, encode
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import NODES, Array, Expression, node
from spikewright.weights.factors import Factors
from spikewright.weights.leaf import Leaf, Seeded
from spikewright.weights.lookups import Lookup
from spikewright.weights.masks import Mask, Masked
from spikewright.weights.negation import Negated, opposite
from spikewright.weights.scales import Offset, Scaled, Signed
from spikewright.weights.storing import Memory, bits, leaves, memories, with_leaves, with_memories
from spikewright.weights.sums import Contract, Reshape, Sum


def values(e: Expression) -> Array:
    """The weights that act, `(out, ...)`: integers, or float32 where the expression is real."""
    return e.values()


def scaled(e: Expression, outputs: Any = 1.0, inputs: Any = 1.0) -> Expression | None:
    """`e` with its weights times `outputs` () or `(out,)` and `inputs` () or `(in,)`, stored as before but for scales.

    None where that is impossible: integers would have to become real numbers, because their inputs differ in factor.
    """
    return e.scaled(Factors.of(outputs, inputs, e.shape))


def refilled(e: Expression, values: Array) -> Expression:
    """Other values `(out, ...)` stored as `e` is, without its scale: pruned places stay unstored, shared values shared."""
    return e.refilled(values)


def reshaped(e: Expression, shape: tuple[int, ...]) -> Expression:
    """The same weights seen with another shape of as many numbers."""
    return e if shape == e.shape else e.reshaped(shape)


__all__ = [
    "NODES",
    "Array",
    "Contract",
    "Expression",
    "Factors",
    "InvalidWeights",
    "Leaf",
    "Lookup",
    "Mask",
    "Masked",
    "Memory",
    "Negated",
    "Offset",
    "Reshape",
    "Scaled",
    "Seeded",
    "Signed",
    "Sum",
    "array_names",
    "as_weights",
    "bits",
    "codebook",
    "compact",
    "decode",
    "dense",
    "encode",
    "leaves",
    "memories",
    "node",
    "opposite",
    "refilled",
    "reshaped",
    "scaled",
    "sparse",
    "stored_values",
    "survivors",
    "unscaled",
    "values",
    "with_leaves",
    "with_memories",
]
