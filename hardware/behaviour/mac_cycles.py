"""The cycles of a MAC core: when every value of every layer is handed over, the same for any image.

A layer works block after block, P outputs at a time. With n_k steps of projection k, one at least,

    n = sum of n_k                                    steps of a block
    load = max(last, load before + 2)                 and for the first block of an image max(.., token of every source + 1)
    last = max(load + n, sent of the block QUEUE earlier + 1)
    values leave one a cycle, from last + 11 on, each 8 cycles later: sent is when the last of a block starts on that way
    a token follows the last value of an image

(last: the cycle of the last step of a block; load may be that of the block before.) A buffer has two halves: the first value
of image m waits for whoever reads to have taken the last step of image m - 2, and 3 cycles; what is on its way then waits
with it. An image alone takes a layer about sum over blocks of max(2, n) cycles, or one for each output if that is more; many
follow each other at the pace of the slowest layer. See `sw_mac_layer`, `sw_mac_send`, `sw_mac_buffer`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spikewright.hardware.circuit.mac.layers import queue_of
from spikewright.hardware.circuit.mac.sources import MacSource, sources_of
from spikewright.hardware.circuit.record import Circuit
from spikewright.snn import Population

Whole = NDArray[np.int64]
WAITS = 11
"""From the last step of a block to its first value on its way."""
SENT = 8
"""From there to where it is handed over."""
FREED = 3
"""From the last step of an image to its half being empty."""
TOLD = 7
"""Beside two looks at N logits, from the last token of an image to the first value of the next one."""
LONGEST = 2 * SENT
"""Stalls that something on its way can meet."""
LOOKS = 4
"""From the last token of an image to its class being found, beside a look at each logit."""


def block_steps(sources: Sequence[MacSource]) -> Whole:
    """The steps of each block of a layer, in the order in which blocks are worked on."""
    blocks = sources[0].blocks
    return np.array(
        [
            sum(source.memories.steps(group, row, column) for source in sources)
            for row in range(blocks.rows)
            for column in range(blocks.columns)
            for group in range(blocks.groups)
        ],
        np.int64,
    )


def block_outputs(source: MacSource) -> Whole:
    """How many outputs each block has; those at the edge of the map have fewer than P."""
    blocks = source.blocks
    inside = [
        np.minimum(lanes, size - lanes * np.arange(count))
        for lanes, size, count in zip(
            blocks.lanes.axes, blocks.shape, (blocks.groups, blocks.rows, blocks.columns), strict=True
        )
    ]
    whole = np.multiply.outer(np.multiply.outer(inside[1], inside[2]), inside[0]).reshape(-1)
    return np.asarray(whole, np.int64)


def mac_times(circuit: Circuit, images: int) -> Mapping[str, Whole]:
    """For each population `(images, values + 1)`: the cycle in which each value is handed over, and the token, last.

    In the order in which they are sent; cycle 0 is the first after reset. Images are offered one value a cycle without a
    pause, and answers are taken at once: the values of the output are, but for the time in which `sw_decide` looks at the N
    logits of the image before and tells them.
    """
    network = circuit.network
    layers = {p.name: _MacLayer.of(circuit, p) for p in circuit.inner}
    readers = {p.name: [layers[q.target] for q in network.projections if q.source == p.name] for p in network.order}
    found: dict[str, list[Whole]] = {p.name: [] for p in network.order}
    free = 0
    for image in range(images):
        first = max([free, *(layer.freed(image) for layer in readers[network.input])])
        found[network.input].append(first + np.arange(network.by_name[network.input].size + 1))
        free = int(found[network.input][-1][-1]) + 1
        for name, layer in layers.items():
            begin = max(int(found[source][image][-1]) for source in layer.reads) + 1
            taken = [reader.freed(image) for reader in readers[name]]
            if name == network.output:
                size = network.by_name[name].size
                taken.append(int(found[name][-1][-1]) + 2 * size + TOLD if image else size)
            found[name].append(layer.image(begin, max(taken, default=0)))
    return {name: np.array(times) for name, times in found.items()}


def mac_over(circuit: Circuit, times: Mapping[str, Whole]) -> Whole:
    """The cycle in which each image is over: its class is found. `times`: what `mac_times` says of them."""
    output = circuit.network.by_name[circuit.network.output]
    return np.asarray(times[output.name][:, -1] + output.size + LOOKS)


@dataclass
class _MacLayer:
    """A layer, and where it is in time: its last load and last step, when blocks were sent, when images were done."""

    reads: tuple[str, ...]
    steps: Whole
    outputs: Whole
    queue: int
    load: int = 0
    last: int = 0
    started: int = -1
    sent: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    stalls: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, circuit: Circuit, population: Population) -> "_MacLayer":
        sources = sources_of(circuit, population)
        reads = tuple(source.projection.source for source in sources)
        return cls(reads, block_steps(sources), block_outputs(sources[0]), queue_of(circuit, population, sources))

    def freed(self, image: int) -> int:
        """From when on the first value of an image is taken."""
        return self.done[image - 2] + FREED if image > 1 else 0

    def image(self, begin: int, taken: int) -> Whole:
        """When the values of an image are handed over that is there from `begin` on; readers take the first from `taken`
        on."""
        starts: list[Whole] = []
        self.last = max(self.last, begin)
        for steps, outputs in zip(self.steps.tolist(), self.outputs.tolist(), strict=True):
            self.load = max(self.last, self.load + 2)
            free = self.sent[-self.queue] + 1 if len(self.sent) >= self.queue else 0
            self.last = max(self.load + steps, free)
            starts.append(self._starts(self.last + WAITS, 1))
            if len(starts) == 1:
                there = int(self._handed(starts[0])[0])
                if taken > there:
                    self.stalls = [*self.stalls[-LONGEST:], (there, taken)]
            starts.append(self._starts(self.started + 1, outputs - 1))
            self.sent.append(self.started)
        self.done.append(self.last)
        starts.append(self._starts(self.started + 1, 1))
        return self._handed(np.concatenate(starts))

    def _starts(self, first: int, count: int) -> Whole:
        """When `count` values start on their way to be handed over, from `first` on, while nothing stalls."""
        times = max(first, self.started + 1) + np.arange(count)
        for stop, go in self.stalls:
            if count and times[0] < go and stop <= times[-1]:
                late = int(np.searchsorted(times, stop))
                times[late:] = np.maximum(times[late:], go + np.arange(count - late))
        self.started = int(times[-1]) if count else self.started
        return times

    def _handed(self, starts: Whole) -> Whole:
        """When values are handed over that started then."""
        times = starts + SENT
        for stop, go in self.stalls:
            times = times + np.where((starts < stop) & (times >= stop), go - stop, 0)
        return times
