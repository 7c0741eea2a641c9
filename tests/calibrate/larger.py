"""Cores of the size of real layers, drawn by seed: LeNet-like convolutions, dense layers, MAC cores, behind their streams."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.record import Circuit, Ends
from spikewright.hardware.circuit.shapes import PhysicalLanes, as_map
from spikewright.hardware.circuit.top import build

Random = np.random.Generator


def larger(seed: int, folder: Path) -> Circuit:
    """A core of two to four layers at lanes from 1 to 64 a layer, some with several rows and columns."""
    random = np.random.default_rng([seed, 77])
    network = _mlp(random) if random.random() < 0.3 else _convolutional(random)
    lanes = {p.name: _lanes(random, as_map(p.shape)) for p in network.order[1:]}
    queues = {q.name: int(2 ** random.integers(2, 9)) for q in network.projections}
    pixels = int(random.choice([1, 15, 255])) if random.random() < 0.25 and not network.code.graded else None
    return build(network, lanes, folder, _storage(random, network), ends=Ends(pixels), queues=queues)


def _storage(random: Random, network: snn.Network) -> Mapping[str, str]:
    dense = random.random() < 0.7
    return {q.name: "dense" for q in network.projections if dense and q.synapse.weights is not None}


def _convolutional(random: Random) -> snn.Network:
    quantised = random.random() < 0.25
    size = int(random.choice([8, 12, 16, 20, 28, 32]))
    shape: tuple[int, ...] = (int(random.choice([1, 2, 3])), size, size)
    populations, projections = [snn.Population("input", shape, snn.Source())], []
    pool = (1, 1)
    for number in range(int(random.integers(1, 4))):
        inside = (shape[0], shape[1] // pool[0], shape[2] // pool[1])
        if min(inside[1:]) < 3:
            break
        kernel = int(random.choice([k for k in (1, 3, 5) if k <= min(inside[1:])]))
        channels = int(random.choice([4, 6, 8, 10, 12, 16, 20, 24, 32, 50, 64]))
        synapse = snn.Conv2d(_weights(random, channels, shape[0], kernel, kernel), (1, 1), (kernel // 2,) * 2)
        shape = synapse.output_shape(inside)
        name = f"conv {number}"
        populations.append(
            snn.Population(name, shape, _neuron(random, shape, quantised), *_rest(random, shape, quantised))
        )
        projections.append(snn.Projection(populations[-2].name, name, synapse, pool))
        pool = (2, 2) if random.random() < 0.6 and min(shape[1:]) >= 4 else (1, 1)
    return _with_dense(random, populations, projections, pool, quantised)


def _mlp(random: Random) -> snn.Network:
    quantised = random.random() < 0.2
    inputs = int(random.choice([64, 100, 256, 784]))
    populations = [snn.Population("input", (inputs,), snn.Source())]
    return _with_dense(random, populations, [], (1, 1), quantised, hidden=int(random.integers(1, 3)))


def _with_dense(
    random: Random,
    populations: list[Any],
    projections: list[Any],
    pool: Any,
    quantised: bool,
    hidden: int | None = None,
) -> snn.Network:
    for number in range(int(random.integers(0, 2)) if hidden is None else hidden):
        size, source = int(random.choice([16, 32, 64, 84, 120, 128])), populations[-1]
        inside = source.shape[:1] + tuple(n // k for n, k in zip(source.shape[1:], pool, strict=False))
        shape = (size,)
        populations.append(
            snn.Population(
                f"dense {number}", shape, _neuron(random, shape, quantised), *_rest(random, shape, quantised)
            )
        )
        weights = _weights(random, size, int(np.prod(inside)))
        projections.append(snn.Projection(source.name, f"dense {number}", snn.Linear(weights), pool))
        pool = (1, 1)
    last, classes = populations[-1], int(random.choice([2, 10, 10, 20]))
    inside = last.shape[:1] + tuple(n // k for n, k in zip(last.shape[1:], pool, strict=False))
    populations.append(snn.Population("output", (classes,), snn.Integrator(), 0, 0, int(random.integers(12, 22))))
    projections.append(
        snn.Projection(last.name, "output", snn.Linear(_weights(random, classes, int(np.prod(inside)))), pool)
    )
    steps = int(random.choice([1, 4, 7, 8, 10, 16, 32]))
    code: Any = snn.RateCode(steps) if random.random() < 0.6 else snn.Direct(steps, int(random.choice([15, 255])))
    if quantised:
        code = snn.Direct(1, 255)
    schedule = "layerwise" if random.random() < 0.3 and not quantised else "synchronous"
    return snn.Network(
        tuple(populations),
        tuple(projections),
        "input",
        "output",
        code,
        schedule=schedule,  # type: ignore[arg-type]
        numbers="fixed",
    )


def _neuron(random: Random, shape: tuple[int, ...], quantised: bool) -> Any:
    if quantised:
        shift = int(random.integers(6, 16))
        return snn.QuantReLU(int(random.integers(1, 2**shift)), shift, int(2 ** random.integers(1, 9) - 1))
    threshold: Any = int(random.integers(20, 2000))
    if random.random() < 0.3:
        threshold = random.integers(20, 2000, shape[0])
    reset: Any = "zero" if random.random() < 0.3 else "subtract"
    kind = random.random()
    if kind < 0.5:
        return snn.IF(threshold, reset)
    if kind < 0.7:
        return snn.LIF(threshold, 0.5 ** random.integers(1, 7), reset)
    if kind < 0.8:
        return snn.SignedIF(threshold, None if random.random() < 0.5 else 3)
    if kind < 0.9:
        return snn.Burst(threshold, int(random.choice([2, 3, 4, 7])))
    return snn.IF(threshold, reset, int(random.integers(1, 6)))


def _rest(random: Random, shape: tuple[int, ...], quantised: bool) -> tuple[Any, int, int]:
    width = int(random.integers(13, 25))
    span = int(random.choice([16, 128, 1000]))
    biases = (0, random.integers(-span, span, shape[0]), random.integers(-span, span, shape[0]))
    return biases[random.integers(3)], 0, width


def _weights(random: Random, *shape: int) -> Any:
    limit = 2 ** int(random.integers(1, 8)) - 1
    values = random.integers(-limit, limit + 1, shape)
    return np.where(random.random(shape) < 0.1, 0, values).astype(np.int8)


def _lanes(random: Random, shape: tuple[int, int, int]) -> PhysicalLanes:
    most = min(shape[0], 64)
    channels = int(min(most, round(2 ** random.uniform(0, np.log2(most) + 0.01))))
    axes = []
    for size in shape[1:]:
        axes.append(int(random.integers(1, min(5, size) + 1)) if random.random() < 0.4 else 1)
    while channels > 1 and channels * axes[0] * axes[1] > 64:
        channels = -(-channels // 2)
    return PhysicalLanes(channels, *axes)
