"""Cores of networks that people build: 784-128-10, LeNet, convolutions of 16 to 32 channels, at several lanes."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.circuit.top import build

Random = np.random.Generator
WIDTHS = (16, 18, 20)
"""Bits of a potential, of which one is drawn for each layer."""
KINDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("dense", (16, 10)),
    ("convolutions", (16, 16, 10)),
    ("dense", (8, 10)),
    ("convolutions", (8, 32, 5)),
    ("dense", (64, 10)),
    ("convolutions", (4, 8, 1)),
    ("LeNet", (6, 16, 8, 4, 2)),
    ("convolutions", (1, 1, 1)),
    ("residual", (16, 8, 16, 10)),
    ("LeNet", (1, 1, 1, 1, 1)),
)
"""What network, and how many lanes its layers have; core number n takes the n-th in turn."""


def real_size(seed: int, folder: Path) -> Circuit:
    """Core number `seed`: its network and lanes by KINDS, what its neurons do and its weights by the seed."""
    random = np.random.default_rng([seed, 78])
    name, channels = KINDS[seed % len(KINDS)]
    network = _NETWORKS[name](_Drawn(random))
    lanes = {p.name: PhysicalLanes(count) for p, count in zip(network.order[1:], channels, strict=True)}
    return build(network, lanes, folder, _storage(network))


class _Drawn:
    """A network that grows, layer by layer; `random` draws neurons, widths and weights."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.populations: list[snn.Population] = []
        self.projections: list[snn.Projection] = []
        self.neuron = [snn.IF, snn.LIF][int(random.integers(2))]

    def source(self, *shape: int) -> "_Drawn":
        """The input."""
        self.populations.append(snn.Population("input", shape, snn.Source()))
        return self

    def convolution(self, channels: int, kernel: int, pool: int = 1, padding: int = 0, join: str = "") -> "_Drawn":
        """A layer of `kernel` x `kernel` taps behind sum pooling; `join`: a layer that is added to it."""
        last = self.populations[-1]
        inside = (last.shape[0], last.shape[1] // pool, last.shape[2] // pool)
        synapse = snn.Conv2d(self._weights(channels, inside[0], kernel, kernel), (1, 1), (padding, padding))
        name = f"conv{len(self.populations)}"
        self._add(name, synapse.output_shape(inside), synapse, (pool, pool))
        if join:
            self.projections.append(snn.Projection(join, name, snn.Identity(int(self.random.integers(1, 60)))))
        return self

    def dense(self, size: int, pool: int = 1) -> "_Drawn":
        """A layer that reads all neurons."""
        self._add(f"dense{len(self.populations)}", (size,), self._linear(size, pool), (pool, pool))
        return self

    def output(self, pool: int = 1) -> snn.Network:
        """Ten classes, and the network."""
        last = self.populations[-1].name
        linear = self._linear(10, pool)
        self.populations.append(
            snn.Population("output", (10,), snn.Integrator(), 0, 0, int(self.random.choice(WIDTHS)) + 4)
        )
        self.projections.append(snn.Projection(last, "output", linear, (pool, pool)))
        steps: int = int(self.random.choice([4, 8, 16]))
        parts: Any = (tuple(self.populations), tuple(self.projections), "input", "output")
        return snn.Network(*parts, snn.RateCode(steps), schedule="synchronous", numbers="fixed")

    def _add(self, name: str, shape: tuple[int, ...], synapse: Any, pool: Any) -> None:
        threshold, bias = int(self.random.integers(20, 2000)), self.random.integers(-100, 100, shape[0])
        neuron: Any = snn.LIF(threshold, 0.5**4) if self.neuron is snn.LIF else snn.IF(threshold)
        width = int(self.random.choice(WIDTHS))
        last = self.populations[-1]
        self.populations.append(snn.Population(name, shape, neuron, bias, 0, width))
        self.projections.append(snn.Projection(last.name, name, synapse, pool if len(last.shape) > 1 else (1, 1)))

    def _linear(self, size: int, pool: int) -> snn.Linear:
        shape = self.populations[-1].shape
        return snn.Linear(self._weights(size, shape[0] * int(np.prod([n // pool for n in shape[1:]]))))

    def _weights(self, *shape: int) -> Any:
        limit = 2 ** int(self.random.integers(3, 8)) - 1
        return self.random.integers(-limit, limit + 1, shape).astype(np.int8)


def _storage(network: snn.Network) -> Mapping[str, str]:
    return {q.name: "dense" for q in network.projections if q.synapse.weights is not None}


def _dense(drawn: _Drawn) -> snn.Network:
    return drawn.source(784).dense(128).output()


def _lenet(drawn: _Drawn) -> snn.Network:
    return drawn.source(1, 28, 28).convolution(6, 5, padding=2).convolution(16, 5, 2).dense(120, 2).dense(84).output()


def _convolutions(drawn: _Drawn) -> snn.Network:
    channels = int(drawn.random.choice([16, 20, 24, 32]))
    return drawn.source(3, 16, 16).convolution(channels, 3, padding=1).convolution(32, 3, 2, 1).output(2)


def _residual(drawn: _Drawn) -> snn.Network:
    first = drawn.source(3, 12, 12).convolution(16, 3, padding=1)
    return first.convolution(16, 3, padding=1).convolution(16, 3, padding=1, join="conv1").output(4)


_NETWORKS = {"dense": _dense, "LeNet": _lenet, "convolutions": _convolutions, "residual": _residual}
