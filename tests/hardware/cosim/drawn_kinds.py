"""Neurons of every kind that there are lanes for but IF and LIF, drawn with all their options."""

from typing import Any

import numpy as np

from spikewright import snn
from tests.hardware.cosim.drawn import Neurons, Random, drawn, plain_neurons


def _threshold(random: Random, shape: tuple[int, ...]) -> Any:
    """One threshold, one for each channel, or one for each neuron."""
    sizes: tuple[Any, ...] = (None, shape[0], shape)
    return random.integers(3, 60, sizes[random.integers(3)])


def _signed(random: Random, shape: tuple[int, ...]) -> Any:
    threshold = _threshold(random, shape) // 8 + 1
    return snn.SignedIF(threshold, None if random.random() < 0.5 else int(random.integers(1, 4)))


def _ternary(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.TernaryIF(_threshold(random, shape), _threshold(random, shape))


def _burst(random: Random, shape: tuple[int, ...]) -> Any:
    limit = 127 if random.random() < 0.1 else int(random.integers(1, 10))
    return snn.Burst(_threshold(random, shape) // 4 + 1, limit)


def _ramp(random: Random, shape: tuple[int, ...]) -> Any:
    levels, slot = int(random.integers(1, 14)), int(random.integers(1, 9))
    return snn.Ramp(levels * slot, levels)


def _deaf(random: Random, shape: tuple[int, ...]) -> Any:
    threshold, reset = _threshold(random, shape) // 4 + 1, str(random.choice(["subtract", "zero"]))
    refractory = int(random.integers(1, 4)) if random.random() < 0.9 else 10**6
    if random.random() < 0.5:
        return snn.IF(threshold, reset, refractory)  # type: ignore[arg-type]
    return snn.LIF(threshold, 0.5 ** random.integers(1, 4), reset, refractory)  # type: ignore[arg-type]


def _latched(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.LatchedIF(_threshold(random, shape))


def _integrating(random: Random, shape: tuple[int, ...]) -> Any:
    return snn.IF(_threshold(random, shape), str(random.choice(["subtract", "zero"])))  # type: ignore[arg-type]


def _few(steps: int) -> Neurons:
    def drawn_neurons(random: Random, shape: tuple[int, ...]) -> Any:
        digits = (tuple(int(x) for x in random.integers(low, 6, steps)) for low in (-2, -2, -3))
        thresholds, resets, amplitudes = digits
        return snn.FewSpikeIF(_threshold(random, shape), thresholds, resets, (*amplitudes[1:], 3))

    return drawn_neurons


KINDS: dict[str, Neurons] = {
    "SignedIF": _signed,
    "TernaryIF": _ternary,
    "Burst": _burst,
    "Ramp": _ramp,
    "refractory": _deaf,
    "LatchedIF": _latched,
    "PhaseCode": _integrating,
}
"""The kinds by name; two more are in `drawn_kind`."""
NAMES = (*KINDS, "FewSpikeIF", "MaxGate")
"""All kinds."""


def drawn_kind(name: str, seed: int) -> snn.Network:
    """A network over one of the NAMES."""
    if name == "MaxGate":
        return gated(seed)
    random = np.random.default_rng(seed)
    steps = int(random.integers(1, 6))
    if name == "FewSpikeIF":
        return drawn(seed, _few(steps), snn.Direct(steps, 7) if seed % 2 else snn.RateCode(steps))
    codes = {"Ramp": snn.TtfsCode(int(random.integers(1, 16))), "PhaseCode": snn.PhaseCode(steps, 1 + seed % 3)}
    return drawn(seed, KINDS[name], codes.get(name))


def mixed(random: Random, shape: tuple[int, ...]) -> Any:
    """Any of them but times."""
    return [plain_neurons, _signed, _ternary, _burst, _deaf][random.integers(5)](random, shape)


def gated(seed: int) -> snn.Network:
    """Max pooling of spikes of any kind, or of times: windows that overlap, padding, slices, gates behind gates."""
    random = np.random.default_rng(seed)
    timed, steps = seed % 5 == 4, int(random.integers(1, 6))
    code: Any = (snn.RateCode(steps), snn.Bursts(steps, 3), snn.Direct(steps, 7))[random.integers(3)]
    code = snn.TtfsCode(int(random.integers(1, 12))) if timed else code
    shape = (int(random.integers(1, 4)), *(int(size) for size in random.integers(4, 8, 2)))
    populations, projections, sources = [snn.Population("input", shape, snn.Source())], [], ["input"]
    if timed or code.graded or random.random() < 0.8:
        sources = ["a", "b"][: int(random.integers(1, 3))]
        for name in sources:
            kernel = random.integers(-8, 9, (int(random.integers(1, 4)), shape[0], 3, 3)).astype(np.int8)
            synapse = snn.Conv2d(kernel, padding=(1, 1))
            populations.append(_layer(random, name, synapse.output_shape(shape), _ramp if timed else mixed))
            projections.append(snn.Projection("input", name, synapse))
    for level in range(int(random.integers(1, 3))):
        sources = [_gate(random, f"gate {level}", sources, populations, projections)]
    last = populations[-1]
    weights = random.integers(-8, 9, (3, last.size)).astype(np.int8)
    populations.append(snn.Population("output", (3,), snn.Integrator(), 0, 0, 16))
    projections.append(snn.Projection(last.name, "output", snn.Linear(weights)))
    schedule = "layerwise" if random.random() < 0.4 else "synchronous"
    return snn.Network(
        tuple(populations), tuple(projections), "input", "output", code, schedule=schedule, numbers="fixed"
    )


def _layer(random: Random, name: str, shape: Any, neurons: Neurons) -> snn.Population:
    return snn.Population(name, shape, neurons(random, shape), int(random.integers(-3, 4)), 0, 10)


def _gate(random: Random, name: str, sources: list[str], populations: Any, projections: Any) -> str:
    """One population of gates over all sources, one after the other along the channels, and perhaps one that nothing reaches."""
    extents = [min(p.shape[axis] for p in populations if p.name in sources) for axis in (1, 2)]
    kernel = tuple(int(random.integers(1, min(3, extent) + 1)) for extent in extents)
    padding = tuple(int(random.integers(0, size // 2 + 1)) for size in kernel)
    windows, start = snn.Windows(kernel, tuple(int(step) for step in random.integers(1, 3, 2)), padding), 0
    for source in sources:
        shape = next(p.shape for p in populations if p.name == source)
        placed = (start, start + shape[0])
        projections.append(snn.Projection(source, name, windows, channels=placed))
        start += shape[0]
    start += int(random.random() < 0.2)
    populations.append(snn.Population(name, (start, *windows.output_shape(shape)[1:]), snn.MaxGate()))
    return name
