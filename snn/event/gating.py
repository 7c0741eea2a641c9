"""Gates: from the events that arrive at a spiking max-pool to those that it sends. Nothing is summed."""

import numpy as np

from spikewright.snn.event.chunk import Array, Chunk
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.populations import CompiledGate
from spikewright.snn.kernels.events import SLACK, Events, graded_events, padded, place_values
from spikewright.snn.kernels.gates import GateState, emit_changes, follow, largest_graded, release


def gate(population: CompiledGate, chunk: Chunk, ledger: Ledger, traced: bool) -> tuple[Events, Array]:
    """The events of a gate; where `traced`, what it holds (samples, steps, neurons). The ledger counts operations."""
    return (_of_values if population.graded else _of_spikes)(population, chunk, ledger, traced)


def _of_spikes(population: CompiledGate, chunk: Chunk, ledger: Ledger, traced: bool) -> tuple[Events, Array]:
    """The changes of the largest counts; layerwise the counts themselves, in pieces."""
    length, size, name = chunk.length, population.size, population.name
    largest = chunk.remember(name, "largest", (size,), np.int32)
    before = largest.copy()
    wide = _follow_all(population, chunk, largest, ledger)
    address = chunk.take(name, "address", (size * length + SLACK,), np.int32)
    ends = chunk.take(name, "ends", (length + 1,), np.int32)
    ends[:, 0] = 0
    events = Events(address, ends, chunk.take(name, "value", address.shape[1:], np.int32 if wide else np.int8))
    trace = np.empty((chunk.count, length, size) if traced else (0, 0, 0), np.int32)
    if population.gathers:
        release(largest, population.most, events, trace)
    else:
        emit_changes(_state(population, chunk, 0, 0, largest), before, events, trace)
    return events, trace


def _follow_all(population: CompiledGate, chunk: Chunk, largest: Array, ledger: Ledger) -> bool:
    """Follow the counts of all sources; whether changes may exceed eight bits, which only jittered spikes make."""
    wide = False
    _state(population, chunk, 0, 0, largest).touched[:] = 0
    for number, one in enumerate(population.incoming):
        events = one.placed(chunk.arriving(one.projection.source, 0), chunk.buffers)
        wide |= events.value.dtype.itemsize > 1
        state = _state(population, chunk, number, int(np.prod(one.windows.source)), largest)
        operations = np.zeros(chunk.count, np.int64)
        follow(events, one.windows, state, operations)
        ledger.operations[one.projection.name][chunk.samples] += operations
    return wide


def _state(population: CompiledGate, chunk: Chunk, number: int, sources: int, largest: Array) -> GateState:
    """What is held of a projection by its number and its sources; of no sources, what all have in common."""
    name, size, planes = population.name, population.size, 1 if population.gathers else chunk.length
    return GateState(
        counts=chunk.remember(name, f"counts {number}" if sources else "no counts", (sources,), np.int32),
        largest=largest,
        change=chunk.take(name, "change", (planes, size), np.int32),
        touched=chunk.take(name, "touched", (planes, padded(size)), np.uint8),
    )


def _of_values(population: CompiledGate, chunk: Chunk, ledger: Ledger, traced: bool) -> tuple[Events, Array]:
    """The largest values of graded sources."""
    kind = population.types.sums
    largest = np.zeros((chunk.count, population.size), kind)
    for one in population.incoming:
        dense, operations = (
            np.zeros((chunk.count, int(np.prod(one.windows.source))), kind),
            np.zeros(chunk.count, np.int64),
        )
        place_values(one.placed(chunk.arriving(one.projection.source, 0), chunk.buffers), dense)
        largest_graded(dense, one.windows, largest, operations)
        ledger.operations[one.projection.name][chunk.samples] += operations
    return graded_events(largest), largest[:, None] if traced else np.zeros((0, 0, 0), kind)
