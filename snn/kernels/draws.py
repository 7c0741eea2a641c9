"""The draws of `snn.disturb.noise`, compiled: pure functions of seed, stream, sample, step and public address."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikewright import splitmix
from spikewright.snn.kernels.jit import compiled
from spikewright.splitmix import GOLDEN

Array = NDArray[Any]


class Drawing(NamedTuple):
    """Whose draws: `keys`, one of `key_of` for each kind that is drawn; `samples`: their numbers; `start`: the first step;
    `public (neurons,)`: the public address of each neuron."""

    keys: tuple[np.uint64, ...]
    samples: NDArray[np.int64]
    start: int
    public: NDArray[np.int64]


class Chance(NamedTuple):
    """A probability as draws are compared with it: something happens iff `certain` or draw < limit = floor(p 2**64)."""

    limit: np.uint64
    certain: bool


def key_of(seed: int, place: int, kind: int) -> Any:
    """m(seed + g stream) of the population at `place`, the beginning of all its draws of one kind."""
    begin = np.array([(seed + GOLDEN * (16 * place + kind)) % 2**64], np.uint64)
    return splitmix.mix(begin)[0]


def keys_of(seed: int, place: int, *kinds: int) -> tuple[Any, ...]:
    """The keys of several kinds."""
    return tuple(key_of(seed, place, kind) for kind in kinds)


def chance_of(probability: float) -> Chance:
    """The chance of a probability from 0 to 1."""
    limit = int(probability * 2.0**64)
    return Chance(np.uint64(min(limit, 2**64 - 1)), limit >= 2**64)


mix = compiled(splitmix.mix)
"""The same for one word, compiled."""


@compiled
def at_step(key, sample, step):
    """The draws' common part of one sample and step, from a key of `key_of`."""
    g = np.uint64(GOLDEN)
    return mix(mix(key + g * np.uint64(sample)) + g * np.uint64(step))


@compiled
def draw(begun, neuron):
    """The draw of a neuron, from `at_step`."""
    return mix(begun + np.uint64(GOLDEN) * np.uint64(neuron))


@compiled
def happens(chance, begun, neuron):
    """Whether something of that chance happens to a neuron, by its draw."""
    return chance.certain or draw(begun, neuron) < chance.limit


@compiled
def fields(word):
    """The sum of a word's four 16-bit fields."""
    low = np.uint64(0xFFFF)
    high = ((word >> np.uint64(16)) & low) + ((word >> np.uint64(32)) & low) + (word >> np.uint64(48))
    return np.int64((word & low) + high)


@compiled
def normal(first, second, third, neuron):
    """A normal draw of a neuron, from three `at_step`."""
    total = fields(draw(first, neuron)) + fields(draw(second, neuron)) + fields(draw(third, neuron))
    return np.float64(total + 6) / 65536.0 - 6.0


@compiled
def draw_rows(drawing, out):
    """Draws `out (samples, neurons)` of one step, by the first key."""
    for s in range(out.shape[0]):
        begun = at_step(drawing.keys[0], drawing.samples[s], drawing.start)
        for i in range(out.shape[1]):
            out[s, i] = draw(begun, drawing.public[i])


@compiled
def normal_rows(drawing, out):
    """The same for normal draws, by three keys."""
    keys, step = drawing.keys, drawing.start
    for s in range(out.shape[0]):
        first, second = at_step(keys[0], drawing.samples[s], step), at_step(keys[1], drawing.samples[s], step)
        third = at_step(keys[2], drawing.samples[s], step)
        for i in range(out.shape[1]):
            out[s, i] = normal(first, second, third, drawing.public[i])
