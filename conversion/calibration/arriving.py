"""What flows into one population from samples, kept in memory while the population is corrected."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikewright.conversion.calibration.layer_run import LayerRun
from spikewright.snn import Population

KEPT_BYTES = 1 << 31
"""What flows into a population, or into some of its channels, is kept up to this size: it is worked out once for all rounds."""
HELD = 0.25
"""Share of the samples that a correction is judged by."""
ENOUGH = 1 << 17
"""Activations of a channel that are enough to fit its shift: layers with many places need fewer samples."""
LEAST = 96
"""Samples that every correction looks at, if there are as many."""


class Drives:
    """What flows into some channels of a population from some of the flow's samples, batch by batch, as often as asked for.

    `count`: how many samples; the first three quarters of them are of the flow's first samples, to fit with, the others of its
    last, to judge by. `channels`: which ones, all of them if None; `population` is then the part of it that they are.
    """

    def __init__(self, flow: LayerRun, whole: Population, count: int, channels: slice | None = None) -> None:
        self.flow, self.whole, self.channels = flow, whole, channels
        self.population = whole if channels is None else of_channels(whole, channels)
        self.fit = min(count, flow.count) - max(1, round(HELD * min(count, flow.count)))
        spans = (slice(0, self.fit), slice(flow.count - (min(count, flow.count) - self.fit), flow.count))
        self.parts = [part for span in spans for part in flow.parts(whole, span)]
        self.small = drive_bytes(flow, self.population, count) <= KEPT_BYTES
        self._kept: list[Tensor] = []

    def __iter__(self) -> Iterator[Tensor]:
        if not self._kept:
            drives = (self._some(self.flow.drive(self.whole, part)) for part in self.parts)
            if not self.small:
                yield from drives
                return
            self._kept = list(drives)
        yield from self._kept

    def _some(self, drive: Tensor) -> Tensor:
        """The channels that are asked for, in memory of their own."""
        if self.channels is None:
            return drive
        some = drive[:, :, self.channels]
        return some if some.stride(0) == 0 else some.contiguous()

    @property
    def complete(self) -> bool:
        """Whether all that flows in from all of the flow's samples is in memory."""
        return (
            bool(self._kept)
            and self.channels is None
            and sum(drive.shape[1] for drive in self._kept) == self.flow.count
        )

    def ideal(self) -> Tensor:
        """The ideal rates of the same samples."""
        found = torch.cat([self.flow.truth(self.whole, part) for part in self.parts])
        return found if self.channels is None else found[:, self.channels]

    def rates(self, candidate: Population) -> Tensor:
        """The rates `(n, *shape)` of what `candidate`, a population like that of the drives, does with them."""
        return torch.cat([self.flow.rate(candidate, drive) for drive in self])


def drive_bytes(flow: LayerRun, population: Population, count: int) -> int:
    """Memory of all that flows into the population from `count` samples."""
    return 4 * flow.distinct_rows(population) * count * population.size


def channel_slices(flow: LayerRun, population: Population, count: int) -> list[slice | None]:
    """Channels whose drives are kept in memory together; [None] where they are few enough to keep all at once."""
    channels = population.shape[0]
    parts = min(channels, -(-drive_bytes(flow, population, count) // KEPT_BYTES))
    if parts <= 1:
        return [None]
    ends = [channels * number // parts for number in range(parts + 1)]
    return [slice(first, last) for first, last in pairwise(ends)]


def sample_count(flow: LayerRun, population: Population) -> int:
    """How many of the flow's samples a correction of the population looks at."""
    places = population.size // population.shape[0]
    return min(flow.count, max(LEAST, ENOUGH // places))


def of_channels(population: Population, channels: slice) -> Population:
    """The part of a population that some of its channels are."""
    count = population.shape[0]

    def some(value: Any) -> Any:
        return value[channels] if np.ndim(value) else value

    neuron: Any = population.neuron
    fields = {name: some(getattr(neuron, name)) for name in (*neuron.thresholds_in, *neuron.channels_in)}
    own = {name: some(getattr(population, name)) for name in ("bias", "initial", "amplitude", "below")}
    shape = (len(range(*channels.indices(count))), *population.shape[1:])
    return replace(population, shape=shape, neuron=replace(neuron, **fields), **own)
