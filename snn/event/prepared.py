"""What the runs of a network have in common, made once: its populations and pieces, and buffers that wait for the next run.

A single image takes less time than making these.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.buffers import IdleBuffers
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.leveling import Leveled, leveled_populations
from spikewright.snn.event.masking import masked_names
from spikewright.snn.event.pieces import Pieces, limits, pieces_of
from spikewright.snn.event.populations import Compiled, compiled_populations
from spikewright.snn.network import Network
from spikewright.snn.simulation import Request


@dataclass(frozen=True, eq=False)
class Prepared:
    """`masked`: names of the populations that fire into masks. `leveled`: those that send levels.

    `public`: the public address of each neuron, by population.
    `idle`: buffers that runs of few samples leave for the next such run.
    """

    populations: list[Compiled]
    masked: frozenset[str]
    leveled: dict[str, Leveled]
    pieces: Pieces
    public: dict[str, NDArray[np.int64]]
    idle: IdleBuffers = field(default_factory=IdleBuffers)


FEW_SAMPLES = 8
"""Runs of more have no buffers for others: making theirs takes little of their time."""
_KEPT: WeakKeyDictionary[Network, tuple[tuple[Any, ...], Prepared]] = WeakKeyDictionary()
_KEEPING = Lock()


def prepared_for(request: Request, ledger: Ledger) -> Prepared:
    """For this request; kept as long as the network, for one kind of noise, records and limits of pieces at a time."""
    key = request.noise, request.record, limits()
    with _KEEPING:
        kept = _KEPT.get(request.network)
    if kept is None or kept[0] != key:
        kept = key, _prepare(request, ledger)
        with _KEEPING:
            _KEPT[request.network] = kept
    return kept[1]


def _prepare(request: Request, ledger: Ledger) -> Prepared:
    network = request.network
    populations = compiled_populations(network, request.noise)
    watched = {p.name for p in populations if ledger.wants_potentials(p.name)}
    masked = masked_names(network, populations, watched)
    public = {network.input: engine_order(network.by_name[network.input].shape)}
    public |= {p.name: p.public for p in populations}
    leveled = leveled_populations(network, populations, watched)
    return Prepared(populations, masked, leveled, pieces_of(request, populations, masked), public)
