"""One axis of what a MAC layer reads: in which steps its lanes meet which taps, and in which banks the values lie for that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from spikewright.hardware.circuit.axes import Reached

Reads = Sequence[Sequence[tuple[int, int, int]]]
"""For each output the sources that it reads, `(source, tap, place inside the pool)`."""


@dataclass(frozen=True)
class TapEntry:
    """One row (or column) of taps of a block: `tap` with the weights, `sources`: for each lane where its value comes from, None
    where it reads nothing. `inside`: the place in the pool."""

    tap: int
    sources: tuple[int | None, ...]
    inside: int = 0


@dataclass(frozen=True)
class Stored:
    """Where a source lies: its bank, and its place in it."""

    bank: int
    place: int


@dataclass(frozen=True)
class MacAxis:
    """An axis of outputs, `lanes` of them at a time: the taps of each block of lanes, in the order in which they are met.

    blocks: for each block its entries. step: sources from a lane to the next; those of a block then lie in different banks.
    """

    blocks: tuple[tuple[TapEntry, ...], ...]
    lanes: int
    step: int

    @cached_property
    def stored(self) -> Mapping[int, Stored]:
        """The sources that are read, by their number."""
        found: dict[int, Stored] = {}
        filled = [0] * self.lanes
        for source in sorted({s for block in self.blocks for entry in block for s in entry.sources if s is not None}):
            bank = source // self.step % self.lanes
            found[source] = Stored(bank, filled[bank])
            filled[bank] += 1
        return found

    @property
    def depth(self) -> int:
        """The places of the fullest bank."""
        return max((one.place + 1 for one in self.stored.values()), default=1)

    @property
    def entries(self) -> tuple[TapEntry, ...]:
        """Those of all blocks, one after the other; one that reads nothing where there is none."""
        found = tuple(entry for block in self.blocks for entry in block)
        return found or (TapEntry(0, (None,) * self.lanes),)

    @property
    def starts(self) -> tuple[int, ...]:
        """For each block the number of its first entry."""
        return (0, *accumulate(map(len, self.blocks[:-1])))

    @property
    def most(self) -> int:
        """The most entries of a block."""
        return max(map(len, self.blocks))

    def places(self, entry: TapEntry) -> tuple[int, ...]:
        """Where each bank is read for an entry."""
        found = [0] * self.lanes
        for source in entry.sources:
            if source is not None:
                found[self.stored[source].bank] = self.stored[source].place
        return tuple(found)

    def banks(self, entry: TapEntry) -> tuple[int, ...]:
        """Which bank each lane reads for an entry."""
        return tuple(0 if source is None else self.stored[source].bank for source in entry.sources)


def reads_of(reached: Reached, size: int, pool: int) -> Reads:
    """What each of `size` outputs reads, from what each source reaches; a source of a `pool` has its place in that."""
    reads: list[list[tuple[int, int, int]]] = [[] for _ in range(size)]
    for source, targets in enumerate(reached):
        for target, tap in targets:
            if 0 <= target < size:
                reads[target].append((source, tap, source % pool))
    return reads


def everything(size: int, pool: int) -> Reads:
    """What the only output of a dense layer reads: every source, with weights of its own, or one of each pool."""
    return [[(source, source // pool, source % pool) for source in range(size // pool * pool)]]


def by_tap(reads: Reads, lanes: int, step: int) -> MacAxis:
    """An axis whose lanes meet the same tap at the same time, since they share its weight."""
    blocks = []
    for at in range(0, len(reads), lanes):
        mine = [{(tap, inside): source for source, tap, inside in places} for places in reads[at : at + lanes]]
        mine += [{}] * (lanes - len(mine))
        keys = sorted({key for places in mine for key in places})
        blocks.append(tuple(TapEntry(tap, tuple(places.get((tap, n)) for places in mine), n) for tap, n in keys))
    return MacAxis(tuple(blocks), lanes, step)


def in_turn(reads: Reads, lanes: int, step: int) -> MacAxis:
    """An axis of which all taps have one weight and every output reads as many sources: the lanes meet theirs in their order."""
    blocks = []
    for at in range(0, len(reads), lanes):
        mine = [[source for source, _, _ in places] for places in reads[at : at + lanes]]
        mine += [[]] * (lanes - len(mine))
        rows = range(max(map(len, mine)))
        blocks.append(
            tuple(TapEntry(0, tuple(places[n] if n < len(places) else None for places in mine)) for n in rows)
        )
    return MacAxis(tuple(blocks), lanes, step)


def all_taps(axis: MacAxis, taps: int, pool: int) -> MacAxis:
    """The same with an entry in every block for every tap and each place in its pool, in their order, met or not."""
    blocks = []
    for block in axis.blocks:
        known = {(entry.tap, entry.inside): entry for entry in block}
        every = [(tap, inside) for tap in range(taps) for inside in range(pool)]
        blocks.append(tuple(known.get(key, TapEntry(key[0], (None,) * axis.lanes, key[1])) for key in every))
    return MacAxis(tuple(blocks), axis.lanes, axis.step)
