"""From weights to how they are stored and back: nothing is lost, and zeros that live are told from gaps."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from spikewright.compress.expressions import (
    Straight,
    codes_of,
    float_weights,
    integer_weights,
    kept_of,
    restored,
    rows_of,
    word_bits,
    write,
)
from spikewright.weights import Leaf, Lookup, Scaled, bits

DENSITY = st.sampled_from([0.0, 0.02, 0.3, 0.6, 1.0])


def drawn(seed: int, density: float, out: int = 20) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    return draw.normal(size=(out, 6, 3)).astype(np.float32), draw.random((out, 6, 3)) < density


@given(st.integers(0, 99), DENSITY, st.booleans())
def test_masks_come_back_also_around_zeros(seed: int, density: float, zeros: bool) -> None:
    rows, kept = drawn(seed, density)
    rows = np.where(rows > 0.5, 0, rows).astype(np.float32) if zeros else rows
    e = float_weights(rows, kept)
    assert np.array_equal(e.values(), np.where(kept, rows, 0)) and np.array_equal(kept_of(e), kept)
    again = Straight.of(e)
    assert again is not None and np.array_equal(again.kept, kept) and again.stored(e.values()) == e


@given(st.integers(0, 99), DENSITY, st.integers(2, 8), st.booleans())
def test_integers_come_back_and_those_that_are_zero_are_not_stored(
    seed: int, density: float, width: int, shared: bool
) -> None:
    rows, kept = drawn(seed, density)
    limit = 2 ** (width - 1) - 1
    codes = np.clip(np.round(2 * rows), -limit, limit).astype(np.int8)
    scale = np.full(20, 0.5, np.float32) if shared else np.linspace(0.1, 1, 20, dtype=np.float32)
    e = integer_weights(codes, scale, width, kept)
    told, found = codes_of(e) or pytest.fail("no integers")
    assert np.array_equal(told, np.where(kept, codes, 0)) and np.array_equal(found, scale)
    assert np.array_equal(kept_of(e), kept & (codes != 0)) and word_bits(e) == width
    assert bits(e, "scales") == (32 if shared else 20 * 32)
    again = Straight.of(e)
    assert again is not None and again.bits == width and again.shared is shared and again.stored(e.values()) == e


def test_without_a_mask_the_cheapest_way_is_loose() -> None:
    rows, kept = drawn(0, 0.1)
    e = float_weights(np.where(kept, rows, 0).astype(np.float32))
    assert bits(e) < 32 * rows.size
    assert (Straight.of(e, loose=True) or pytest.fail("")).kept is None


def test_what_is_computed_is_not_straight() -> None:
    table = Lookup(Leaf(np.ones(2, np.float32)), Leaf(np.zeros((4, 3), np.uint8), 2))
    whole = Leaf(np.full((4, 3), -8, np.int8), 16)
    for e in (table, Scaled(table, np.float32(2)), whole, Scaled(whole, np.float32(1))):  # -8 has no mirror image
        assert Straight.of(e) is None and restored(e, e.values()) is e and restored(e, e.values() + 1) is None


def test_changed_weights_are_stored_as_before_or_not_at_all() -> None:
    rows, kept = drawn(1, 0.3)
    e = float_weights(rows, kept)
    moved = restored(e, 2 * e.values())
    assert moved is not None and np.array_equal(kept_of(moved), kept)
    assert restored(e, rows) is None  # pruned weights have come back
    codes = integer_weights(np.round(3 * rows).clip(-7, 7).astype(np.int8), np.full(20, 0.5, np.float32), 4)
    assert restored(codes, codes.values() + np.float32(0.1)) is None
    assert restored(codes, -codes.values()) is not None


def test_rows_are_by_output_and_are_written_back() -> None:
    layer = nn.ConvTranspose2d(4, 6, 3, groups=2)
    rows = rows_of(layer)
    assert rows.shape == (6, 2, 3, 3)
    write(layer, Leaf(rows * 2), "layer")
    assert np.array_equal(rows_of(layer), rows * 2) and torch.isfinite(layer.weight).all()
