"""Neurons that only add up and compare, by a compiled kernel: most of a calibration's time."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikewright.snn import Network, Neuron, Population
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.threads import over_chunks
from spikewright.snn.kernels.tallies import tally
from spikewright.snn.twin.synapses import as_column

DTYPE = torch.float32


def is_plain(neuron: Neuron) -> bool:
    """Whether it integrates, fires once at most a step, is reset by subtraction, and does nothing else."""
    return _adds_up(neuron) and not neuron.signed


def is_compiled(neuron: Neuron) -> bool:
    """Whether `tallied` knows its law: a plain neuron, or one that compares with a threshold of each sign."""
    return _adds_up(neuron) and (neuron.two_sided or not neuron.signed)


def _adds_up(neuron: Neuron) -> bool:
    special = neuron.leak or neuron.refractory or neuron.latches or neuron.remembers or neuron.step_factors
    return neuron.fires and neuron.most == 1 and neuron.reset == "subtract" and not special


@dataclass(frozen=True, eq=False)
class SpikeTally:
    """What neurons did: `counts (b, *shape)` of their spikes, `sent` int8 `(steps, b, *shape)`, and the `potential` left.

    Where spikes are not wanted, `sent` has no steps.
    """

    counts: Tensor
    sent: Tensor
    potential: Tensor


def tallied(network: Network, population: Population, drive: Tensor, begin: Tensor, *, kept: bool) -> SpikeTally:
    """The law of the population for `drive (steps, b, *shape)`, layerwise `(1, b, *shape)`, from potentials `begin`.

    `begin (b, *shape)`. Layerwise the drive enters in the first step, with all of the bias. `kept`: whether each spike is told.
    """
    shape = tuple(drive.shape[1:])
    flat = shape[0], population.size
    sums, row, factor = _inflow(network, drive)
    potential, counts = begin.reshape(flat).numpy().copy(), np.zeros(flat, dtype=np.float32)
    sent = np.empty((network.steps if kept else 1, *flat), dtype=np.int8)
    cells = (potential, *_constants(population))

    def work(part: slice, buffers: Buffers) -> None:
        tally(sums.reshape(-1, *flat), row, factor, cells, counts, sent, (part.start, part.stop))

    over_chunks(shape[0], shape[0], work)
    told = torch.from_numpy(sent if kept else sent[:0]).reshape(-1, *shape)
    return SpikeTally(torch.from_numpy(counts).reshape(shape), told, torch.from_numpy(potential).reshape(shape))


def _inflow(network: Network, drive: Tensor) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float32]]:
    """Sums `(rows, b, *shape)`, the row of each step, and what the bias is multiplied by in it."""
    steps, code = network.steps, network.code
    if network.schedule == "layerwise":
        first = np.arange(steps) == 0
        rows = torch.cat([drive, torch.zeros_like(drive)])
        return rows.numpy(), 1 - first.astype(np.int64), (first * code.charge_steps).astype(np.float32)
    held = drive.stride(0) == 0
    row = np.zeros(steps, dtype=np.int64) if held else np.arange(steps)
    factor = np.array([code.charged(step) for step in range(steps)], dtype=np.float32)
    return (drive[:1] if held else drive).contiguous().numpy(), row, factor


def _constants(population: Population) -> list[NDArray[np.float32]]:
    """Bias, threshold and negative threshold of each neuron; no charge is below one that is infinite."""
    thresholds: dict[str, Any] = population.neuron.all_thresholds()
    given = population.bias, thresholds["threshold"], thresholds.get("negative", np.inf)
    columns = (as_column(value, population.shape, DTYPE) for value in given)
    return [column.expand(population.shape).reshape(-1).contiguous().numpy() for column in columns]
