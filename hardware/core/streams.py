"""Golden traces as the words that a circuit takes and sends."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.behaviour.simulating import behave
from spikewright.hardware.circuit.readouts import answer_bits
from spikewright.hardware.circuit.record import SIGN, Circuit
from spikewright.hardware.circuit.shapes import as_map
from spikewright.snn import Population

Whole = NDArray[np.int64]


def event_words(circuit: Circuit, population: Population, raster: Whole) -> list[str]:
    """What a population sends for `raster (steps, samples, neurons)`, in hex, in the order in which its circuit does.

    The input: neurons ascending. Others: block by block, in a block lane by lane. Behind each step a token. A MAC core sends
    zeros too.
    """
    shape, bits = as_map(population.shape), circuit.coordinate_bits(population.name)
    first = (
        np.zeros(population.size, np.int64)
        if population.name == circuit.network.input
        else _places(circuit, population)
    )
    digits = -(-circuit.event_bits(population.name) // 4)
    words = []
    for row in raster.swapaxes(0, 1).reshape(-1, population.size):
        sent = np.arange(row.size) if circuit.quantised else np.flatnonzero(row)
        for place in sent[np.argsort(first[sent], kind="stable")]:
            c, y, x = (int(axis) for axis in np.unravel_index(place, shape))
            value = _value(circuit, population.name, int(row[place]))
            low = c << 1 | y << (1 + bits[0]) | x << (1 + bits[0] + bits[1])
            words.append(f"{low | value << (1 + sum(bits)):0{digits}x}")
        words.append(f"{1:0{digits}x}")
    return words


def answer_cycles(circuit: Circuit, rasters: Mapping[str, Whole]) -> list[int] | None:
    """The cycle in which the last word of each answer is handed over, by the simulator of the control; None for a MAC core."""
    if circuit.quantised:
        return None
    words = circuit.network.by_name[circuit.network.output].size + 2
    return [int(cycle) + words for cycle in behave(circuit, rasters).over]


def _value(circuit: Circuit, name: str, number: int) -> int:
    """The bits of an event's value."""
    if circuit.value_form(name) == SIGN:
        return int(number < 0)
    return number * circuit.times(name) & ((1 << circuit.value_bits(name)) - 1)


def _places(circuit: Circuit, population: Population) -> Whole:
    """For each neuron the number of its block times P, plus its lane."""
    blocks, shape = circuit.blocks(population), as_map(population.shape)
    lanes = blocks.lanes
    c, y, x = np.unravel_index(np.arange(population.size), shape)
    block = (y // lanes.rows * blocks.columns + x // lanes.columns) * blocks.groups + c // lanes.channels
    lane = (y % lanes.rows * lanes.columns + x % lanes.columns) * lanes.channels + c % lanes.channels
    return np.asarray(block * lanes.count + lane)


def answer_words(circuit: Circuit, logits: Whole) -> list[str]:
    """The answers in hex for final `logits (samples, neurons)`: class, steps, logits."""
    bits = answer_bits(circuit)
    return [f"{word & ((1 << bits) - 1):0{-(-bits // 4)}x}" for row in logits for word in _answer(circuit, row)]


def _answer(circuit: Circuit, row: Whole) -> Iterator[int]:
    yield from (int(row.argmax()), circuit.network.steps, *map(int, row))
