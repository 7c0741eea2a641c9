"""Which of several choices are worth a look when more than one cost counts: those that no other beats."""

from bisect import insort
from collections.abc import Sequence

Costs = tuple[float, ...]
"""One number for each thing that should be small."""


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether `one` is nowhere worse than `other`, and better in one cost."""
    pairs = list(zip(one, other, strict=True))
    return all(mine <= theirs for mine, theirs in pairs) and any(mine < theirs for mine, theirs in pairs)


def front(costs: Sequence[Costs]) -> list[int]:
    """The places of those that no other dominates, by rising costs, first cost first; equals are all in it.

    front([(1, 9), (2, 3), (3, 3)]) == [0, 1]
    """
    found: list[int] = []
    for place in sorted(range(len(costs)), key=lambda each: costs[each]):  # what dominates another comes before it
        if not any(dominates(costs[each], costs[place]) for each in found):
            found.append(place)
    return found


def hypervolume(costs: Sequence[Costs], worst: Costs) -> float:
    """The volume of all that is dominated by one of `costs` and better than `worst`, in the product of the costs' units.

    A front of more volume offers more. Cut into slabs along the last cost (While et al., "A Faster Algorithm for Calculating
    Hypervolume", 2006).
    """
    inside = [each for each in costs if all(mine < theirs for mine, theirs in zip(each, worst, strict=True))]
    if not inside or len(worst) == 1:
        return max((worst[0] - each[0] for each in inside), default=0.0)
    inside.sort(key=lambda each: each[-1])
    ends = [*(each[-1] for each in inside[1:]), worst[-1]]
    volume, below = 0.0, list[Costs]()
    for each, end in zip(inside, ends, strict=True):
        insort(below, each[:-1])
        if end > each[-1]:
            volume += (end - each[-1]) * hypervolume([below[place] for place in front(below)], worst[:-1])
    return volume
