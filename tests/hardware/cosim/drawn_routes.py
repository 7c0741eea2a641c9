"""Networks drawn by seed over what lies between a source and its weights: sequences, separable maps, slices, orders."""

from typing import Any

import numpy as np

from spikewright import snn
from spikewright.index_maps import IndexMap
from tests.hardware.cosim.drawn import Random, _integrators, _population, _synapse, _weights, plain_neurons

Parts = tuple[list[snn.Population], list[snn.Projection]]


def finished(parts: Parts, random: Random) -> snn.Network:
    """The parts with an output of three potentials behind the last population."""
    populations, projections = parts
    last = populations[-1]
    populations.append(_population(random, "output", (3,), _integrators))
    projections.append(snn.Projection(last.name, "output", snn.Linear(_weights(random, 3, last.size))))
    steps = int(random.integers(1, 6))
    delayed = any(q.delay and q.source == "input" for q in projections)
    code: Any = snn.Direct(steps, 15) if random.random() < 0.5 and not delayed else snn.RateCode(steps)
    late = any(q.delay for q in projections)
    schedule: Any = "layerwise" if random.random() < 0.3 and not late else "synchronous"
    whole = (tuple(populations), tuple(projections))
    return snn.Network(*whole, "input", "output", code, schedule=schedule, numbers="fixed")


def sequences(seed: int) -> snn.Network:
    """Two layers of `(C, L)` behind Conv1d, Separable2d of one row, or Identity."""
    random = np.random.default_rng(seed)
    shape: tuple[int, ...] = (int(random.integers(1, 4)), int(random.integers(4, 12)))
    populations, projections = [snn.Population("input", shape, snn.Source())], []
    for number in range(2):
        synapse = _along(random, shape)
        shape = synapse.output_shape(shape)
        populations.append(_population(random, f"layer {number}", shape, plain_neurons))
        projections.append(snn.Projection(populations[-2].name, populations[-1].name, synapse))
    return finished((populations, projections), random)


