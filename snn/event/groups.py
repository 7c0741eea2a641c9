"""In which order populations take their steps, and how many each may take before the others.

Where nothing leads back, a population takes all steps of a chunk at once: what arrives through a delay was sent in the same
chunk or before, by a source that comes first. Populations on a circle wait for each other:

    a -> b without delay, b -> a with delay 3:   a and b in turn take 3 steps, then the next 3, ...

In general a circle goes on by `limit` steps at a time: the largest delay d on it such that its projections of a delay below d
form no circle. These give the order within the group.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from spikewright.snn.network import Network

Edge = tuple[str, str, int]


@dataclass(frozen=True)
class StepGroup:
    """Populations that step together, in their order; `limit`: how many steps at a time, None: any number."""

    names: tuple[str, ...]
    limit: int | None = None

    def pieces(self, steps: slice) -> Iterator[slice]:
        """`steps` in pieces of at most `limit`."""
        length = self.limit or steps.stop - steps.start
        for start in range(steps.start, steps.stop, length):
            yield slice(start, min(start + length, steps.stop))

    def longest(self, length: int) -> int:
        """The most steps at a time within a chunk of `length`."""
        return min(self.limit or length, length)


def groups_of(network: Network) -> tuple[StepGroup, ...]:
    """All populations but the input, so that the sources of a group, whatever their delay, stand in it or before."""
    names = [p.name for p in network.order if p.name != network.input]
    if not any(q.delay for q in network.projections):
        return tuple(StepGroup((name,)) for name in names)
    edges = [(q.source, q.target, q.delay) for q in network.projections if q.source != network.input]
    circle = _circles(names, edges)
    sources: dict[frozenset[str], set[frozenset[str]]] = {circle[name]: set() for name in names}
    for source, target, _ in edges:
        if circle[source] != circle[target]:
            sources[circle[target]].add(circle[source])
    return tuple(_group(members, edges) for members in TopologicalSorter(sources).static_order())


def _circles(names: list[str], edges: list[Edge]) -> dict[str, frozenset[str]]:
    """For each population those that it leads to and that lead back to it, itself included (Warshall's closure, in bits)."""
    bit = {name: 1 << place for place, name in enumerate(names)}
    leads = dict(bit)
    for source, target, _ in edges:
        leads[source] |= bit[target]
    for middle in names:
        for name in names:
            if leads[name] & bit[middle]:
                leads[name] |= leads[middle]
    return {a: frozenset(b for b in names if leads[a] & bit[b] and leads[b] & bit[a]) for a in names}


def _group(members: frozenset[str], edges: Iterable[Edge]) -> StepGroup:
    inner = [edge for edge in edges if edge[0] in members and edge[1] in members]
    for limit in sorted({delay for *_, delay in inner if delay}, reverse=True):
        try:
            return StepGroup(_sorted(members, [edge for edge in inner if edge[2] < limit]), limit)
        except CycleError:
            continue
    return StepGroup(_sorted(members, inner))


def _sorted(members: frozenset[str], edges: Iterable[Edge]) -> tuple[str, ...]:
    before: dict[str, set[str]] = {name: set() for name in sorted(members)}
    for source, target, _ in edges:
        before[target].add(source)
    return tuple(TopologicalSorter(before).static_order())
