"""What becomes of the sum of an output: bias, multiplier and shift, and how many bits of it have to be multiplied."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks
from spikewright.hardware.circuit.words import Field
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.snn import Population
from spikewright.snn.fixed.bounds import population_bound

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Requantiser:
    """y = min(max((2 V multiplier + 2**shift) >> (shift + 1), 0), levels) with V = sat(sum + bias); y = V where levels are 0.

    `rows (words, 2)`: multiplier and bias, one word (`per` 0), one for each channel (1), or one for each output in the order in
    which blocks are sent (2). `total`: bits of sum + bias. `width`: of V. `kept`: bits of V behind which nothing changes y.
    """

    rows: Whole
    per: int
    total: int
    width: int
    shift: int = 0
    levels: int = 0
    kept: int = 1

    @classmethod
    def of(cls, circuit: Circuit, population: Population) -> "Requantiser":
        """That of a population: of a QuantReLU its own, of an Integrator and a gate only what they add."""
        neuron: Any = population.neuron
        if neuron.compares:
            bits = circuit.value_bits(population.name) + 1
            return cls(np.array([[1, 0]], np.int64), 0, bits, bits)
        quantised = neuron.sends == "values"
        bias = np.asarray(population.bias, np.int64)
        start = np.asarray(0 if quantised else population.initial, np.int64)
        multiplier = np.asarray(neuron.multiplier if quantised else 1, np.int64)
        blocks = circuit.blocks(population)
        whole = _over(bias, blocks) + _over(start, blocks)
        rows, per = _fewest(np.stack([_over(multiplier, blocks), whole]), blocks)
        most = population_bound(circuit.network, population) + int(np.abs(start).max())
        found = cls(rows, per, most.bit_length() + 1, population.width)
        if not quantised:
            return found
        return cls(*_fields(found), neuron.shift, neuron.levels, _kept(rows[:, 0], neuron, population.width))

    @property
    def bias_bits(self) -> int:
        """Bits of a bias."""
        return max(2, signed_bits(self.rows[:, 1]))

    @property
    def multiplier_bits(self) -> int:
        """Bits of a multiplier, which has no sign."""
        return int(self.rows[:, 0].max()).bit_length()

    @property
    def words(self) -> list[list[Field]]:
        """What the memory holds: bias, multiplier."""
        return [[(int(bias), self.bias_bits), (int(times), self.multiplier_bits)] for times, bias in self.rows]


def _fields(found: Requantiser) -> tuple[Whole, int, int, int]:
    return found.rows, found.per, found.total, found.width


def _kept(multipliers: Whole, neuron: Any, width: int) -> int:
    """The fewest bits whose largest number gives the highest level in every channel, but none above those of V."""
    smallest = int(multipliers.min())
    for bits in range(1, width - 1):
        if (2 * (2**bits - 1) * smallest + 2**neuron.shift) >> (neuron.shift + 1) >= neuron.levels:
            return bits
    return width - 1


def _over(value: Whole, blocks: LayerBlocks) -> Whole:
    """One number, one for each channel or one for each neuron, over the whole map."""
    if value.ndim == 1 and value.size == blocks.shape[0]:
        value = value.reshape(-1, 1, 1)
    elif value.ndim:
        value = value.reshape(blocks.shape)
    return np.broadcast_to(value, blocks.shape)


def _fewest(both: Whole, blocks: LayerBlocks) -> tuple[Whole, int]:
    """Numbers `(2, channels, rows, columns)` as one word, one for each channel, or all as they are sent."""
    if np.all(both == both[:, :, :1, :1]):
        channels = both[:, :, 0, 0].T
        return (channels[:1], 0) if np.all(channels == channels[:1]) else (channels, 1)
    c, y, x = sending_order(blocks)
    return both[:, c, y, x].T, 2


def sending_order(blocks: LayerBlocks) -> tuple[Whole, Whole, Whole]:
    """Channels, rows and columns of all outputs as they are sent: block after block, in it channels, then columns, then rows."""
    places = np.stack(np.meshgrid(*(np.arange(size) for size in blocks.shape), indexing="ij")).reshape(3, -1)
    lanes = np.array(blocks.lanes.axes).reshape(3, 1)
    (g, ry, rx), (c, y, x) = places // lanes, places % lanes
    order = np.lexsort((c, x, y, g, rx, ry))
    return places[0][order], places[1][order], places[2][order]