def _along(random: Random, shape: tuple[int, ...]) -> Any:
    channels, length = shape
    kernel, stride = int(random.integers(1, min(4, length) + 1)), int(random.integers(1, 3))
    out = int(random.integers(1, 6))
    kinds = (
        lambda: snn.Conv1d(_weights(random, out, channels, kernel), stride, int(random.integers(0, kernel))),
        lambda: snn.Conv1d(_weights(random, channels, 1, kernel), stride, kernel // 2, groups=channels),
        lambda: snn.Separable2d(np.ones((1, 1), np.int64), _band(random, length), int(random.integers(1, 4))),
        lambda: snn.Identity(2),
    )
    return kinds[random.integers(len(kinds))]()


def _band(random: Random, size: int) -> Any:
    """A matrix `(outputs, size)` of a few whole numbers beside a diagonal, some of its rows and columns zero."""
    outputs = int(random.integers(1, 2 * size))
    places = np.arange(outputs)[:, None] * size // outputs - np.arange(size)
    return np.where(
        (abs(places) < 2) & (random.random((outputs, size)) < 0.8), random.integers(-2, 4, (outputs, size)), 0
    )


def separable(seed: int) -> snn.Network:
    """A map that Separable2d makes of another, behind a pool or not, and two slices of a third one."""
    random = np.random.default_rng(seed)
    shape = tuple(int(size) for size in (random.integers(1, 4), *random.integers(3, 7, 2)))
    pool = (2, 2) if random.random() < 0.3 and min(shape[1:]) >= 4 else (1, 1)
    inside = (shape[0], shape[1] // pool[0], shape[2] // pool[1])
    gain: Any = random.integers(1, 4, shape[0])
    synapse = snn.Separable2d(_band(random, inside[1]), _band(random, inside[2]), gain)
    first = _population(random, "first", synapse.output_shape(inside), plain_neurons)
    out = int(random.integers(1, 4))
    joined = _population(random, "joined", (out + shape[0], *first.shape[1:]), plain_neurons)
    kernel = snn.Conv2d(_weights(random, out, shape[0], 3, 3), padding=(1, 1))
    projections = [
        snn.Projection("input", "first", synapse, pool),
        snn.Projection("first", "joined", kernel, channels=(0, out), name="weighted"),
        snn.Projection("first", "joined", snn.Identity(3), channels=(out, out + shape[0]), name="passed on"),
    ]
    return finished(([snn.Population("input", shape, snn.Source()), first, joined], projections), random)


def ordered(seed: int, *, linear: bool = False) -> snn.Network:
    """A layer that reads the input at other places, some of them often, some never; a Linear alone, or any other synapse."""
    random = np.random.default_rng(seed)
    shape = tuple(int(size) for size in (random.integers(1, 4), *random.integers(3, 6, 2)))
    source = snn.Population("input", shape, snn.Source())
    read = tuple(int(size) for size in (random.integers(1, 4), *random.integers(3, 7, 2)))
    addresses = random.integers(-1, source.size, read)
    if random.random() < 0.4:
        read, addresses = shape, random.permutation(source.size).reshape(shape)
    pool = (2, 2) if random.random() < 0.3 and min(read[1:]) >= 4 else (1, 1)
    inside = (read[0], read[1] // pool[0], read[2] // pool[1])
    synapse: Any = _synapse(random, inside)
    if linear:
        synapse = snn.Linear(_weights(random, 4, inside[0] * inside[1] * inside[2]))
    layer = _population(random, "layer", synapse.output_shape(inside), plain_neurons)
    order = IndexMap.of(shape, addresses)
    return finished(([source, layer], [snn.Projection("input", "layer", synapse, pool, order=order)]), random)


def ordered_linear(seed: int) -> snn.Network:
    """A Linear behind an order."""
    return ordered(seed, linear=True)


def delayed(seed: int) -> snn.Network:
    """Two layers and a way around the first, with delays that may be longer than a run, and orders."""
    random = np.random.default_rng(seed)
    shape = tuple(int(size) for size in (random.integers(1, 4), *random.integers(3, 6, 2)))
    source = snn.Population("input", shape, snn.Source())
    first, second = (_population(random, name, shape, plain_neurons) for name in ("first", "second"))
    kernel = snn.Conv2d(_weights(random, shape[0], shape[0], 3, 3), padding=(1, 1))
    order = IndexMap.of(shape, random.integers(-1, source.size, shape)) if random.random() < 0.5 else None
    delays = [int(delay) for delay in random.integers(0, 5, 3)]
    projections = [
        snn.Projection("input", "first", kernel, delay=delays[0]),
        snn.Projection("first", "second", snn.Identity(9), delay=delays[1]),
        snn.Projection("input", "second", snn.Identity(5), delay=delays[2], order=order),
    ]
    return finished(([source, first, second], projections), random)


def recurrent(seed: int) -> snn.Network:
    """A layer that hears itself, and one that it sends to and hears from, with low thresholds."""
    random = np.random.default_rng(seed)
    size, inner = int(random.integers(2, 30)), int(random.integers(1, 9))
    source = snn.Population("input", (int(random.integers(2, 9)),), snn.Source())
    first, second = (_population(random, name, (n,), _lively) for name, n in (("first", size), ("second", inner)))
    late = [int(delay) for delay in random.integers(1, 4, 2)]
    loops = [
        snn.Projection("first", "first", snn.Linear(_weights(random, size, size)), delay=late[0], name="itself"),
        snn.Projection("first", "second", snn.Linear(_weights(random, inner, size)), delay=int(random.integers(0, 2))),
        snn.Projection("second", "first", snn.Linear(_weights(random, size, inner)), delay=late[1], name="back"),
    ]
    entry = snn.Projection("input", "first", snn.Linear(_weights(random, size, source.size)))
    return finished(([source, first, second], [entry, *loops]), random)


def _lively(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.IF(int(random.integers(1, 9)), str(random.choice(["subtract", "zero"])))  # type: ignore[arg-type]
