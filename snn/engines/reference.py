"""The reference engine: dense numpy, slow, meant to be checked by eye. It shares no code with the other engines.

Projections only run forwards, so populations are worked through in topological order, each over all steps. Arrays are
`(steps, batch, *shape)`. What is held for the whole run (a direct input, a time-coded window) has a first axis of
length one. Float32 networks sum in float64 and round every S to float32 once; time-coded networks stay in float64;
fixed-point networks are int64 throughout. Recorded rasters hold what was sent, before noise: spikes, integers
(`QuantReLU`, direct input with levels) or values (`Ramp`: the time left in the window). Potentials are after the reset.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.activity import Activity
from snn.codes import Code, Direct, Rate, Ttfs
from snn.engines.reference_synapses import Numbers, additions, column, send
from snn.network import Network, Population
from snn.neurons import IF, LIF, QuantReLU, Ramp, Source
from snn.noise import GOLDEN, Noise, SpikeDeletion
from snn.simulate import Request
from spikewright import InvalidInput


@dataclass
class _Trace:
    """What every population sent, what of it arrived, and the potentials."""

    sent: dict[str, Numbers] = field(default_factory=dict)
    arrived: dict[str, Numbers] = field(default_factory=dict)
    potentials: dict[str, Numbers] = field(default_factory=dict)


def run(request: Request) -> Activity:
    """Simulate a checked request. Any valid network runs; time and memory grow with neurons x steps x batch."""
    network, trace = request.network, _Trace()
    for population in network.order:
        name = population.name
        if isinstance(population.neuron, Source):
            trace.sent[name] = _encode(network.code, request.images)
        else:
            trace.sent[name], trace.potentials[name] = _answer(network, population, _sums(network, trace, population))
        trace.arrived[name] = trace.sent[name]
        for noise in request.noise if _sends_spikes(network, population) else ():
            trace.arrived[name] = _disturb(network, population, noise, trace.arrived[name])
    return _activity(request, trace)


def _encode(code: Code, images: Numbers) -> Numbers:
    """`Rate` (steps, batch, *shape) spikes; `Direct` and `Ttfs` (1, batch, *shape) values."""
    pixels = images.astype(np.float64)
    levels = None if isinstance(code, Rate) else code.levels
    if not (isinstance(code, Direct) and levels is None) and (pixels.min() < 0 or pixels.max() > 1):
        raise InvalidInput(f"expected inputs in [0, 1], got {pixels.min():.3g} to {pixels.max():.3g}; try scaling them")
    if isinstance(code, Rate):
        fired = [np.floor(pixels * step + 0.5) for step in range(code.steps + 1)]
        return np.stack([after - before for before, after in pairwise(fired)]).astype(np.int64)
    if levels is None:
        return pixels[None]
    whole = np.floor(pixels * levels + 0.5)[None]
    return whole / levels if isinstance(code, Ttfs) else whole.astype(np.int64)


def _sums(network: Network, trace: _Trace, population: Population) -> Numbers:
    """S of every step (or once for all steps), `(steps or 1, batch, *shape)`."""
    kind = np.int64 if network.numbers == "fixed" else np.float64
    total: Any = 0
    for projection in network.incoming[population.name]:
        values = trace.arrived[projection.source].astype(kind)
        total = total + np.stack([send(network, projection, now) for now in values])
    return np.asarray(total)


def _answer(network: Network, population: Population, sums: Numbers) -> tuple[Numbers, Numbers]:
    """What `population` sends and its potentials, `(steps, batch, *shape)` each."""
    if isinstance(population.neuron, QuantReLU):
        return _quantise(population, population.neuron, sums, fixed=network.numbers == "fixed")
    if isinstance(network.code, Ttfs):
        return _ramp(population, sums)
    return _spike(network, population, sums)


def _spike(network: Network, population: Population, sums: Numbers) -> tuple[Numbers, Numbers]:
    """IF, LIF and Integrator: spikes and potentials of every step."""
    kind, shape = (np.int64 if network.numbers == "fixed" else np.float32), population.shape
    potential = column(population.initial, shape, kind) + np.zeros(sums.shape[1:], dtype=kind)
    spikes, potentials = [], []
    for drive in _drives(network, population, sums):
        fires, potential = _fire(population, _update(population, potential, drive))
        spikes.append(fires)
        potentials.append(potential)
    return np.stack(spikes).astype(np.int64), np.stack(potentials)


def _drives(network: Network, population: Population, sums: Numbers) -> Iterator[Numbers]:
    """S + b of every step; layerwise the whole window's in the first step and nothing afterwards."""
    kind = np.int64 if network.numbers == "fixed" else np.float32
    bias = column(population.bias, population.shape, kind)
    each = np.broadcast_to(sums, (network.steps, *sums.shape[1:]))
    if network.schedule == "synchronous":
        yield from (now.astype(kind) + bias for now in each)
        return
    whole = each.sum(axis=0).astype(kind) + kind(network.steps) * bias
    yield whole
    yield from (np.zeros_like(whole) for _ in range(network.steps - 1))


