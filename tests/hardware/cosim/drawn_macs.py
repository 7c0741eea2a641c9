"""Quantised CNNs drawn by seed over all that there are MAC lanes for, and lanes for them."""

from typing import Any

import numpy as np

from spikewright import InvalidInput, snn
from spikewright.hardware.circuit.mac.memories import MacMemories
from spikewright.hardware.circuit.mac.reaches import mac_reach
from spikewright.hardware.circuit.shapes import LayerBlocks, PhysicalLanes, as_map
from spikewright.snn.synapses import pooled_shape

Random = np.random.Generator


def drawn_mac(seed: int) -> snn.Network:
    """A few layers of any synapse, with residual joins, concatenations, gates, pools, sequences and biases of every kind."""
    random = np.random.default_rng(seed)
    populations: list[snn.Population] = [snn.Population("input", _input_shape(random), snn.Source())]
    projections: list[snn.Projection] = []
    for number in range(int(random.integers(1, 4))):
        _add_layer(random, f"layer {number}", populations, projections)
    classes, last = int(random.integers(2, 6)), populations[-1]
    pool = _pool(random, last.shape)
    inside = pooled_shape(last.shape, pool) if pool != (1, 1) else last.shape
    answers = snn.Integrator() if random.random() < 0.7 else _relu(random, classes)
    initial: Any = int(random.integers(-9, 9)) if isinstance(answers, snn.Integrator) else 0
    width = int(random.integers(6, 14))
    populations.append(snn.Population("output", (classes,), answers, random.integers(-40, 40, classes), initial, width))
    weights = _weights(random, classes, int(np.prod(inside)))
    projections.append(snn.Projection(last.name, "output", snn.Linear(weights), pool))
    return snn.Network(
        tuple(populations),
        tuple(projections),
        "input",
        "output",
        snn.Direct(1, int(random.integers(1, 40))),
        readout="potential" if isinstance(answers, snn.Integrator) else "count",
        numbers="fixed",
    )


def _input_shape(random: Random) -> tuple[int, ...]:
    channels = int(random.integers(1, 4))
    if random.random() < 0.15:
        return (channels, int(random.integers(4, 12)))
    if random.random() < 0.1:
        return (int(random.integers(3, 20)),)
    return (channels, *(int(size) for size in random.integers(3, 8, 2)))


def _pool(random: Random, shape: tuple[int, ...]) -> tuple[int, int]:
    if len(shape) == 3 and random.random() < 0.3:
        return (int(random.integers(1, min(2, shape[1]) + 1)), int(random.integers(1, min(3, shape[2]) + 1)))
    return (1, 1)


def _add_layer(random: Random, name: str, populations: Any, projections: Any) -> None:
    source = populations[-1]
    if random.random() < 0.25 and len(source.shape) > 1:
        windows = _windows(random, source.shape)
        populations.append(snn.Population(name, windows.output_shape(source.shape), snn.MaxGate()))
        projections.append(snn.Projection(source.name, name, windows))
        return
    pool = _pool(random, source.shape)
    inside = pooled_shape(source.shape, pool) if pool != (1, 1) else source.shape
    synapse = _synapse(random, inside)
    shape, shift = synapse.output_shape(inside), int(random.integers(0, 3))
    channels = None
    if random.random() < 0.25:  # concatenation: the source itself, or another convolution, beside it
        other = (
            snn.Identity(int(random.integers(1, 5)))
            if source.shape[1:] == shape[1:] and random.random() < 0.5
            else synapse
        )
        more = other.output_shape(source.shape if other is not synapse else inside)[0]
        first = bool(random.random() < 0.5)
        slices = ((0, shape[0]), (shape[0], shape[0] + more)) if first else ((more, shape[0] + more), (0, more))
        channels, shape = slices[0], (shape[0] + more, *shape[1:])
        joined: dict[str, Any] = {"channels": slices[1], "name": f"{name} beside"}
        projections.append(snn.Projection(source.name, name, other, pool if other is synapse else (1, 1), **joined))
    populations.append(_population(random, name, shape))
    projections.append(snn.Projection(source.name, name, synapse, pool, channels, shift))
    if source.shape == shape and random.random() < 0.7:
        projections.append(snn.Projection(source.name, name, snn.Identity(2), shift=1, name=f"{name} shortcut"))


