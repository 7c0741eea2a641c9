"""Generated networks whose density, weights and sizes are chosen: what the sweeps measure."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput
from spikewright.snn import (
    IF,
    Conv2d,
    Direct,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    dense,
    simulate,
    sparse,
)
from spikewright.snn.neurons import Source
from spikewright.weights import Expression

Mask = Literal["unstructured", "channel blocks", "N:M"]
MASKS: tuple[Mask, ...] = ("unstructured", "channel blocks", "N:M")
BLOCK = 16
"""Output channels of a pruned block, and M of N:M: groups of M consecutive output channels keep N weights."""
BITS = 7


@dataclass(frozen=True)
class Shape:
    """A convolution between two populations of `channels` x `side` x `side` neurons, then a linear layer with ten outputs.

    `density`: spikes per neuron and step that the first spiking population sends, and about what the second one sends.
    `sparsity`: share of the convolution's weights that are zero, in the pattern `mask`.
    """

    channels: int = 64
    side: int = 16
    steps: int = 32
    density: float = 0.05
    sparsity: float = 0.0
    mask: Mask = "unstructured"


def generate(shape: Shape, batch: int, seed: int = 0) -> tuple[Network, NDArray[np.float32]]:
    """The network and images for it, `(batch, channels, side, side)`.

    A pixel x is the current of one neuron with threshold 1, which therefore fires with density x; pixels are uniform in
    [0, 2 density]. Weights are integers of seven bits and a sign, so that float32 sums are exact. The threshold of the
    second population is found by bisection so that its density is about the first one's.
    """
    rng = np.random.default_rng(seed)
    images = rng.uniform(0.0, 2.0 * shape.density, (batch, shape.channels, shape.side, shape.side)).astype(np.float32)
    weights = masked(_weights(rng, (shape.channels, shape.channels, 3, 3)), shape.mask, shape.sparsity, rng)
    readout = _weights(rng, (10, shape.channels * (shape.side // 2) ** 2))
    network = _assemble(shape, weights, readout, 128.0)
    return replace_threshold(network, _threshold(network, images[:2], shape.density)), images


def masked(values: NDArray[np.float32], mask: Mask, sparsity: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """`values (out, in, height, width)` with the share `sparsity` of zeros.

    "channel blocks": 16 consecutive output channels of an input channel and kernel position vanish together. "N:M": of 16
    consecutive output channels the same number survives everywhere. Raises InvalidInput where 16 does not divide `out`.
    """
    if not 0.0 <= sparsity < 1.0:
        raise InvalidInput(f"expected a sparsity in [0, 1), got {sparsity}")
    if sparsity == 0.0:
        return values
    if mask == "unstructured":
        return np.where(rng.random(values.shape) >= sparsity, values, np.float32(0))
    out, *rest = values.shape
    if out % BLOCK:
        raise InvalidInput(f"expected a multiple of {BLOCK} output channels for {mask}, got {out}")
    blocks = values.reshape(out // BLOCK, BLOCK, *rest)
    if mask == "channel blocks":
        return (blocks * (rng.random((out // BLOCK, 1, *rest)) >= sparsity)).reshape(values.shape).astype(np.float32)
    kept = max(1, round(BLOCK * (1.0 - sparsity)))
    rank = rng.random(blocks.shape).argsort(axis=1).argsort(axis=1)
    return np.where(rank < kept, blocks, np.float32(0)).reshape(values.shape)


def surviving(values: NDArray[np.float32]) -> Expression:
    """Only the weights that are not zero."""
    indices = np.flatnonzero(values)
    return sparse(values.shape, indices, values.reshape(-1)[indices])


def replace_threshold(network: Network, threshold: float) -> Network:
    """The same network with another threshold of the population "conv"."""
    conv = network.by_name["conv"]
    changed = replace(conv, neuron=IF(np.float32(threshold)), initial=np.floor(threshold * phases(conv.shape[0])))
    return replace(network, populations=tuple(changed if p.name == "conv" else p for p in network.populations))


def _threshold(network: Network, images: NDArray[np.float32], density: float) -> float:
    """Bisection between thresholds 1 and 2**20, on a logarithmic scale: more than the density wanted, so a higher one."""
    low, high = 0.0, 20.0
    for _ in range(12):
        middle = (low + high) / 2
        dense = simulate(replace_threshold(network, 2.0**middle), images).density["conv"]
        low, high = (middle, high) if dense > density else (low, middle)
    return float(round(2.0 ** ((low + high) / 2)))


def _assemble(shape: Shape, weights: NDArray[np.float32], readout: NDArray[np.float32], threshold: float) -> Network:
    plane = (shape.channels, shape.side, shape.side)
    stored = surviving(weights) if shape.sparsity else dense(weights)
    return Network(
        populations=(
            Population("input", plane, Source()),
            Population("first", plane, IF(1.0), initial=phases(shape.channels)),
            Population("conv", plane, IF(threshold), initial=threshold * phases(shape.channels)),
            Population("output", (10,), Integrator()),
        ),
        projections=(
            Projection("input", "first", Identity()),
            Projection("first", "conv", Conv2d(stored, padding=(1, 1))),
            Projection("conv", "output", Linear(dense(readout)), pool=(2, 2)),
        ),
        input="input",
        output="output",
        code=Direct(shape.steps),
    )


def phases(channels: int) -> NDArray[np.float32]:
    """Initial potentials as shares of the threshold, spread over the channels, so that not all wait for their first spike."""
    return ((np.arange(channels) * 37 % channels) / channels).astype(np.float32)


def _weights(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Integers of seven bits and a sign, none zero."""
    top = 2**BITS - 1
    return (rng.integers(1, top + 1, shape) * rng.choice((-1, 1), shape)).astype(np.float32)
