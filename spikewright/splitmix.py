"""The finaliser of splitmix64: a bijection of 64-bit words, from which all draws that need no state are made."""

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0x9E3779B97F4A7C15
"""The odd 64-bit number next to 2**64 over the golden ratio: counters are multiplied by it before they are mixed."""


def mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each 64-bit word mixed (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014)."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
