"""Golden traces as the words that a circuit takes and sends."""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.behaviour.record import Behaviour
from spikewright.hardware.behaviour.sent_words import TOKEN, laid
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
    order = _order(circuit, population)
    digits = -(-circuit.event_bits(population.name) // 4)
    words = []
    for number, row in enumerate(raster.swapaxes(0, 1).reshape(-1, population.size)):
        step = number % len(raster)
        for place in order if circuit.quantised else order[row[order] != 0]:
            c, y, x = (int(axis) for axis in np.unravel_index(place, shape))
            value = _value(circuit, population.name, int(row[place]), step)
            low = c << 1 | y << (1 + bits[0]) | x << (1 + bits[0] + bits[1])
            words.append(f"{low | value << (1 + sum(bits)):0{digits}x}")
        words.append(f"{1:0{digits}x}")
    return words


def _value(circuit: Circuit, name: str, number: int, step: int) -> int:
    """The bits of an event's value; of a spike that weighs more in one step than in another that weight."""
    if circuit.value_form(name) == SIGN:
        return int(number < 0)
    factors = circuit.factors(name)
    said = factors[step] if factors else number * circuit.times(name)
    return said & ((1 << circuit.value_bits(name)) - 1)


def _order(circuit: Circuit, population: Population) -> Whole:
    """The neurons in the order in which they are sent."""
    numbers = np.arange(population.size, dtype=np.int64)
    if population.name == circuit.network.input:
        return numbers
    places = laid(numbers.reshape(1, *as_map(population.shape)), circuit.blocks(population), TOKEN)[0]
    found: Whole = places[places != TOKEN]
    return found


def answer_words(circuit: Circuit, logits: Whole, steps: Whole) -> list[str]:
    """The answers in hex for final `logits (samples, neurons)` after `steps (samples,)`: class, steps, logits."""
    bits = answer_bits(circuit)
    return [
        f"{word & ((1 << bits) - 1):0{-(-bits // 4)}x}"
        for row, taken in zip(logits, steps, strict=True)
        for word in _answer(row, int(taken))
    ]


def _answer(row: Whole, taken: int) -> Iterator[int]:
    yield from (int(row.argmax()), taken, *map(int, row))


def answer_cycles(circuit: Circuit, over: Iterable[int]) -> list[int]:
    """The cycle in which the last word of each answer is handed over; `over`: those in which each inference is over."""
    words = circuit.network.by_name[circuit.network.output].size + 2
    return [int(cycle) + words for cycle in over]


def sent_counts(ran: Behaviour, name: str, raster: Whole) -> list[int]:
    """How many words a population sends in each sample of `raster (steps, samples, neurons)`, some of which stop early."""
    lengths = np.count_nonzero(raster, axis=(0, 2)) + len(raster)
    ends = np.cumsum(lengths)
    return [
        int(np.count_nonzero(ran.sent[name][end - size : end] >= 0)) for size, end in zip(lengths, ends, strict=True)
    ]