def _population(random: Random, name: str, shape: tuple[int, ...]) -> snn.Population:
    channels = shape[0]
    biases = (0, int(random.integers(-30, 30)), random.integers(-30, 30, channels), random.integers(-30, 30, shape))
    return snn.Population(
        name, shape, _relu(random, channels), biases[random.integers(4)], 0, int(random.integers(6, 16))
    )


def _relu(random: Random, channels: int) -> snn.QuantReLU:
    shift = int(random.integers(0, 12))
    most = max(2, 2 ** min(shift, 10))
    multiplier: Any = int(random.integers(1, most)) if random.random() < 0.5 else random.integers(1, most, channels)
    return snn.QuantReLU(multiplier, shift, int(random.integers(1, 20)))


def _weights(random: Random, *shape: int) -> Any:
    weights = np.where(random.random(shape) < 0.3, 0, random.integers(-8, 9, shape))
    if random.random() < 0.3:  # whole rows are pruned
        weights = weights * (random.random((1, *shape[1:])) < 0.4)
    return weights.astype(np.int8)


def _windows(random: Random, shape: tuple[int, ...]) -> snn.Windows:
    size = as_map(shape)[1:]
    kernel = tuple(int(random.integers(1, min(3, extent) + 1)) for extent in size)
    padding = tuple(int(random.integers(0, taps // 2 + 1)) for taps in kernel)
    return snn.Windows(kernel, tuple(int(step) for step in random.integers(1, 4, 2)), padding)


def _synapse(random: Random, shape: tuple[int, ...]) -> Any:
    if len(shape) == 1:
        return snn.Linear(_weights(random, int(random.integers(1, 8)), *shape))
    channels, size = shape[0], as_map(shape)[1:]
    kernel = tuple(int(random.integers(1, min(3, extent) + 1)) for extent in size)
    stride = tuple(int(step) for step in random.integers(1, 4, 2))
    padding = tuple(int(random.integers(0, taps)) for taps in kernel)
    fits = zip(kernel, size, strict=True)
    dilation = tuple(int(random.integers(1, 3)) if 2 * taps - 1 <= extent else 1 for taps, extent in fits)
    gain: Any = int(random.integers(1, 4)) if random.random() < 0.5 else random.integers(1, 4, channels)
    out, half = int(random.integers(1, 6)), 2 if channels % 2 == 0 else channels
    if len(shape) == 2:
        return snn.Conv1d(_weights(random, out, channels, kernel[1]), stride[1], padding[1], dilation[1])
    kinds = (
        lambda: snn.Conv2d(_weights(random, out, channels, *kernel), stride, padding, dilation),
        lambda: snn.Conv2d(_weights(random, channels, 1, *kernel), stride, padding, dilation, groups=channels),
        lambda: snn.Conv2d(_weights(random, 2 * half, channels // half, *kernel), stride, padding, groups=half),
        lambda: snn.ConvTranspose2d(_weights(random, out, channels, *kernel), stride, padding),
        lambda: snn.ConvTranspose2d(_weights(random, channels, 1, *kernel), stride, padding, groups=channels),
        lambda: snn.AvgPool2d(kernel, stride, gain),
        lambda: snn.Upsample(stride, gain),
        lambda: snn.Identity(gain),
    )
    return kinds[random.integers(len(kinds))]()


def drawn_mac_lanes(network: snn.Network, seed: int) -> dict[str, PhysicalLanes]:
    """Lanes for each population, along all axes."""
    random = np.random.default_rng(seed)
    found = {}
    for population in network.order[1:]:
        most = [min(4, size) for size in as_map(population.shape)]
        found[population.name] = PhysicalLanes(*(int(random.integers(1, size + 1)) for size in most))
    return found


def with_lists(network: snn.Network, codes: str = "") -> dict[str, str]:
    """Storage in which rows of weights are left out wherever that can be; with `codes` weights are stored as such."""
    chosen = {}
    for projection in network.projections:
        blocks = LayerBlocks(as_map(network.by_name[projection.target].shape), PhysicalLanes())
        try:
            MacMemories.of(mac_reach(network, projection, blocks), 1, "lists")
            chosen[projection.name] = "lists"
        except InvalidInput:
            chosen[projection.name] = "dense"
        if projection.synapse.weights is not None:
            chosen[projection.name] += codes
    return chosen
