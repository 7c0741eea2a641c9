"""Which designs of a network are tried: the named corners, and P per layer along ladders of doublings."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, TypeVar

from spikewright import InvalidInput
from spikewright.hardware.circuit.lane_room import room_of
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.hardware.design_points import (
    DesignPoint,
    design,
    fully_parallel,
    hybrid,
    layers_of,
    time_multiplexed,
)
from spikewright.hardware.devices import Device
from spikewright.hardware.layer_designs import ladder, layer_design
from spikewright.importing import nearest
from spikewright.snn import Activity, Network

SWEEP_LIMIT = 256
"""Designs of a network that get a row of their own in `explore`'s table, beside the corners and the front."""
Choices = dict[str, tuple[PhysicalLanes, ...]]
Rung = TypeVar("Rung")


def points(
    network: Network,
    activity: Activity,
    chosen: Iterable[Mapping[str, Any]],
    device: Device,
    clock_mhz: float,
) -> Iterator[tuple[str, DesignPoint]]:
    """Designs of a network with their names: the corners by theirs, then the `{layer: P or lanes}` that are chosen, the "sweep";
    each point of it once."""
    corners = (
        ("fully_parallel", fully_parallel(network, device=device, clock_mhz=clock_mhz)),
        ("time_multiplexed", time_multiplexed(network, device=device, clock_mhz=clock_mhz)),
        ("hybrid", hybrid(network, activity, device=device, clock_mhz=clock_mhz)),
    )
    seen = set()
    swept = (("sweep", design(network, each, device=device, clock_mhz=clock_mhz)) for each in chosen)
    for name, point in (*corners, *swept):
        if point not in seen or name != "sweep":
            seen.add(point)
            yield name, point


def combinations(choices: Choices, limit: int) -> Iterator[dict[str, PhysicalLanes]]:
    """All combinations of the choices of lanes of each layer, or of thinned ones, so that they are no more than `limit`."""
    for choice in product(*thinned(list(choices.values()), limit)):
        yield dict(zip(choices, choice, strict=True))


def choices_of(network: Network, given: Mapping[str, Sequence[Any]] | None = None) -> Choices:
    """The lanes that each layer may have: those `given`, each a P or `(channels, rows, columns)`, else its ladder.

    Raises InvalidInput for an unknown layer, none for a layer, or lanes outside it.
    """
    found, given = {p.name: ladder(p, room_of(network, p)) for p in layers_of(network)}, given or {}
    for name, lanes in given.items():
        if name not in found:
            raise InvalidInput(
                f"expected layers among {', '.join(found)}, got {name!r}; try {nearest(name, found) or next(iter(found))}"
            )
        if not isinstance(lanes, Sequence) or isinstance(lanes, str) or not lanes:
            raise InvalidInput(f"expected a list of lanes for {name!r}, got {lanes!r:.60}; try [1, 2, 4]")
        made = (layer_design(network.by_name[name], each).lanes for each in lanes)
        found[name] = tuple(dict.fromkeys(made))
    return found


def thinned(ladders: list[tuple[Rung, ...]], limit: int) -> list[tuple[Rung, ...]]:
    """`ladders` with rungs left out evenly, the longest first, until they combine to at most `limit` points."""
    lengths = [len(rungs) for rungs in ladders]
    while prod(lengths) > limit and max(lengths) > 2:
        lengths[lengths.index(max(lengths))] -= 1
    while prod(lengths) > limit:
        # Too many layers even for two rungs each: the last ones, the deep ones, stay multiplexed.
        lengths[max(place for place, length in enumerate(lengths) if length > 1)] = 1
    return [_evenly(rungs, length) for rungs, length in zip(ladders, lengths, strict=True)]


def _evenly(rungs: tuple[Rung, ...], count: int) -> tuple[Rung, ...]:
    if count == 1:
        return rungs[:1]
    return tuple(dict.fromkeys(rungs[round(place * (len(rungs) - 1) / (count - 1))] for place in range(count)))
