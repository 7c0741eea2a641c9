"""What each lane is told of its neurons: thresholds, drive and initial potential, a row for each block that differs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks
from spikewright.hardware.circuit.stepping import step_thresholds
from spikewright.hardware.circuit.words import hex_word
from spikewright.hardware.model.bit_widths import signed_bits
from spikewright.snn import Population

Whole = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LaneConstants:
    """`rows (phases x (1, groups or all blocks), lanes, 2 + thresholds)` of initial potential, drive and thresholds, and
    their bits; there are `phases` where thresholds change from step to step."""

    rows: Whole
    phases: int
    threshold_bits: int
    drive_bits: int
    potential_bits: int

    @classmethod
    def of(cls, circuit: Circuit, population: Population) -> "LaneConstants":
        """Those of a population; layerwise the drive is that of the whole run."""
        blocks = circuit.blocks(population)
        drive = np.asarray(population.bias, np.int64) * (circuit.network.code.charge_steps if circuit.layerwise else 1)
        steps = step_thresholds(circuit.network, population)
        found = [
            _over(value, blocks) for value in (population.initial, drive, *(one for step in steps for one in step))
        ]
        rows = _fewest(np.stack([_laid(value, blocks) for value in found], axis=-1))
        split = [
            np.concatenate([rows[..., :2], each], axis=-1) for each in np.split(rows[..., 2:], len(steps), axis=-1)
        ]
        bits = max(2, *(signed_bits(one) for step in steps for one in step))
        return cls(
            np.concatenate(split), len(steps), bits, max(2, signed_bits(drive)), circuit.potential_bits(population)
        )

    @property
    def thresholds(self) -> int:
        """How many thresholds a neuron has; one that compares nothing has one that is not looked at."""
        return int(self.rows.shape[2]) - 2

    def words(self) -> Iterator[str]:
        """Rows in hex: for each lane initial potential, drive, thresholds, the first lane lowest."""
        bits = (self.potential_bits, self.drive_bits, *[self.threshold_bits] * self.thresholds)
        for row in self.rows:
            yield hex_word(field for lane in row for field in zip(map(int, lane), bits, strict=True))


def _over(value: Any, blocks: LayerBlocks) -> Whole:
    """One number, one for each channel, or one for each neuron, over the whole map."""
    array = np.asarray(value, np.int64)
    if array.ndim == 1 and array.size == blocks.shape[0]:
        array = array.reshape(-1, 1, 1)
    elif array.ndim:
        array = array.reshape(blocks.shape)
    return np.broadcast_to(array, blocks.shape)


def _laid(values: Whole, blocks: LayerBlocks) -> Whole:
    """A map as `(positions, groups, lanes)`; lanes beyond its edge repeat the last neuron."""
    lanes = blocks.lanes
    size = (blocks.groups * lanes.channels, blocks.rows * lanes.rows, blocks.columns * lanes.columns)
    more = [(0, whole - inside) for whole, inside in zip(size, blocks.shape, strict=True)]
    parts = np.pad(values, more, mode="edge")[blocks.order.reshape(-1)].reshape(
        blocks.groups, lanes.channels, blocks.rows, lanes.rows, blocks.columns, lanes.columns
    )
    return parts.transpose(2, 4, 0, 3, 5, 1).reshape(blocks.rows * blocks.columns, blocks.groups, lanes.count)


def _fewest(laid: Whole) -> Whole:
    """`(positions, groups, lanes, numbers)` as rows: one, one for each group, or all."""
    if not np.all(laid == laid[:1]):
        return laid.reshape(-1, *laid.shape[2:])
    return laid[0, :1] if np.all(laid[0] == laid[0, :1]) else laid[0]
