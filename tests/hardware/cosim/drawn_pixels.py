"""Networks drawn by seed over all codes that a circuit makes of pixels, with the levels of the pixels."""

from dataclasses import replace
from typing import Any

import numpy as np

from spikewright import snn
from tests.hardware.cosim.drawn_answers import answering

Whole = np.ndarray


def encoding(seed: int) -> tuple[snn.Network, int]:
    """A drawn network that answers, and the levels of its pixels."""
    random = np.random.default_rng([seed, 2])
    network = answering(seed)
    steps, levels = network.steps, int(random.choice([1, 2, 7, 10, 15, 16, 100, 255]))
    if network.code.graded:
        return replace(network, code=snn.Direct(steps, levels)), levels
    silent = float(random.choice([0.0, 0.5]))
    kinds: Any = (snn.RateCode(steps), snn.Bursts(steps, int(random.integers(2, 5))), snn.SingleBurst(steps, silent))
    return replace(network, code=kinds[random.integers(3)]), levels


def pixels_for(network: snn.Network, levels: int, seed: int, samples: int = 3) -> Whole:
    """Pixels `(samples, *input shape)`, many of them 0 or the largest."""
    random = np.random.default_rng([seed, 3])
    shape = (samples, *network.by_name[network.input].shape)
    drawn = random.integers(0, levels + 1, shape)
    return np.where(random.random(shape) < 0.3, levels * (random.random(shape) < 0.5), drawn)
