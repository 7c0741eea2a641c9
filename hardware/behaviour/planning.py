"""A circuit and what it is to do, as the simulator takes them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from spikewright.hardware.behaviour.kernels.records import (
    FRONT,
    LAYER,
    NEVER,
    PHASES,
    READOUT,
    SENDER,
    CoreState,
    Records,
    Whole,
)
from spikewright.hardware.behaviour.sent_words import SentWords, sample_starts
from spikewright.hardware.behaviour.stages import stage_records, stage_starts, staged
from spikewright.hardware.circuit.fronts import stored_rows
from spikewright.hardware.circuit.lane_kinds import lane_kind
from spikewright.hardware.circuit.readouts import stops_early, tallied
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.stages import delay_depth
from spikewright.hardware.circuit.stored_rows import StoredRows
from spikewright.hardware.model.constants import SETTLE_CYCLES

Streams = Mapping[str, SentWords]
SENT = 4
"""Cycles from the issue of a block until it comes to the queue in front of the serialiser, or out as an answer, likewise."""


def begun(circuit: Circuit, streams: Streams, decisions: Whole) -> CoreState:
    """All modules of a circuit after a reset, with all that they have to do.

    `streams`: what each population sends, by name. `decisions (samples,)`: the steps of each inference until it is over.
    """
    network, names = circuit.network, [p.name for p in circuit.inner]
    incoming = [[k for k, _ in circuit.incoming(p)] for p in circuit.inner]
    readers = [[k for k, q in enumerate(network.projections) if q.source == p.name] for p in network.order]
    rows = [stored_rows(circuit, q) for q in network.projections]
    chains = [staged(circuit, q, streams[q.source].words) for q in network.projections]
    passes = [np.append(np.maximum(r.passes, 1), 0)[chain.words] for r, chain in zip(rows, chains, strict=True)]
    inside = [stage for chain in chains for stage in chain.stages]
    return CoreState(
        fronts=_fronts(circuit, rows, passes, _firsts(chain.stages for chain in chains)),
        stages=stage_records(inside),
        marks=_joined(part for stage in inside for part in (stage.marks, stage.comes)).astype(np.int32),
        front_starts=np.array([sample_starts(chain.words, len(decisions)) for chain in chains]),
        stage_starts=stage_starts(inside, len(decisions)),
        readout=_readout(circuit),
        layers=_layers(circuit, incoming),
        senders=_senders(circuit, readers, streams),
        incoming=_joined(incoming),
        readers=_joined(readers),
        passes=_joined(passes).astype(np.int32),
        spikes=_joined(_spikes(streams, name) for name in names).astype(np.int32),
        starts=_starts(circuit, streams, len(decisions)),
        decisions=decisions,
        steps=network.steps,
        driven_once=circuit.layerwise,
        sent=np.full(sum(len(stream.words) for stream in streams.values()), NEVER),
        answered=np.full(_answer_blocks(circuit, decisions), NEVER),
        over=np.full(len(decisions), NEVER),
        spent=np.zeros((len(names), len(PHASES)), np.int64),
    )


def _spikes(streams: Streams, name: str) -> Whole:
    return streams[name].spikes.reshape(-1) if name in streams else np.zeros(0, np.int64)


def _fronts(circuit: Circuit, rows: Sequence[StoredRows], passes: Sequence[Whole], stages: Whole) -> Records:
    network = circuit.network
    once = [circuit.once(q.source) for q in network.projections]
    return _records(
        FRONT,
        len(once),
        depth=[delay_depth(circuit, q) if q.delay else circuit.queue(q.name) for q in network.projections],
        keeps=[not q.delay or q.delay < network.steps for q in network.projections],
        wanted=[network.steps if circuit.layerwise and not each else 1 for each in once],
        held=[each and not circuit.layerwise for each in once],
        listed=[each.layout != "dense" for each in rows],
        base=_firsts(passes)[:-1],
        word=_firsts(passes)[:-1],
        stage=stages[:-1],
        past_stage=stages[1:],
    )


def _layers(circuit: Circuit, incoming: Sequence[Sequence[int]]) -> Records:
    first = _firsts(incoming)
    kinds = [lane_kind(circuit, p) for p in circuit.inner]
    holds = [any(circuit.once(q.source) for _, q in circuit.incoming(p)) for p in circuit.inner]
    holds = [each and not circuit.layerwise for each in holds]
    return _records(
        LAYER,
        len(incoming),
        blocks=[circuit.blocks(p).count for p in circuit.inner],
        first=first[:-1],
        past=first[1:],
        ahead=[1 << kind.queue_bits for kind in kinds],
        settles=[SETTLE_CYCLES + kind.late for kind in kinds],
        fires=[p.neuron.sends != "nothing" for p in circuit.inner],
        levels=[p.name == circuit.network.output and not tallied(circuit) for p in circuit.inner],
        each=circuit.network.decision is not None,
        answers=[p.name == circuit.network.output for p in circuit.inner],
        holds=holds,
        keeps=holds,
    )


def _senders(circuit: Circuit, readers: Sequence[Sequence[int]], streams: Streams) -> Records:
    first, order = _firsts(readers), circuit.network.order
    blocks = [0, *(circuit.blocks(p).count for p in circuit.inner)]
    block = _firsts([[], *(_spikes(streams, p.name) for p in circuit.inner)])[:-1]
    words = [len(streams[p.name].words) if p.name in streams else 0 for p in order]
    return _records(
        SENDER,
        len(order),
        first=first[:-1],
        past=first[1:],
        base=list(accumulate(words, initial=0))[:-1],
        word=list(accumulate(words, initial=0))[:-1],
        first_block=block,
        block=block,
        blocks=blocks,
        way=[1, *(SENT + lane_kind(circuit, p).late for p in circuit.inner)],
        last_block=block + blocks - 1,
        left=[words[0], *[0] * len(circuit.inner)],
        tallied=[tallied(circuit) and p.name == circuit.network.output for p in order],
        full=[True, *[False] * len(circuit.inner)],
    )


def _readout(circuit: Circuit) -> Records:
    network = circuit.network
    each, neurons = tallied(circuit) or network.decision is not None, network.by_name[network.output].size
    first = 0 if each else network.steps - 1
    return _records(READOUT, 1, neurons=neurons, clears=neurons, step=first, each=each, rule=stops_early(circuit))


def _answer_blocks(circuit: Circuit, decisions: Whole) -> int:
    """The most blocks of potentials that are given."""
    network = circuit.network
    sweeps = len(decisions) * (network.steps if network.decision is not None else 1)
    return int(sweeps * circuit.blocks(network.by_name[network.output]).count)


def _starts(circuit: Circuit, streams: Streams, samples: int) -> Whole:
    """The first word of each sample of each sender, and behind the last; zeros of one that sends nothing."""
    nothing = np.zeros(samples + 1, np.int64)
    order = circuit.network.order
    return np.array([streams[p.name].starts(samples) if p.name in streams else nothing for p in order])


def _records(kind: np.dtype[np.void], count: int, **columns: Any) -> Records:
    made = np.zeros(count, kind)
    for name, values in columns.items():
        made[name] = values
    return made


def _joined(parts: Iterable[Any]) -> Whole:
    joined: Whole = np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)
    return joined


def _firsts(parts: Iterable[Any]) -> Whole:
    """Where each part begins when they stand behind each other, and where the last one ends."""
    return np.array(list(accumulate(map(len, parts), initial=0)), np.int64)
