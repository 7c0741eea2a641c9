"""The usual ways to store a weight tensor, each in one call."""

from typing import Any

import numpy as np

from spikewright.weights.choosing import cheapest
from spikewright.weights.errors import InvalidWeights
from spikewright.weights.expression import Array, Expression, Shape, as_floats
from spikewright.weights.leaf import Leaf, expression, signed
from spikewright.weights.lookups import Lookup, as_index
from spikewright.weights.masks import Mask, Masked
from spikewright.weights.scales import Scaled


def as_weights(given: Any) -> Expression:
    """An expression as it is; an array, list or tensor `(out, ...)` stored dense. Raises InvalidWeights for other things."""
    made = expression(given)
    return Leaf(signed(made.array)) if isinstance(made, Leaf) and made.alphabet and not made.signed else made


def dense(values: Any, scale: Any = None) -> Expression:
    """All `values (out, ...)`; `scale (out,)` multiplies integers, None means one."""
    return _scaled(as_weights(values), scale)


def sparse(shape: Shape, indices: Any, values: Any, scale: Any = None) -> Expression:
    """Only `values (n,)`, at the ascending flat places `indices (n,)` of an array of `shape`, in the cheapest exact layout."""
    base = as_weights(values)
    places = expression(indices)
    if not isinstance(places, Leaf) or places.real:
        raise InvalidWeights(f"expected integers as indices of weights, got real numbers {places.shape}")
    if len(places.shape) != 1 or places.shape != base.shape:
        raise InvalidWeights(f"expected as many indices (n,) as values, got {places.shape} and {base.shape}")
    bits = base.word_bits if isinstance(base, Leaf) else 32
    return _scaled(Masked(Mask.exactly(places.array, tuple(shape), bits), base), scale)


def codebook(indices: Any, table: Any, scale: Any = None) -> Expression:
    """Shared weights: `indices (out, ...)` into `table (k,)`."""
    numbered, entries = expression(indices), as_weights(table)
    if len(entries.shape) != 1:
        raise InvalidWeights(f"expected a codebook (k,), got shape {entries.shape}")
    if not isinstance(numbered, Leaf) or numbered.real:
        raise InvalidWeights(f"expected integers as indices of weights, got {type(numbered).__name__}")
    return _scaled(Lookup(entries, as_index(numbered.array, entries.shape[0])), scale)


def compact(values: Any, scale: Any = None, alphabet: int | None = None) -> Expression:
    """`values (out, ...)` without their zeros where that takes fewer bits, in the cheapest layout of a mask; else all of them."""
    whole = Leaf(signed(np.asarray(values)), alphabet)
    kept = whole.array != 0
    if not whole.shape or bool(kept.all()):
        return _scaled(whole, scale)
    way = cheapest(kept, whole.word_bits).way
    if way.name == "dense":
        return _scaled(whole, scale)
    mask = Mask.around(kept, way)
    return _scaled(Masked(mask, Leaf(whole.array.reshape(-1)[mask.places], whole.alphabet)), scale)


def unscaled(e: Expression) -> tuple[Expression, Array | None]:
    """`e` without its outermost scale, and that scale `(out,)`; None where there is none."""
    if not isinstance(e, Scaled):
        return e, None
    return e.base, np.asarray(np.broadcast_to(e.scale.numbers(), e.shape[:1]))


def stored_values(e: Expression) -> Array:
    """The numbers `(out, ...)` without their outermost scale: integers where integers are stored."""
    return unscaled(e)[0].numbers()


def survivors(e: Expression) -> tuple[Array, Array]:
    """The flat places of the weights that are stored, ascending, and their values, unfolding nothing that is masked."""
    base, scale = unscaled(e)
    if not isinstance(base, Masked):
        values = e.values().reshape(-1)
        return np.arange(values.size), values
    values, places = base.base.numbers(), base.mask.places
    if scale is None:
        return places, as_floats(values)
    inner = max(e.size // max(e.shape[0], 1), 1)
    factor = np.asarray(scale, np.float64)[places // inner]
    return places, (values.astype(np.float64) * factor).astype(np.float32)


def _scaled(base: Expression, scale: Any) -> Expression:
    return base if scale is None else Scaled(base, scale)
