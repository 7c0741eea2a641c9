"""Networks drawn by seed over all that there are modules for, and lanes for them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spikewright import snn
from spikewright.hardware.circuit.shapes import PhysicalLanes, as_map

Random = np.random.Generator
Neurons = Callable[[Random, tuple[int, ...]], Any]
"""Draws the neurons of a population of a shape."""


def drawn(seed: int, neurons: Neurons | None = None, given: Any = None) -> snn.Network:
    """A few layers of any synapse, with residual joins, pools, biases and thresholds of every kind.

    `neurons`: those of the layers, in place of IF and LIF; then a third of the inputs comes in bursts, and half the outputs that
    fire answer by their potentials. `given`: another code.
    """
    random = np.random.default_rng(seed)
    steps = int(random.integers(1, 6))
    code: Any = snn.Direct(steps, 15) if random.random() < 0.5 else snn.RateCode(steps)
    if neurons and seed % 3 == 0:
        code = snn.Bursts(steps, 1 + seed % 5)
    code = code if given is None else given
    timed = code.sends == "times"
    counted = neurons is None or seed % 2 == 0
    neurons = neurons or plain_neurons
    shape = tuple(int(size) for size in (random.integers(1, 4), *random.integers(3, 8, 2)))
    populations, projections = [snn.Population("input", shape, snn.Source())], []
    for number in range(int(random.integers(1, 3))):
        pool = (2, 2) if random.random() < 0.3 and min(shape[1:]) >= 4 else (1, 1)
        inside = (shape[0], shape[1] // pool[0], shape[2] // pool[1])
        synapse = _synapse(random, inside)
        source, shape = populations[-1], synapse.output_shape(inside)
        populations.append(_population(random, f"layer {number}", shape, neurons))
        projections.append(snn.Projection(source.name, populations[-1].name, synapse, pool))
        if source.shape == shape and source.name != "input" and random.random() < 0.7:
            joined = {"shift": int(random.integers(0, 3)), "name": "shortcut"}
            projections.append(snn.Projection(source.name, populations[-1].name, snn.Identity(2), **joined))
    fires, classes = bool(random.random() < 0.3), int(random.integers(2, 6))
    last = populations[-1]
    populations.append(_population(random, "output", (classes,), neurons if fires else _integrators))
    if not populations[-1].neuron.readouts:
        populations[-1] = replace(populations[-1], neuron=snn.Integrator())
    projections.append(snn.Projection(last.name, "output", snn.Linear(_weights(random, classes, last.size))))
    schedule = "layerwise" if random.random() < 0.3 else "synchronous"
    allowed = frozenset({"synchronous"}) if code.inside == "step weights" else frozenset({"synchronous", "layerwise"})
    allowed = allowed.intersection(*(p.neuron.schedules for p in populations))
    readouts = populations[-1].neuron.readouts
    counted = counted and code.inside is None
    wanted = ("first" if timed else "count") if fires and (timed or counted) else "potential"
    return snn.Network(
        tuple(populations),
        tuple(projections),
        "input",
        "output",
        code,
        schedule=schedule if schedule in allowed else min(allowed),  # type: ignore[arg-type]
        readout=wanted if wanted in readouts else min(readouts),  # type: ignore[arg-type]
        numbers="fixed",
    )


def _weights(random: Random, *shape: int) -> Any:
    return np.where(random.random(shape) < 0.3, 0, random.integers(-8, 8, shape)).astype(np.int8)


def _population(random: Random, name: str, shape: Any, neurons: Neurons) -> snn.Population:
    channels = shape[0]
    biases = (0, int(random.integers(-9, 9)), random.integers(-9, 9, channels), random.integers(-9, 9, shape))
    initial = int(random.integers(-5, 5)) if random.random() < 0.5 else random.integers(-5, 5, channels)
    neuron = neurons(random, shape)
    return snn.Population(name, shape, neuron, biases[random.integers(4)], initial, int(random.integers(8, 12)))


def _integrators(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.Integrator()


def plain_neurons(random: Random, shape: tuple[int, ...]) -> Any:
    """IF or LIF."""
    threshold: Any = int(random.integers(3, 60)) if random.random() < 0.5 else random.integers(3, 60, shape[0])
    reset: Any = str(random.choice(["subtract", "zero"]))
    return (
        snn.IF(threshold, reset) if random.random() < 0.6 else snn.LIF(threshold, 0.5 ** random.integers(1, 4), reset)
    )


def _synapse(random: Random, shape: tuple[int, int, int]) -> Any:
    channels, *size = shape
    kernel = tuple(int(random.integers(1, min(3, extent) + 1)) for extent in size)
    stride = tuple(int(step) for step in random.integers(1, 3, 2))
    padding = tuple(int(random.integers(0, extent)) for extent in kernel)
    fits = zip(kernel, size, strict=True)
    dilation = tuple(int(random.integers(1, 3)) if 2 * taps - 1 <= extent else 1 for taps, extent in fits)
    gain: Any = int(random.integers(1, 4)) if random.random() < 0.5 else random.integers(1, 4, channels)
    out = int(random.integers(1, 6))
    kinds = (
        lambda: snn.Conv2d(_weights(random, out, channels, *kernel), stride, padding, dilation),
        lambda: snn.Conv2d(_weights(random, channels, 1, *kernel), stride, padding, dilation, groups=channels),
        lambda: snn.Conv2d(_weights(random, 2 * channels, 1, *kernel), stride, padding, dilation, groups=channels),
        lambda: snn.ConvTranspose2d(_weights(random, out, channels, *kernel), stride, padding),
        lambda: snn.AvgPool2d(kernel, stride, gain),
        lambda: snn.Upsample(stride, gain),
        lambda: snn.Identity(gain),
    )
    return kinds[random.integers(len(kinds))]()


def drawn_lanes(network: snn.Network, seed: int) -> dict[str, PhysicalLanes]:
    """PhysicalLanes for each population; several along an axis only where no synapse has taps that lie apart."""
    random = np.random.default_rng(seed)
    found = {}
    for population in network.order[1:]:
        channels, rows, columns = as_map(population.shape)
        spread = any(_apart(q.synapse) for q in network.incoming[population.name])
        wide = [1 if spread else int(random.integers(1, min(4, extent) + 1)) for extent in (rows, columns)]
        found[population.name] = PhysicalLanes(int(random.integers(1, channels + 1)), *wide)
    return found


def _apart(synapse: Any) -> bool:
    return int(np.max(getattr(synapse, "dilation", 1))) > 1