def _update(population: Population, potential: Numbers, drive: Numbers) -> Numbers:
    """U from V and S + b, before the threshold."""
    leak = population.neuron.leak if isinstance(population.neuron, LIF) else None
    if potential.dtype == np.float32:
        return potential + drive if leak is None else np.float32(1.0 - leak) * potential + drive
    lost = 0 if leak is None else potential >> -int(log2(leak))
    return _saturate(population, potential - lost + drive)


def _saturate(population: Population, potential: Numbers) -> Numbers:
    top = 2 ** ((population.potential_bits or 64) - 1)
    return np.clip(potential, -top, top - 1)


def _fire(population: Population, potential: Numbers) -> tuple[Numbers, Numbers]:
    """Who fires at U, and V after the reset."""
    neuron = population.neuron
    if not isinstance(neuron, IF | LIF):
        return np.zeros(potential.shape, dtype=bool), potential
    threshold = column(neuron.threshold, population.shape, potential.dtype.type)
    fires = potential >= threshold
    rest = potential - threshold if neuron.reset == "subtract" else np.zeros_like(potential)
    return fires, np.where(fires, rest, potential)


def _ramp(population: Population, sums: Numbers) -> tuple[Numbers, Numbers]:
    """Ramp and Integrator in a time-coded network: V = initial + S + b, once; a Ramp sends the time left."""
    neuron, shape = population.neuron, population.shape
    potential = column(population.initial, shape, np.float64) + (sums + column(population.bias, shape, np.float64))
    if not isinstance(neuron, Ramp):
        return np.zeros(potential.shape), potential
    if neuron.levels is None:
        return np.clip(potential, 0.0, neuron.window), potential
    slots = np.clip(np.floor(potential * neuron.levels / neuron.window + 0.5), 0, neuron.levels)
    return neuron.window / neuron.levels * slots, potential


def _quantise(population: Population, neuron: QuantReLU, sums: Numbers, *, fixed: bool) -> tuple[Numbers, Numbers]:
    """y = clip(floor((S + b) multiplier / 2**shift + 1/2), 0, levels); in fixed point with unbounded integers."""
    shape = population.shape
    if not fixed:
        potential = sums.astype(np.float32) + column(population.bias, shape, np.float32)
        multiplier = column(neuron.multiplier, shape, np.float64) / 2.0**neuron.shift
        return np.clip(np.floor(potential * multiplier + 0.5), 0, neuron.levels).astype(np.int64), potential
    potential = _saturate(population, sums + column(population.bias, shape, np.int64))
    doubled = 2 * potential.astype(object) * column(neuron.multiplier, shape, np.int64).astype(object)
    rounded = (doubled + 2**neuron.shift) // 2 ** (neuron.shift + 1)
    return np.clip(rounded, 0, neuron.levels).astype(np.int64), potential


def _sends_spikes(network: Network, population: Population) -> bool:
    """Graded integers and direct input do not pass through noise."""
    if isinstance(population.neuron, Source):
        return not isinstance(network.code, Direct)
    return isinstance(population.neuron, IF | LIF | Ramp)


