"""What a population answers to its summed inputs in the steps at hand: kernels chosen by the kind of its layer."""

from functools import lru_cache
from typing import Any

import numpy as np

from spikewright.snn.codes import Code, charged, step_weight
from spikewright.snn.disturb.noise import PotentialBitFlips
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.input import SLACK
from spikewright.snn.event.layer import Layer
from spikewright.snn.kernels import (
    fire_constant as firing_constant,
)
from spikewright.snn.kernels import (
    fire_few as few_spikes,
)
from spikewright.snn.kernels import (
    fire_general as firing_rules,
)
from spikewright.snn.kernels import (
    fire_plain as firing,
)
from spikewright.snn.kernels import (
    gates,
    membrane,
)
from spikewright.snn.kernels.delays import joined
from spikewright.snn.kernels.draws import key_of, limit_of
from spikewright.snn.kernels.events import Events, graded_events, padded
from spikewright.snn.kernels.fire_general import BURST, SIGNED, TERNARY
from spikewright.snn.network import Network
from spikewright.snn.neurons import IF

Timing = tuple[Array, Array, Array]


@lru_cache(maxsize=1024)
def timing(schedule: str, code: Code, first: int, stop: int) -> Timing:
    """(rows, charges, weights) of the steps: the row of the bias, what S is multiplied by, what thresholds are.

    For FewSpikeIF neurons the numbers of the steps stand in the place of the weights.
    """
    numbers = range(first, stop)
    if schedule == "layerwise":
        begins = np.array([int(step == 0) for step in numbers], np.int64)
        return 1 - begins, begins, np.ones_like(begins)
    rows = np.array([0 if charged(code, step) else 1 for step in numbers], np.int64)
    weights = np.array([step_weight(code, step) for step in numbers], np.int64)
    return rows, weights, weights


def fire(network: Network, layer: Layer, S: Array, chunk: Chunk, traced: bool) -> tuple[Events, Array]:
    """The events of a population with potentials; where `traced`, its potentials (samples, steps, neurons)."""
    when = timing(network.schedule, network.code, chunk.steps.start, chunk.steps.stop)
    numbers = np.arange(chunk.steps.start, chunk.steps.stop) if layer.kind == "few" else when[2]
    if not layer.stepped:
        return _fire(layer, S, chunk, (when[0], when[1], numbers), traced)
    planes = chunk.take(layer.name, "planes", (chunk.length, layer.size), layer.sums)
    membrane.spread(S, when[1], planes)
    _shake(network, layer, planes, chunk, when[2])
    when = when[0], np.ones_like(when[1]), numbers
    if not layer.flips:
        return _fire(layer, planes, chunk, when, traced)
    return _step_by_step(network, layer, planes, chunk, when, traced)


def _fire(layer: Layer, S: Array, chunk: Chunk, when: Timing, traced: bool) -> tuple[Events, Array]:
    length, size, name = when[0].size, layer.size, layer.name
    V = chunk.remember(name, "V", (size,), layer.potentials, layer.initial)
    trace = np.empty((chunk.count, length, size) if traced else (0, 0, 0), layer.potentials)
    ends = chunk.take(name, "ends", (length + 1,), np.int32)
    index = chunk.take(name, "index", (size * length + SLACK,), np.int32)
    fixed = layer.sums.kind != "f"
    if layer.kind == "few":
        flags = chunk.take(name, "flags", (length, padded(size)), np.uint8)
        few = few_spikes.fire_few_fixed if fixed else few_spikes.fire_few_float
        few(S, V, layer.bias, when, layer.law, (index, ends, flags, trace))
        return Events(index, ends), trace
    if layer.kind == "plain":
        flags = chunk.take(name, "flags", (length, padded(size)), np.uint8)
        if S.shape[1] == 1 and length > 1 and not traced and _constant_drive(layer, when[0]):
            constant = firing_constant.fire_constant_fixed if fixed else firing_constant.fire_constant_float
            constant(S, V, layer.bias, when[0], layer.law, (index, ends, flags, trace))
        else:
            plain = firing.fire_fixed if fixed else firing.fire_float
            plain(S, V, layer.bias, when[0], layer.law, (index, ends, flags, trace))
        return Events(index, ends), trace
    memory = chunk.remember(name, "memory", (size,), np.int32)
    sent = chunk.take(name, "flags", (length, padded(size)), np.int8)
    valued = layer.law.kind in (SIGNED, TERNARY, BURST)
    value = chunk.take(name, "value", index.shape[1:] if valued else (0,), np.int8)
    general = firing_rules.fire_rule_fixed if fixed else firing_rules.fire_rule_float
    general(S, V, memory, layer.bias, when, layer.law, (index, value, ends, sent, trace))
    return Events(index, ends, value if valued else None), trace


def _constant_drive(layer: Layer, rows: Array) -> bool:
    """Whether a plain population has the same drive in all these steps, and nothing that its potential loses."""
    return isinstance(layer.population.neuron, IF) and not layer.gathers and bool((rows == rows[0]).all())


