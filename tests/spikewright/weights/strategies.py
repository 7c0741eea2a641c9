"""Drawn expressions: every node, alone and inside others, also empty ones and ones of a single number."""

import numpy as np
from hypothesis import strategies as st

from spikewright import weights as w

SHAPES = ((3, 4), (2, 3, 2, 2), (5,), (1, 1), (4, 0), (0, 3), (16, 3), (9, 8))
SCALES = st.floats(0.125, 4.0, width=32)


@st.composite
def leaves(draw, shape, real=None, low=-8):
    """A stored array of `shape`: real numbers with zeros among them, or integers from `low` to 7."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    real = draw(st.booleans()) if real is None else real
    if real:
        kind = draw(st.sampled_from([np.float32, np.float64, np.float16]))
        return w.Leaf((rng.standard_normal(shape) * (rng.random(shape) < 0.7)).astype(kind))
    whole = rng.integers(low, 8, shape).astype(draw(st.sampled_from([np.int8, np.int32, np.int64])))
    return w.Leaf(whole, draw(st.sampled_from([None, 16, 17, 255])))


@st.composite
def masked(draw, shape, inner=None):
    """A mask of any layout that fits around what was drawn."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    share = draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
    mask = w.Mask.of(rng.random(shape) < share, draw(st.sampled_from([1, 4, 32])))
    return w.Masked(mask, draw((inner or leaves)(mask.places.shape)))


@st.composite
def lookups(draw, shape):
    entries = draw(st.integers(1, 9))
    if draw(st.booleans()):
        index = w.Seeded(draw(st.integers(0, 2**64 - 1)), shape, entries)
    else:
        rng = np.random.default_rng(draw(st.integers(0, 10**6)))
        index = w.codebook(rng.integers(0, entries, shape), np.zeros(entries)).index
    return w.Lookup(draw(leaves((entries,))), index)


@st.composite
def low_rank(draw, shape):
    """Factors (out, 2) and (2, the rest), in the shape."""
    rest = int(np.prod(shape[1:], dtype=int))
    factors = (draw(leaves((shape[0], 2), real=True)), draw(leaves((2, rest), real=True)))
    return w.Reshape(w.Contract("or,ri->oi", factors), shape)


@st.composite
def stored(draw, shape):
    """Weights of `shape` without a scale."""
    kinds = [leaves(shape), masked(shape), lookups(shape), masked(shape, lookups), low_rank(shape)]
    return draw(st.one_of(kinds))


@st.composite
def expressions(draw, shape=None):
    """Any expression."""
    shape = draw(st.sampled_from(SHAPES)) if shape is None else shape
    base = draw(stored(shape))
    kind = draw(st.sampled_from(["plain", "scaled", "offset", "signed", "sum", "reshape", "negated"]))
    if kind == "scaled":
        return w.Scaled(base, draw(leaves(draw(st.sampled_from([(), shape[:1]])), real=True)))
    if kind == "offset":
        return w.Offset(base, draw(leaves(draw(st.sampled_from([(), shape[:1]])))))
    if kind == "signed":
        return w.Signed(w.Seeded(3, shape, 2), base)
    if kind == "sum":
        return w.Sum((base, draw(stored(shape))))
    if kind == "negated" and base.real:
        return w.Negated(base)
    return w.Reshape(base, shape[::-1]) if kind == "reshape" else base
