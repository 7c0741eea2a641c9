"""Winner-take-all networks drawn by seed, with lanes and inputs."""

import numpy as np

from spikewright.snn.learning.fixed import FixedWinners


def competing(seed: int) -> tuple[FixedWinners, int]:
    """A network in which many neurons cross their thresholds together, with ties, saturation and deaf steps; and its lanes."""
    random = np.random.default_rng(seed)
    inputs, neurons = int(random.integers(1, 12)), int(random.integers(1, 9))
    network = FixedWinners(
        random.integers(0, int(random.choice([2, 4, 16])), (inputs, neurons)),
        random.integers(1, 20, neurons) if random.random() < 0.7 else np.full(neurons, 5),
        int(random.choice([0, 3, 30, 200])),
        int(random.integers(0, 300)),
        10,
        int(random.integers(0, 4)),
        int(random.integers(1, 12)),
        int(random.integers(4, 9)),
    )
    return network, int(random.integers(1, neurons + 1))


def spikes_for(network: FixedWinners, seed: int, images: int = 3) -> list[np.ndarray]:
    """Inputs that fire, `(steps, inputs)` for each image."""
    random = np.random.default_rng([seed, 1])
    shape = (network.steps, len(network.weights))
    return [random.random(shape) < share for share in np.linspace(0.0, 0.9, images)]
