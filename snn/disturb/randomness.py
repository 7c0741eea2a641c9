"""The draws of `snn.disturb.noise` in numpy, for what is disturbed before an engine runs."""

import numpy as np
from numpy.typing import NDArray

from spikewright.splitmix import GOLDEN, mix

Draws = NDArray[np.uint64]
WRAP = 2**64


def draws(seed: int, stream: int, samples: int, neurons: int, *, first: int = 0) -> Draws:
    """Draws of step 0, `(samples, neurons)`, for samples from number `first` on."""
    golden = np.uint64(GOLDEN)
    begin = mix(np.array([(seed + GOLDEN * stream) % WRAP], dtype=np.uint64))
    sample = mix(mix(begin + golden * np.arange(first, first + samples, dtype=np.uint64)))  # the second for step 0
    return mix(sample[:, None] + golden * np.arange(neurons, dtype=np.uint64))


def normal(seed: int, stream: int, samples: int, neurons: int, *, first: int = 0) -> NDArray[np.float64]:
    """Normal draws of step 0 from three streams, `(samples, neurons)`, for samples from number `first` on."""
    total = np.zeros((samples, neurons), np.int64)
    for one in range(3):
        word = draws(seed, stream + one, samples, neurons, first=first)
        for field in range(4):
            total += ((word >> np.uint64(16 * field)) & np.uint64(0xFFFF)).astype(np.int64)
    return np.asarray((total + 6) / 65536.0 - 6.0)


def happens(words: Draws, probability: float) -> NDArray[np.bool_]:
    """Where draws say yes: draw < floor(probability 2**64)."""
    limit = int(probability * WRAP)
    return np.ones(words.shape, bool) if limit >= WRAP else words < np.uint64(limit)
