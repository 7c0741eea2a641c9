"""Between the weights of layers and the expressions that say how they are stored (`spikewright.weights`).

Rows are weights by output channel, `(out, in / groups, ...)`, float32 in numpy: the shape of every expression here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikewright import InvalidInput, weights
from spikewright.compress.graph.weighted import by_output, from_output
from spikewright.compress.quantisers.integers import to_integers
from spikewright.weights import Expression, Leaf, Mask, Masked, Scaled, Signed

Rows = NDArray[Any]
Flags = NDArray[np.bool_]
WIDEST = 8
"""Bits of the widest integers that training rounds to."""


def rows_of(layer: Any) -> Rows:
    """The weights of a layer as they are now."""
    rows: Rows = by_output(layer, layer.weight.detach().cpu().to(torch.float32)).contiguous().numpy()
    return rows


def write(layer: Any, e: Expression, path: str) -> None:
    """Let a layer compute with the values of `e`. Raises InvalidInput for another shape, and for values that are not finite."""
    rows = e.values()
    if e.shape != tuple(by_output(layer, layer.weight).shape) or not np.all(np.isfinite(rows)):
        wanted = tuple(by_output(layer, layer.weight).shape)
        raise InvalidInput(
            f"expected finite weights {wanted} for {path}, outputs first, got {type(e).__name__} {e.shape}"
        )
    with torch.no_grad():
        layer.weight.copy_(from_output(layer, torch.from_numpy(np.array(rows, np.float32))))


def kept_of(e: Expression) -> Flags | None:
    """Which weights the mask of an expression lets live, outputs first; None without a mask."""
    inner = masked_part(e)
    return None if inner is None else _told(inner.values(), inner.mask)


def masked_part(e: Expression) -> Masked | None:
    """The node of an expression that has the mask of all its weights."""
    while isinstance(e, Scaled | Signed):
        e = e.base
    return e if isinstance(e, Masked) else None


def codes_of(e: Expression) -> tuple[Rows, Rows] | None:
    """The integers of `e`, and their scale float32 `(out,)`; None where no integers are stored under a scale."""
    base, scale = weights.unscaled(e)
    return None if scale is None or base.real else (base.values(), np.array(scale, np.float32))


def word_bits(e: Expression) -> int:
    """The width of what is stored for one weight: of itself, or of its index into a table."""
    widths = {memory.holds: memory.bits for memory in reversed(weights.memories(e))}
    return next((widths[held] for held in ("indices", "weights", "tables") if held in widths), 0)


def float_weights(rows: Rows, kept: Flags | None = None) -> Expression:
    """Real numbers, those that are `kept` or, without a mask, in the cheapest way."""
    return Straight(kept).holding(rows)


def integer_weights(codes: Rows, scale: Rows, bits: int, kept: Flags | None = None) -> Expression:
    """Integers of `bits` bits times a scale float32 `(out,)`, which is stored once where it is the same for all.

    Of those that are kept, a weight that was rounded to zero is stored no more.
    """
    return Straight(kept, bits, scale).holding(codes)


@dataclass(frozen=True, eq=False)
class Straight:
    """Weights that are stored one by one.

    kept: which survived pruning; None: nothing was pruned.
    bits, scale: integers of that width times scale float32 `(out,)`; None: real numbers.
    shared: all channels have one scale, so that their integers compare.
    mask: what tells the kept ones, for as long as it can.
    loose: without a mask, zeros may be left out of what is stored in whatever way is cheapest.
    each: channels have a stored scale each, also where all are equal.
    """

    kept: Flags | None = None
    bits: int | None = None
    scale: Rows | None = None
    shared: bool = False
    mask: Mask | None = None
    loose: bool = True
    each: bool = False

    @classmethod
    def of(cls, e: Expression, *, loose: bool = False) -> "Straight | None":
        """How `e` stores them; None for other expressions. `loose` as of its layer, see `Compressed`."""
        inner = e.base if isinstance(e, Scaled) else e
        leaf = inner.base if isinstance(inner, Masked) else inner
        if not isinstance(leaf, Leaf) or leaf.real is isinstance(e, Scaled):
            return None
        masked = None if loose else masked_part(e)
        kept, mask = (None, None) if masked is None else (kept_of(e), masked.mask)
        if not isinstance(e, Scaled):
            return cls(kept, mask=mask, loose=loose)
        codes, scale = codes_of(e) or (np.zeros(0), np.zeros(0))
        bits, limit = leaf.word_bits, 1 << (leaf.word_bits - 1)
        plain = leaf.signed and leaf.alphabet == 1 << bits and 2 <= bits <= WIDEST and not (codes == -limit).any()
        fits = isinstance(e.scale, Leaf) and e.scale.array.dtype == np.float32 and bool((scale > 0).all())
        shared = e.scale.shape == ()
        return cls(kept, bits, scale, shared, mask, loose, each=not shared) if plain and fits else None

    def stored(self, rows: Rows) -> Expression:
        """The expression nearest to `rows`, whose pruned weights are left out."""
        if self.bits is None or self.scale is None:
            return self.holding(rows)
        rows = rows if self.kept is None else rows * self.kept
        return self.holding(to_integers(torch.tensor(rows), torch.tensor(self.scale), self.bits).numpy())

    def holding(self, values: Rows) -> Expression:
        """The expression of these real numbers or integers, outputs first."""
        alphabet = None if self.bits is None else 1 << self.bits
        if self.kept is not None:
            base = self._masked(values, self.kept if alphabet is None else self.kept & (values != 0), alphabet)
        else:
            base = weights.compact(values, alphabet=alphabet) if self.loose else Leaf(values, alphabet)
        if self.scale is None:
            return base
        one = self.scale.size and not self.each and bool((self.scale == self.scale.flat[0]).all())
        return Scaled(base, np.asarray(self.scale.flat[0] if one else self.scale, np.float32))

    def _masked(self, values: Rows, kept: Flags, alphabet: int | None) -> Expression:
        """A bitmap tells zeros that live from gaps; without such zeros the cheapest layout does."""
        living_zeros = bool((values[kept] == 0).any())
        values, mask = np.where(kept, values, 0).astype(values.dtype), self.mask
        if mask is None or not np.array_equal(_told(values, mask), kept):
            width = 32 if alphabet is None else (alphabet - 1).bit_length()
            mask = Mask(values.shape, np.flatnonzero(kept), "bitmap") if living_zeros else Mask.of(kept, width)
        return Masked(mask, Leaf(values.reshape(-1)[mask.places], alphabet))


def restored(e: Expression, rows: Rows, *, loose: bool = False) -> Expression | None:
    """`rows` stored as `e` is, `e` itself where they are its values; None where that would change them."""
    if np.array_equal(e.values(), rows):
        return e
    straight = Straight.of(e, loose=loose)
    found = None if straight is None else straight.stored(rows)
    return found if found is not None and np.array_equal(found.values(), rows) else None


def _told(values: Rows, mask: Mask) -> Flags:
    """Which weights a mask lets live: a zero that another layout than a bitmap stores fills a gap."""
    kept: Flags = mask.kept
    return kept if mask.layout == "bitmap" else kept & (values != 0)
