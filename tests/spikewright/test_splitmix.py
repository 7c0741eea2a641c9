"""The mixing of 64-bit words: the published numbers, and no two words alike."""

import numpy as np

from spikewright.splitmix import GOLDEN, mix

PUBLISHED = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
"""The first words of splitmix64 from seed 0, as in the reference implementation (S. Vigna, 2015)."""


def test_the_words_are_those_of_the_reference() -> None:
    counters = np.arange(1, 4, dtype=np.uint64) * np.uint64(GOLDEN)
    assert mix(counters).tolist() == PUBLISHED


def test_it_is_a_bijection() -> None:
    words = np.random.default_rng(0).integers(0, 2**64, 4096, dtype=np.uint64)
    assert len(np.unique(mix(np.unique(words)))) == len(np.unique(words))
