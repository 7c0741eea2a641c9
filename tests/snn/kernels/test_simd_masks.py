"""Vector instructions of masks, each in a kernel of its own, against bits in numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.kernels.dot_ways import BLOCK
from spikewright.snn.kernels.jit import compiled
from spikewright.snn.kernels.simd_masks import (
    COMPRESSES,
    add_flags,
    compress_bytes,
    compress_four,
    halve,
    trailing_zeros,
    unfold_of,
)

WORDS = st.one_of(st.integers(0, 2**64 - 1), st.sampled_from([0, 1, 2**63, 2**64 - 1]))
IF_IT_COMPRESSES = pytest.mark.skipif(not COMPRESSES, reason="the processor has no instruction for this")
FEW = settings(max_examples=30)
TO = 5


@compiled
def flagged(target, word):
    add_flags(target, np.uint64(TO), word)
    return trailing_zeros(word) if word else np.uint64(BLOCK)


@compiled
def compressed(target, chosen):
    compress_bytes(target, np.uint64(TO), chosen)


@compiled
def four_compressed(target, words, chosen):
    compress_four(target, np.uint64(TO), words, chosen)


@compiled
def halved(target, source):
    halve(target, np.uint64(TO), np.uint64(TO + 2 * BLOCK), source, np.uint64(1))


def bits_of(word):
    """Bit i at place i."""
    return np.array([word >> i & 1 for i in range(BLOCK)], np.uint8)


def moved(values, chosen):
    """Those that are chosen, then zeros."""
    kept = values[bits_of(chosen) == 1]
    return np.concatenate([kept, np.zeros(BLOCK - kept.size, np.uint8)])


def around(target, before):
    """Whether nothing but the 64 bytes has changed."""
    return (target[:TO] == before[:TO]).all() and (target[TO + BLOCK :] == before[TO + BLOCK :]).all()


@FEW
@given(word=WORDS, seed=st.integers(0, 99))
def test_flags_are_added_and_the_lowest_is_found(word, seed):
    target = np.random.default_rng(seed).integers(0, 256, BLOCK + 2 * TO).astype(np.uint8)
    before, bits = target.copy(), bits_of(word)
    assert flagged(target, np.uint64(word)) == (bits.argmax() if word else BLOCK)
    np.testing.assert_array_equal(target[TO : TO + BLOCK], before[TO : TO + BLOCK] + bits)  # modulo 256
    assert around(target, before)


@IF_IT_COMPRESSES
@FEW
@given(chosen=WORDS, seed=st.integers(0, 99))
def test_chosen_bytes_move_together(chosen, seed):
    target = np.random.default_rng(seed).integers(0, 256, BLOCK + 2 * TO).astype(np.uint8)
    before = target.copy()
    compressed(target, np.uint64(chosen))
    np.testing.assert_array_equal(target[TO : TO + BLOCK], moved(before[TO : TO + BLOCK], chosen))
    assert around(target, before)


@IF_IT_COMPRESSES
@FEW
@given(words=st.tuples(WORDS, WORDS, WORDS, WORDS), chosen=WORDS)
def test_sums_of_four_words_of_flags(words, chosen):
    target = np.full(BLOCK + 2 * TO, 7, np.uint8)
    before = target.copy()
    four_compressed(target, tuple(np.uint64(word) for word in words), np.uint64(chosen))
    np.testing.assert_array_equal(target[TO : TO + BLOCK], moved(sum(map(bits_of, words)), chosen))
    assert around(target, before)


one_narrow, four_half, four_whole = unfold_of(1, 16), unfold_of(4, 32), unfold_of(4, 64)


@compiled
def unfolded(sent, masks, places, stride, count, totals, width):
    if width == 16:
        one_narrow(sent, np.uint64(TO), masks, (places[0],), stride, count, totals)
    elif width == 32:
        four_half(sent, np.uint64(TO), masks, places, stride, count, totals)
    else:
        four_whole(sent, np.uint64(TO), masks, places, stride, count, totals)


@pytest.mark.parametrize(("width", "windows"), [(16, 1), (32, 4), (64, 4)])
@FEW
@given(count=st.integers(0, 9), stride=st.integers(1, 3), words=st.lists(WORDS, min_size=40, max_size=40))
def test_flags_unfold_step_by_step(width, windows, count, stride, words):
    """Sums of the same bits of some words, 64 bytes from one step to the next, and of all steps; other bytes stay."""
    sent, masks, totals = np.full(10 * BLOCK, 7, np.uint8), np.array(words, np.uint64), np.full(BLOCK, 9, np.uint8)
    wanted, places = sent.copy(), (3, 0, 12, 5)[:windows]
    for t in range(count):
        counts = sum(bits_of(words[place + t * stride]) for place in places)
        wanted[TO + t * BLOCK :][:width] = counts[:width]
    unfolded(sent, masks, tuple(map(np.uint64, (3, 0, 12, 5))), np.uint64(stride), np.uint64(count), totals, width)
    np.testing.assert_array_equal(sent, wanted)
    steps = [wanted[TO + t * BLOCK :][:width].astype(int) for t in range(count)]
    np.testing.assert_array_equal(totals[:width], sum(steps, np.zeros(width, int)))
    assert (totals[width:] == 9).all()


def test_every_byte_is_a_bfloat16_number():
    for first in range(0, 256, BLOCK):
        source = np.arange(first - 1, first + BLOCK, dtype=np.int64).astype(np.uint8)
        target = np.full(4 * BLOCK, 7, np.uint8)
        before = target.copy()
        halved(target, source)
        parts = [target[at : at + BLOCK].view(np.uint16) for at in (TO, TO + 2 * BLOCK)]
        found = (np.concatenate(parts).astype(np.uint32) << 16).view(np.float32)
        np.testing.assert_array_equal(found, source[1:])
        kept = np.ones(target.size, bool)
        kept[TO : TO + BLOCK] = kept[TO + 2 * BLOCK : TO + 3 * BLOCK] = False
        assert (target[kept] == before[kept]).all()
