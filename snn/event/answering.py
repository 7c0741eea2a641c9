"""Answer: from the sums that enter neurons to the events that these send."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.codes import Code
from spikewright.snn.disturb.noise import PotentialBitFlips
from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.delivering import driving_values
from spikewright.snn.event.history import joined
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.level_laws import QuantLaw
from spikewright.snn.event.populations import CompiledNeurons
from spikewright.snn.event.routes.rows import RowsRoute
from spikewright.snn.kernels import membrane
from spikewright.snn.kernels.draws import Drawing, chance_of, keys_of
from spikewright.snn.kernels.driven import fire_levels_of_values
from spikewright.snn.kernels.events import SLACK, Events, padded
from spikewright.snn.kernels.firing import Answer, Cells, Drive
from spikewright.snn.network import Network


class Timing(NamedTuple):
    """What steps have in common for all populations, `(steps,)` each; see `snn.kernels.firing.Drive`."""

    bias_row: NDArray[np.int64]
    sums_factor: NDArray[np.int64]
    weight: NDArray[np.int64]
    number: NDArray[np.int64]

    def step(self, place: int) -> "Timing":
        """That of one of the steps."""
        return Timing(*(part[place : place + 1] for part in self))


@lru_cache(maxsize=1024)
def timing(schedule: str, code: Code, first: int, stop: int) -> Timing:
    """The timing of the steps from `first` to `stop`. Layerwise everything enters in step 0."""
    numbers = np.arange(first, stop)
    if schedule == "layerwise":
        begins = (numbers == 0).astype(np.int64)
        return Timing(1 - begins, begins, np.ones_like(numbers), numbers)
    bias_row = np.array([0 if code.charged(step) else 1 for step in numbers.tolist()], np.int64)
    weights = np.array([code.weight(step) for step in numbers.tolist()], np.int64)
    return Timing(bias_row, weights, weights, numbers)


@lru_cache(maxsize=1024)
def alike(schedule: str, code: Code, first: int, stop: int) -> bool:
    """Whether all these steps have the same bias, and amplitudes of one."""
    when = timing(schedule, code, first, stop)
    same = (when.bias_row == when.bias_row[0]).all()
    return bool(same and (when.sums_factor == 1).all() and (when.weight == 1).all())


def answer(
    network: Network, population: CompiledNeurons, sums: Array, chunk: Chunk, traced: bool
) -> tuple[Events, Array]:
    """The events of a population; where `traced`, its potentials (samples, steps, neurons)."""
    when = timing(network.schedule, network.code, chunk.steps.start, chunk.steps.stop)
    if not population.disturbed:
        return _fire(population, sums, chunk, when, traced)
    planes = chunk.take(population.name, "planes", (chunk.length, population.size), population.types.sums)
    membrane.spread(sums, when.sums_factor, planes)
    _shake(network, population, planes, chunk, when)
    when = when._replace(sums_factor=np.ones_like(when.sums_factor))
    if not population.flips:
        return _fire(population, planes, chunk, when, traced)
    return _step_by_step(network, population, planes, chunk, when, traced)


def answer_values(network: Network, population: CompiledNeurons, chunk: Chunk, ledger: Ledger) -> Events | None:
    """The levels that the values of one projection come to, sample by sample; None where others arrive or the law is another.

    One step, without noise on potentials, and nobody asks for these.
    """
    law = population.law
    if network.steps != 1 or population.disturbed or not isinstance(law, QuantLaw) or law.channels is None:
        return None
    found = driving_values(population, chunk)
    if found is None or not isinstance(found[1], RowsRoute):
        return None
    (one, _, events), operations = found, np.zeros(chunk.count, np.int64)
    room = _room(population, chunk, 1, False, True)
    plane = chunk.buffers.take(population.name, "plane", (population.size,), population.types.sums)
    rows = found[1].rows
    fire_levels_of_values(events, rows, plane, population.bias[0], law.channels, room, operations)
    ledger.operations[one.projection.name][chunk.samples] += operations
    return Events(room.address, room.ends, room.value, True)


def _fire(population: CompiledNeurons, sums: Array, chunk: Chunk, when: Timing, traced: bool) -> tuple[Events, Array]:
    """What the kernel of the population's rule answers."""
    fixed, steps = population.types.sums.kind != "f", when.number.size
    room = _room(population, chunk, steps, traced, fixed)
    steady = sums.shape[1] == 1 and steps > 1 and not traced and not population.gathers
    kernel = population.rule.kernel(fixed, steady and bool((when.bias_row == when.bias_row[0]).all()))
    kernel(Drive(sums, population.bias, *when), _cells(population, chunk), population.law, room)
    return Events(room.address, room.ends, room.value, population.rule.values is not None), room.trace


