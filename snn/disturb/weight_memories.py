"""Faults of weight memories: variation and bit flips of what is stored for an expression of `spikewright.weights`.

Draws are those of `snn.disturb.noise` at sample 0 and step 0 on a stream of the caller's. The words of all memories of one
expression are counted through: weights and indices as they lie, then the tables of codebooks. Which weights are stored,
scales and zero points are not hit.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn.disturb.randomness import draws, happens, normal
from spikewright.weights import Expression, Leaf, leaves, with_leaves

Whole = NDArray[np.int64]
FIRST_BIT = 3
"""The kinds of draws before it are those of a normal number."""


def varied(weights: Expression, deviation: float, seed: int, stream: int) -> Expression:
    """Each stored weight is w (1 + deviation n), n normal; integers are floor(. + 1/2), a codebook varies in its table.

    Integers that leave the width of their memory make it wider.
    """
    changed: dict[str, Leaf] = {}
    for name, _, first, leaf in _hit(weights, ("weights", "tables")):
        n = normal(seed, stream, 1, first + leaf.size)[0, first:].reshape(leaf.shape)
        moved = leaf.array.astype(np.float64) * (1.0 + deviation * n)
        changed[name] = leaf.holding(moved.astype(leaf.array.dtype) if leaf.real else _narrow(np.floor(moved + 0.5)))
    return with_leaves(weights, changed)


def flipped(weights: Expression, probability: float, seed: int, stream: int, bits: int | None = None) -> Expression:
    """Each bit of each stored word is flipped with `probability`, bit k by the draws of kind 3 + k; words are two's complement.

    `bits`: width of the words that hold weights, that of their memory if None. An index beyond its table reads as the last
    entry. Tables of real numbers stay. Raises InvalidInput for words that are too narrow.
    """
    changed = {}
    for name, holds, first, leaf in _hit(weights, ("weights", "indices", "tables")):
        if leaf.real:
            continue
        wide = leaf.word_bits if bits is None or holds == "indices" else bits
        if wide < leaf.word_bits:
            raise InvalidInput(f"expected words of at least {leaf.word_bits} bits, got {wide}; try bits=None")
        changed[name] = _flipped(leaf, wide, probability, (seed, stream, first))
    return with_leaves(weights, changed)


def real_weights(weights: Expression) -> bool:
    """Whether stored weights are real numbers, whose bits nobody flips here."""
    return any(leaf.real for _, holds, leaf in leaves(weights) if holds == "weights")


def _hit(weights: Expression, kinds: tuple[str, ...]) -> Iterator[tuple[str, str, int, Leaf]]:
    """The memories that are hit: name, what they hold, number of the first word, leaf; tables come last."""
    held = [(name, holds, leaf) for name, holds, leaf in leaves(weights) if holds in kinds]
    first = 0
    for name, holds, leaf in sorted(held, key=lambda one: one[1] == "tables"):
        yield name, holds, first, leaf
        first += leaf.size


def _flipped(leaf: Leaf, bits: int, probability: float, key: tuple[int, int, int]) -> Leaf:
    seed, stream, first = key
    words = leaf.array.reshape(-1).astype(np.int64) & ((1 << bits) - 1)
    for bit in range(bits):
        hit = happens(draws(seed, stream + FIRST_BIT + bit, 1, first + leaf.size)[0, first:], probability)
        words = words ^ (hit.astype(np.int64) << bit)
    if not leaf.signed:
        words = np.minimum(words, (leaf.alphabet or 1) - 1)
        return Leaf(words.astype(leaf.array.dtype).reshape(leaf.shape), leaf.alphabet)
    half, alphabet = 1 << bits >> 1, leaf.alphabet or 1
    values = ((words ^ half) - half).reshape(leaf.shape)
    inside = bool(np.all((values >= -(alphabet // 2)) & (values <= (alphabet - 1) // 2)))
    fits = bits <= 8 * leaf.array.dtype.itemsize
    return Leaf(values.astype(leaf.array.dtype) if fits else _narrow(values), alphabet if inside else 1 << bits)


def _narrow(values: NDArray[np.generic]) -> NDArray[np.generic]:
    """Integers in the smallest signed type that holds them."""
    whole = values.astype(np.int64)
    if not whole.size:
        return whole.astype(np.int8)
    return whole.astype(np.result_type(np.min_scalar_type(whole.min()), np.min_scalar_type(-1 - whole.max())))