def _shake(network: Network, layer: Layer, planes: Array, chunk: Chunk, weights: Array) -> None:
    shake = membrane.shake_float if layer.sums.kind == "f" else membrane.shake_fixed
    place = network.populations.index(layer.population)
    for noise, scale in layer.shakes:
        keys = tuple(key_of(noise.seed, place, kind) for kind in (4, 5, 6))
        shake(planes, scale, weights, (keys, chunk.samples, chunk.steps.start, layer.public))


def _step_by_step(
    network: Network, layer: Layer, planes: Array, chunk: Chunk, when: Timing, traced: bool
) -> tuple[Events, Array]:
    """The same with upsets in the potentials before each step."""
    V = chunk.remember(layer.name, "V", (layer.size,), layer.potentials, layer.initial)
    parts, traces = [], []
    for step in range(chunk.length):
        for noise in layer.flips:
            _flip(network, layer, noise, V, chunk, chunk.steps.start + step)
        now = np.ascontiguousarray(planes[:, step : step + 1])
        events, trace = _fire(layer, now, chunk, tuple(one[step : step + 1] for one in when), traced)  # type: ignore[arg-type]
        copied = None if events.value is None else events.value.copy()
        parts.append(Events(events.index.copy(), events.ends.copy(), copied))
        traces.append(trace)
    return joined(parts, chunk.length), np.concatenate(traces, axis=1)


def _flip(network: Network, layer: Layer, noise: PotentialBitFlips, V: Array, chunk: Chunk, step: int) -> None:
    place = network.populations.index(layer.population)
    keys = tuple(key_of(noise.seed, place, kind) for kind in (7, 13))
    width = layer.population.potential_bits or 63
    membrane.flip(V, width, limit_of(noise.probability), (keys, chunk.samples, step, layer.public))


def quantise(layer: Layer, S: Array, chunk: Chunk, traced: bool) -> tuple[Events, Array]:
    """The values of QuantReLU neurons; where `traced`, their potentials."""
    size, fixed = layer.size, layer.sums.kind != "f"
    trace = np.empty((chunk.count, 1, size) if traced else (0, 0, 0), layer.potentials)
    index, ends = chunk.take(layer.name, "index", (size,), np.int32), chunk.take(layer.name, "ends", (2,), np.int32)
    value = chunk.take(layer.name, "value", (size,), np.int32 if fixed else np.float32)
    kernel = firing.quantise_fixed if fixed else firing.quantise_float
    kernel(S, layer.bias, layer.law, (index, value, ends, trace))
    return Events(index, ends, value, True), trace


def gate(layer: Layer, arriving: list[tuple[Any, Events, Array]], chunk: Chunk, traced: bool) -> tuple[Events, Array]:
    """The spikes of MaxGates, and m. `arriving`: for each projection its plan, events and operations to add to."""
    length, size, name = chunk.length, layer.size, layer.name
    largest = chunk.remember(name, "m", (size,), np.int32)
    before = largest.copy()
    planes = 1 if layer.gathers else length
    change = chunk.take(name, "change", (planes, size), np.int32)
    touched = chunk.take(name, "touched", (planes, padded(size)), np.uint8)
    touched[:] = 0
    for number, (plan, events, operations) in enumerate(arriving):
        inputs = plan.source[0] * plan.source[1] * plan.source[2]
        counts = chunk.remember(name, f"counts {number}", (inputs,), np.int32)
        events_in = (events.index, events.ends, events.values)
        gates.follow(events_in, plan, counts, largest, (change, touched), operations)
    index = chunk.take(name, "index", (size * length + SLACK,), np.int32)
    value = chunk.take(name, "value", index.shape[1:], np.int32 if _wide(arriving) else np.int8)
    ends = chunk.take(name, "ends", (length + 1,), np.int32)
    ends[:, 0] = 0
    trace = np.empty((chunk.count, length, size) if traced else (0, 0, 0), np.int32)
    if layer.gathers:
        gates.release(largest, layer.most, (index, value, ends, trace))
    else:
        gates.emit_changes(change, touched, before, size, (index, value, ends, trace))
    return Events(index, ends, value), trace


def _wide(arriving: list[tuple[Any, Events, Array]]) -> bool:
    """Whether counts of a step may exceed eight bits: only sums of jittered spikes do."""
    return any(events.values.dtype.itemsize > 1 for _, events, _ in arriving)


def graded_gate(
    layer: Layer, arriving: list[tuple[Any, Events, Array]], chunk: Chunk, traced: bool
) -> tuple[Events, Array]:
    """The largest values of graded sources."""
    largest = np.zeros((chunk.count, layer.size), layer.sums)
    for plan, events, operations in arriving:
        dense = np.zeros((chunk.count, plan.source[0] * plan.source[1] * plan.source[2]), layer.sums)
        gates.place_values((events.index, events.ends, events.values), dense)
        gates.largest_graded(dense, plan, largest, operations)
    return graded_events(largest), largest[:, None] if traced else np.zeros((0, 0, 0), layer.sums)
