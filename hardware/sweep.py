"""Which designs of a network are tried: the named corners, and P per layer along ladders of doublings."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any, TypeVar

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
from spikewright.hardware.layer_designs import ladder
from spikewright.snn import Activity, Network

SWEEP_LIMIT = 256
Rung = TypeVar("Rung")


def points(
    network: Network,
    activity: Activity,
    parallelism: Sequence[Mapping[str, Any]] | None,
    device: Device,
    clock_mhz: float,
) -> Iterator[tuple[str, DesignPoint]]:
    """Designs of a network with their names: the corners by theirs, then the "sweep"; each point of it once.

    `parallelism`: the `{layer: P or lanes}` to take instead of the sweep over all ladders.
    """
    corners = (
        ("fully_parallel", fully_parallel(network, device=device, clock_mhz=clock_mhz)),
        ("time_multiplexed", time_multiplexed(network, device=device, clock_mhz=clock_mhz)),
        ("hybrid", hybrid(network, activity, device=device, clock_mhz=clock_mhz)),
    )
    seen = set()
    chosen = _sweep(network) if parallelism is None else parallelism
    swept = (("sweep", design(network, each, device=device, clock_mhz=clock_mhz)) for each in chosen)
    for name, point in (*corners, *swept):
        if point not in seen or name != "sweep":
            seen.add(point)
            yield name, point


def _sweep(network: Network) -> Iterator[dict[str, PhysicalLanes]]:
    ladders = {p.name: ladder(p) for p in layers_of(network)}
    for choice in product(*thinned(list(ladders.values()), SWEEP_LIMIT)):
        yield dict(zip(ladders, choice, strict=True))


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