def _cells(population: CompiledNeurons, chunk: Chunk) -> Cells:
    """The state of the neurons, at first as the record says; those that send values have none."""
    name, size = population.name, population.size
    if population.rule.values:
        return Cells(np.zeros((chunk.count, 0), population.types.potentials), np.zeros((chunk.count, 0), np.int32))
    potential = chunk.remember(name, "potential", (size,), population.types.potentials, population.initial)
    if not population.rule.remembers:
        return Cells(potential, np.zeros((chunk.count, 0), np.int32))
    return Cells(potential, chunk.remember(name, "memory", (size,), np.int32))


def _room(population: CompiledNeurons, chunk: Chunk, steps: int, traced: bool, fixed: bool) -> Answer:
    """Where the kernel writes; potentials to an array of their own."""
    key = chunk.count, steps
    room = chunk.buffers.record(population.name, "room", key, lambda: _new_room(population, chunk, steps, fixed))
    return room._replace(trace=np.empty((*key, population.size), population.types.potentials)) if traced else room


def _new_room(population: CompiledNeurons, chunk: Chunk, steps: int, fixed: bool) -> Answer:
    name, size, values = population.name, population.size, population.rule.values
    places = size * steps + SLACK
    return Answer(
        address=chunk.take(name, "address", (places,), np.int32),
        ends=chunk.take(name, "ends", (steps + 1,), np.int32),
        value=chunk.take(
            name, "value", (places if values or population.numbered else 0,), values[fixed] if values else np.int8
        ),
        flags=chunk.take(name, "flags", (0 if values else steps, padded(size)), np.int8),
        trace=np.empty((0, 0, 0), population.types.potentials),
    )


def _shake(network: Network, population: CompiledNeurons, planes: Array, chunk: Chunk, when: Timing) -> None:
    """Add membrane noise to the sums of each step."""
    shake = membrane.shake_float if population.types.sums.kind == "f" else membrane.shake_fixed
    place = network.populations.index(population.record)
    for noise, size in population.shakes:
        keys = keys_of(noise.seed, place, 4, 5, 6)
        shake(planes, size, when.weight, Drawing(keys, chunk.samples, chunk.steps.start, population.public))


def _step_by_step(
    network: Network, population: CompiledNeurons, planes: Array, chunk: Chunk, when: Timing, traced: bool
) -> tuple[Events, Array]:
    """The same with upsets in the potentials before each step."""
    parts, traces = [], []
    for place in range(chunk.length):
        for noise in population.flips:
            _flip(network, population, noise, chunk, chunk.steps.start + place)
        now = np.ascontiguousarray(planes[:, place : place + 1])
        events, trace = _fire(population, now, chunk, when.step(place), traced)
        parts.append(events._replace(address=events.address.copy(), ends=events.ends.copy(), value=events.value.copy()))
        traces.append(trace)
    return joined(parts), np.concatenate(traces, axis=1)


def _flip(network: Network, population: CompiledNeurons, noise: PotentialBitFlips, chunk: Chunk, step: int) -> None:
    keys = keys_of(noise.seed, network.populations.index(population.record), 7, 13)
    width = population.record.width
    drawing = Drawing(keys, chunk.samples, step, population.public)
    membrane.flip(_cells(population, chunk).potential, width, chance_of(noise.probability), drawing)