def _disturb(network: Network, population: Population, noise: Noise, sent: Numbers) -> Numbers:
    """What arrives of `sent (steps, batch, *shape)`: the law of `snn.noise`."""
    place = [p.name for p in network.populations].index(population.name)
    draws = _draws(noise.seed, 16 * place + (not isinstance(noise, SpikeDeletion)), sent.shape)
    if isinstance(noise, SpikeDeletion):
        lost = ceil(noise.probability * 2**64)
        return np.where(draws >= lost, sent, 0) if lost < 2**64 else np.zeros_like(sent)
    if isinstance(network.code, Ttfs):
        window = population.neuron.window if isinstance(population.neuron, Ramp) else 1.0
        later = (draws / 2.0**64 * 2.0 - 1.0) * noise.width * window
        return np.where(sent > 0, np.clip(sent - later, 0.0, window), 0.0)
    return _shifted(sent, (draws % np.uint64(2 * int(noise.width) + 1)).astype(np.int64) - int(noise.width))


def _shifted(sent: Numbers, later: Numbers) -> Numbers:
    """The spikes of every step moved `later` steps on, kept inside the window."""
    arrived = np.zeros_like(sent)
    steps, *rest = np.indices(sent.shape)
    np.add.at(arrived, (np.clip(steps + later, 0, len(sent) - 1), *rest), sent)
    return arrived


def _draws(seed: int, stream: int, shape: tuple[int, ...]) -> Numbers:
    """m(m(m(m(seed + g stream) + g sample) + g step) + g neuron) as uint64 of `shape (steps, batch, *neurons)`."""
    steps, batch = shape[:2]
    wrap = 2**64
    start = _mix(np.array([(seed + GOLDEN * stream) % wrap], dtype=np.uint64))
    sample = _mix(start + np.uint64(GOLDEN) * np.arange(batch, dtype=np.uint64))
    step = _mix(sample[None, :] + np.uint64(GOLDEN) * np.arange(steps, dtype=np.uint64)[:, None])
    neurons = np.arange(np.prod(shape[2:]), dtype=np.uint64)
    return _mix(step[:, :, None] + np.uint64(GOLDEN) * neurons).reshape(shape)


def _mix(z: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _activity(request: Request, trace: _Trace) -> Activity:
    network, batch = request.network, len(request.images)
    operations: dict[str, Numbers] = {}
    for projection in network.projections:
        events = _events(network, projection.source, trace.arrived[projection.source])
        operations[projection.name] = np.stack([additions(projection, now) for now in events]).sum(axis=0)
    spikes = {p.name: _events(network, p.name, trace.sent[p.name]) for p in network.populations}
    return Activity(
        logits_over_time=_logits(network, trace),
        axis="window" if isinstance(network.code, Ttfs) else "steps",
        spikes={name: np.moveaxis(now, 1, 0).reshape(batch, -1).sum(axis=1) for name, now in spikes.items()},
        synaptic_operations=operations,
        neurons={p.name: p.size for p in network.populations},
        decision_step=np.full(batch, network.steps, dtype=np.int64),
        engine="reference",
        rasters=trace.sent if "rasters" in request.record else {},
        potentials=trace.potentials if "potentials" in request.record else {},
    )


def _events(network: Network, name: str, sent: Numbers) -> Numbers:
    """How many events `sent` holds, place by place: spikes as they are, graded values one each."""
    source, neuron = name == network.input, network.by_name[name].neuron
    spikes = isinstance(network.code, Rate) if source else isinstance(neuron, IF | LIF)
    return (sent if spikes else sent != 0).astype(np.int64)


def _logits(network: Network, trace: _Trace) -> Numbers:
    """The readout after every step, `(steps, batch, classes)`."""
    sent = trace.sent[network.output]
    if network.readout == "potential":
        answer = trace.potentials[network.output]
    elif network.readout == "count":
        answer = np.cumsum(sent, axis=0)
    elif isinstance(network.code, Ttfs):
        answer = sent
    else:  # "first": whoever fired first has fired for the most steps
        answer = np.cumsum(np.cumsum(sent, axis=0) > 0, axis=0)
    return answer.reshape(*answer.shape[:2], -1)
