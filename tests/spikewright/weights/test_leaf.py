"""Stored arrays and what seeds draw."""

import numpy as np
import pytest

from spikewright import weights as w
from spikewright.weights.leaf import expression, signed


@pytest.mark.parametrize(
    ("values", "bits"), [([0], 1), ([1], 2), ([-1], 1), ([-2, 1], 2), ([7], 4), ([-8], 4), ([8], 5), ([-9], 5), ([], 1)]
)
def test_the_narrowest_width_holds_signed_integers(values: list[int], bits: int) -> None:
    assert w.Leaf(np.array(values, np.int16)).word_bits == bits


@pytest.mark.parametrize(("values", "bits"), [([0], 0), ([1], 1), ([255], 8), ([256], 9), ([], 0)])
def test_unsigned_integers_have_no_sign_bit(values: list[int], bits: int) -> None:
    assert w.Leaf(np.array(values, np.uint16)).word_bits == bits


@pytest.mark.parametrize(
    ("array", "alphabet", "part"),
    [
        (np.array([4], np.int8), 8, "from -4 to 3"),
        (np.array([-2], np.int8), 3, "from -1 to 1"),
        (np.array([5], np.uint8), 5, "from 0 to 4"),
        (np.ones(2), 4, "no alphabet"),
        (np.ones(2, complex), None, "real numbers"),
        (np.ones(2, bool), None, "real numbers"),
        (np.ones(2, int), 0, "1 to 2"),
        (np.ones(2, int), True, "1 to 2"),
        ("words", None, "expected weights"),
    ],
)
def test_what_does_not_fit_is_refused(array: object, alphabet: int | None, part: str) -> None:
    with pytest.raises(w.InvalidWeights, match=part):
        w.Leaf(array, alphabet)  # type: ignore[arg-type]


def test_a_leaf_is_a_copy_that_nobody_writes_to() -> None:
    mine = np.ones(3)
    leaf = w.Leaf(mine)
    mine[:] = 5
    assert leaf.array.max() == 1
    with pytest.raises(ValueError, match="read-only"):
        leaf.array[0] = 2


def test_a_declared_width_stays_as_long_as_it_holds_the_values() -> None:
    leaf = w.Leaf(np.array([7, -8], np.int8), 256)
    assert leaf.holding(np.array([1, 1], np.int8)).alphabet == 256
    assert leaf.holding(np.array([200, 1], np.int16)).word_bits == 9


def test_seeds_draw_the_same_numbers_everywhere() -> None:
    """The first numbers of seed 1, and about as many of each."""
    drawn = w.Seeded(1, (4096,), 4)
    assert np.array_equal(drawn.values(), w.Seeded(1, (64, 64), 4).values().ravel())
    assert np.bincount(drawn.values()).min() > 900 and w.bits(drawn) == 0
    assert not np.array_equal(drawn.values(), w.Seeded(2, (4096,), 4).values())


def test_draws_follow_their_law() -> None:
    def mix(z: int) -> int:
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    wanted = [mix((mix(9) + 0x9E3779B97F4A7C15 * (i + 1)) % 2**64) % 10 for i in range(6)]
    assert w.Seeded(9, (6,), 10).values().tolist() == wanted


@pytest.mark.parametrize("parts", [(-1, (2,), 2), (2**64, (2,), 2), (0, (-2,), 2), (0, (2,), 0), (0.5, (2,), 2)])
def test_seeds_that_cannot_be_are_refused(parts: tuple) -> None:
    with pytest.raises(w.InvalidWeights, match="expected"):
        w.Seeded(*parts)


def test_lists_become_leaves_and_unsigned_weights_signed_ones() -> None:
    assert expression([[1, 2]]).shape == (1, 2) and signed(np.array([200], np.uint8)).dtype == np.int16
    assert w.as_weights(np.array([255], np.uint8)).array.dtype == np.int16  # type: ignore[attr-defined]
