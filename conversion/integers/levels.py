"""Where the levels of a `QuantReLU` begin, and the one threshold and initial potential that give them all."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidNetwork
from spikewright.snn import Network, Population

Whole = NDArray[np.int64]


def most_levels(network: Network) -> int:
    """The most levels of a population: the steps in which a layer of the layerwise twin fires."""
    return max(p.neuron.most for p in network.populations if p.neuron.sends == "values")


def levels_of(population: Population) -> tuple[Whole, Whole]:
    """theta and v0 of a QuantReLU in fixed point, each () or `(channels,)`: level k begins at a charge of k theta - v0.

    Raises InvalidNetwork when the levels are not equally spaced: then no neuron with one threshold has them.
    """
    neuron: Any = population.neuron
    pairs = [_levels_of(int(m), neuron.shift, neuron.levels) for m in np.ravel(np.asarray(neuron.multiplier))]
    if None in pairs:
        raise InvalidNetwork(
            f"expected equally spaced levels in population {population.name!r}, got a multiplier that rounds them; "
            "try convert(model, samples, Quantized(integer=True)), which snaps them first"
        )
    theta, first = np.array(pairs, dtype=np.int64).T.reshape(2, *np.shape(neuron.multiplier))
    return theta, theta - first


def _levels_of(multiplier: int, shift: int, levels: int) -> tuple[int, int] | None:
    """Spacing of the levels and where the first one begins: level k at ceil(2**shift (k - 1/2) / m)."""
    first = _begins(1, multiplier, shift)
    if levels == 1:
        return max(2 * first, 1), first
    theta = _begins(2, multiplier, shift) - first
    even = all(_begins(k, multiplier, shift) == first + (k - 1) * theta for k in range(3, levels + 1))
    return (theta, first) if theta > 0 and even else None


def _begins(k: int, multiplier: int, shift: int) -> int:
    return -(-((2 * k - 1) << shift) // (2 * multiplier))
