"""One axis of a map: which targets an event reaches through a synapse, as tiles of neighbouring banks."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput

Reached = Sequence[Sequence[tuple[int, int]]]
"""For each place of the source the targets that it reaches with the tap that leads there, `(target, tap)`, targets ascending;
also those outside the map."""


Chains = Sequence[Sequence[int | None]]
"""Taps that one event meets together; a None where nothing is reached at all, since a memory is never empty."""


@dataclass(frozen=True)
class AxisEntry:
    """What an event at one place does along an axis.

    `tiles`: how many tiles it takes, from number `first` on; 0 drops the event. `block`: the block that holds the first target,
    -1 above the map; `inside`: its place in that block. `chain`: the chain that these tiles belong to, and `before`: how many
    tiles of it lie in front of them, wholly outside the map.
    """

    first: int = 0
    tiles: int = 0
    block: int = 0
    inside: int = 0
    chain: int = 0
    before: int = 0

    @property
    def stretch(self) -> tuple[int, int, int]:
        """Which tiles of which chain it takes: the chain, those before, and how many."""
        return (self.chain, self.before, self.tiles)


@dataclass(frozen=True)
class Axis:
    """An axis of `blocks` blocks of `banks` neurons. `order`: for each tile the taps of its banks, None where there is none.
    `starts`: the first tile of each chain; `stride`: blocks from one tile of a chain to the next."""

    entries: tuple[AxisEntry, ...]
    order: tuple[tuple[int | None, ...], ...]
    banks: int
    blocks: int
    starts: tuple[int, ...]
    stride: int = 1

    @classmethod
    def of(cls, reached: Reached, size: int, banks: int) -> "Axis":
        """The axis of a target of `size`. Raises InvalidInput when several banks are asked for and targets are no neighbours."""
        chains: Chains = _chains(reached) or [[None]]
        steps = {after[0] - before[0] for places in reached for before, after in pairwise(places)}
        step = steps.pop() if steps else 1
        if steps or (step != 1 and banks > 1):
            raise InvalidInput(
                f"expected one kernel lane along an axis whose taps lie apart (a dilation), got {banks}; try 1 there"
            )
        order = [tuple(chain[at : at + banks]) for chain in chains for at in range(0, len(chain), banks)]
        padded = tuple(tile + (None,) * (banks - len(tile)) for tile in order)
        starts = tuple(sum(-(-len(before) // banks) for before in chains[:n]) for n in range(len(chains)))
        numbers = {chain[0]: n for n, chain in enumerate(chains)}
        entries = tuple(
            _entry(places, numbers[places[0][1]], starts, size, banks) if places else AxisEntry() for places in reached
        )
        return cls(entries, padded, banks, -(-size // banks), starts, step)

    @property
    def most(self) -> int:
        """The most tiles of an event."""
        return max((entry.tiles for entry in self.entries), default=0)

    @cached_property
    def stretches(self) -> tuple[tuple[int, int, int], ...]:
        """The different stretches of chains that events take, ascending."""
        return tuple(sorted({entry.stretch for entry in self.entries if entry.tiles})) or ((0, 0, 0),)

    @cached_property
    def in_chain(self) -> NDArray[np.int64]:
        """For each tile its number in its chain."""
        every = [np.arange(len(self.chain(number))) for number in range(len(self.starts))]
        found: NDArray[np.int64] = np.concatenate([np.zeros(0, np.int64), *every]).astype(np.int64)
        return found

    @cached_property
    def chain_of(self) -> NDArray[np.int64]:
        """For each tile the number of its chain."""
        return np.repeat(np.arange(len(self.starts)), [len(self.chain(number)) for number in range(len(self.starts))])

    def chain(self, number: int) -> range:
        """The tiles of a chain."""
        ends = (*self.starts[1:], len(self.order))
        return range(self.starts[number], ends[number])


def single(places: int, window: int = 1) -> Axis:
    """An axis of dense layers: the target has one place, and each `window` places of the source have weights of their own."""
    inside = places // window
    numbers = (place // window for place in range(places))
    entries = (AxisEntry(n, 1, chain=n) if n < inside else AxisEntry() for n in numbers)
    return Axis(tuple(entries), ((0,),) * inside, 1, 1, tuple(range(inside)))


def _chains(reached: Reached) -> list[list[int]]:
    """Taps that one event meets together, in the order of their targets: with a stride of two those that are even, then odd."""
    chains: list[list[int]] = []
    for places in reached:
        taps = [tap for _, tap in places]
        known = next((chain for chain in chains if set(chain) & set(taps)), None)
        if known is None:
            chains.append(taps)
    return [chain for chain in chains if chain]


def _entry(places: Sequence[tuple[int, int]], chain: int, starts: Sequence[int], size: int, banks: int) -> AxisEntry:
    """What an event does that takes the tiles of `chain`: those that lie wholly outside the map are left out."""
    tiles = [places[at : at + banks] for at in range(0, len(places), banks)]
    inside = [n for n, tile in enumerate(tiles) if any(0 <= target < size for target, _ in tile)]
    if not inside:
        return AxisEntry()
    target = tiles[inside[0]][0][0]
    return AxisEntry(starts[chain] + inside[0], len(inside), target // banks, target % banks, chain, inside[0])


def convolved(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[list[tuple[int, int]]]:
    """What each of `size` places reaches through a convolution: target = (place + padding - dilation tap) / stride."""
    reached = []
    for place in range(size):
        wanted = [(place + padding - dilation * tap, tap) for tap in reversed(range(kernel))]
        reached.append([(target // stride, tap) for target, tap in wanted if target % stride == 0])
    return reached


def enlarged(size: int, kernel: int, stride: int, padding: int, dilation: int) -> list[list[tuple[int, int]]]:
    """The same of a transposed convolution: target = place stride - padding + dilation tap."""
    return [[(place * stride - padding + dilation * tap, tap) for tap in range(kernel)] for place in range(size)]


def pooled(reached: Reached, size: int, window: int) -> list[list[tuple[int, int]]]:
    """What `size` places reach of which each `window` are read as one; those that fill no window reach nothing."""
    return [list(reached[place // window]) if place // window < size // window else [] for place in range(size)]


def spread(matrix: NDArray[Any]) -> tuple[list[list[tuple[int, int]]], NDArray[Any]]:
    """What the places of a matrix `(targets, places)` reach, and the number at each tap; places that do the same share taps."""
    reached: list[list[tuple[int, int]]] = []
    taps: dict[tuple[int, ...], int] = {}
    numbers: list[int] = [0]
    for column in matrix.T:
        targets = np.flatnonzero(column)
        first, last = (int(targets[0]), int(targets[-1]) + 1) if targets.size else (0, 0)
        pattern = tuple(int(number) for number in column[first:last])
        if pattern not in taps:
            taps[pattern] = len(numbers)
            numbers += pattern
        reached.append([(first + n, taps[pattern] + n) for n in range(last - first)])
    return reached, np.array(numbers)
