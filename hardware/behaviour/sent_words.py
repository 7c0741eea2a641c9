"""What each population of a circuit sends, in the order in which its serialiser does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import LayerBlocks

Whole = NDArray[np.int64]
TOKEN = -1


@dataclass(frozen=True, eq=False)
class SentWords:
    """`words`: the neuron of each event, row-major, and TOKEN behind each step, all samples behind each other. `spikes
    (sweeps, blocks)`: events of each block of potentials in each step; nothing for the input."""

    words: Whole
    spikes: Whole

    def starts(self, samples: int) -> Whole:
        """The number of the first word of each sample, and of the word behind the last."""
        return sample_starts(self.words, samples)


def words_of_all(circuit: Circuit, rasters: Mapping[str, Any]) -> dict[str, SentWords]:
    """The stream of the input and of each population that sends, by name.

    `rasters[name] (rows, samples, neurons)`: what neurons send in each step, as `hardware.core.golden.run_golden` gives them.
    """
    network, found = circuit.network, {}
    for population in network.order:
        if population.name == network.input:
            found[population.name] = _of_input(rasters[population.name])
        elif population.neuron.sends != "nothing":
            found[population.name] = _of_blocks(circuit.blocks(population), rasters[population.name])
    return found


def _of_input(raster: Whole) -> SentWords:
    """Neuron by neuron."""
    rows = np.asarray(raster).swapaxes(0, 1).reshape(-1, raster.shape[2])
    step, place = np.nonzero(rows)
    return SentWords(_with_tokens(step, place, len(rows)), np.zeros((0, 0), np.int64))


def _of_blocks(blocks: LayerBlocks, raster: Whole) -> SentWords:
    """Block by block, the lowest lane first."""
    lanes, shape = blocks.lanes, blocks.shape
    numbers = np.arange(np.prod(shape), dtype=np.int64).reshape(1, *shape)
    order = laid(numbers, blocks, TOKEN)[0]
    rows = np.asarray(raster, np.int64).swapaxes(0, 1).reshape(-1, raster.shape[2])
    sent = np.where(order >= 0, rows[:, order], 0)
    step, at = np.nonzero(sent)
    places = order[at]
    spikes = (sent != 0).reshape(len(rows), blocks.count, lanes.count).sum(axis=2)
    return SentWords(_with_tokens(step, places, len(rows)), spikes)


def laid(values: Whole, blocks: LayerBlocks, beyond: int = 0) -> Whole:
    """Maps `(rows, C, H, W)` in the order of blocks and lanes, `(rows, blocks x lanes)`; `beyond` in lanes outside the
    map."""
    lanes = blocks.lanes
    size = (blocks.groups * lanes.channels, blocks.rows * lanes.rows, blocks.columns * lanes.columns)
    more = [(0, 0), *((0, whole - inside) for whole, inside in zip(size, blocks.shape, strict=True))]
    parts = np.pad(values, more, constant_values=beyond)[:, blocks.order.reshape(-1)].reshape(
        -1, blocks.groups, lanes.channels, blocks.rows, lanes.rows, blocks.columns, lanes.columns
    )
    return parts.transpose(0, 3, 5, 1, 4, 6, 2).reshape(len(values), -1)


def _with_tokens(step: Whole, places: Whole, steps: int) -> Whole:
    """Events with a token behind each step."""
    return np.insert(places, np.searchsorted(step, np.arange(steps), side="right"), TOKEN)


def sample_starts(words: Whole, samples: int) -> Whole:
    """The number of the first word of each sample, and of the word behind the last; words are neurons, and TOKEN behind a
    step."""
    tokens = np.flatnonzero(words == TOKEN) + 1
    return np.concatenate([[0], tokens[len(tokens) // samples - 1 :: len(tokens) // samples]])
