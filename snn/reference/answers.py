"""What is read off a finished simulation of the reference engine: logits, decisions, counts and records."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.codes import Direct, TtfsCode, step_weight
from spikewright.snn.decisions import TerminateDelta, TerminateMax
from spikewright.snn.network import Network, Projection
from spikewright.snn.reference.neurons import graded
from spikewright.snn.reference.synapses import Numbers, additions
from spikewright.snn.simulation import Request


@dataclass
class Trace:
    """By population, step by step: what it sent, what of that arrives, and its potentials."""

    sent: dict[str, list[Numbers]]
    arrived: dict[str, list[Numbers]] = field(default_factory=dict)
    potentials: dict[str, list[Numbers]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.arrived = {name: [] for name in self.sent}
        self.potentials = {name: [] for name in self.sent}


def answer(request: Request, trace: Trace) -> Activity:
    """The activity, each sample up to the step in which it decided."""
    network = request.network
    sent = {name: np.stack(steps) for name, steps in trace.sent.items()}
    potentials = {name: np.stack(steps) for name, steps in trace.potentials.items() if steps}
    logits = _logits(network, sent, potentials)
    taken = _steps_taken(network, logits, sent)
    last = np.minimum(np.arange(network.steps)[:, None], taken - 1)
    sent = {name: _until(taken, values) for name, values in sent.items()}
    spikes = {p.name: _events(network, p.name, sent[p.name]) for p in network.populations}
    return Activity(
        logits_over_time=np.take_along_axis(logits, last[:, :, None], axis=0),
        axis="window" if isinstance(network.code, TtfsCode) else "steps",
        spikes={name: events.sum(axis=0).reshape(request.batch, -1).sum(axis=1) for name, events in spikes.items()},
        synaptic_operations={q.name: _operations(network, q, trace, taken) for q in network.projections},
        neurons={p.name: p.size for p in network.populations},
        decision_step=taken,
        engine="reference",
        rasters=sent if "rasters" in request.record else {},
        potentials={name: _until(taken, values) for name, values in potentials.items()}
        if "potentials" in request.record
        else {},
    )


def _until(taken: Numbers, values: Numbers) -> Numbers:
    """`values (steps, batch, *shape)` with zeros after the steps that each sample took."""
    alive = np.arange(len(values))[:, None] < taken
    return np.asarray(values * alive.reshape(*alive.shape, *[1] * (values.ndim - 2)).astype(values.dtype))


def _events(network: Network, name: str, values: Numbers) -> Numbers:
    """How many events `values` holds, place by place: |spikes|, or one for a graded value that is not zero."""
    single = graded(network, network.by_name[name])
    return np.asarray((values != 0) if single else np.abs(values)).astype(np.int64)


def _operations(network: Network, projection: Projection, trace: Trace, taken: Numbers) -> Numbers:
    """Additions that took place: of a delayed spike only if the sample was still running when it arrived."""
    total = np.zeros(len(taken), dtype=np.int64)
    for step, arrived in enumerate(trace.arrived[projection.source]):
        done = additions(projection, _events(network, projection.source, arrived))
        total += np.where(step + projection.delay < taken, done, 0)
    return total


def _logits(network: Network, sent: dict[str, Numbers], potentials: dict[str, Numbers]) -> Numbers:
    """The readout after every step, `(steps, batch, classes)`."""
    spikes: Any = sent[network.output]
    if network.readout == "potential":
        result = potentials[network.output]
    elif network.readout == "count":
        weights = np.array([step_weight(network.code, step) for step in range(len(spikes))])
        result = np.cumsum(spikes * weights.reshape(-1, *[1] * (spikes.ndim - 1)), axis=0)
    elif isinstance(network.code, TtfsCode):
        result = spikes
    else:  # "first": whoever fired first has fired for the most steps
        result = np.cumsum(np.cumsum(spikes, axis=0) > 0, axis=0)
    return np.asarray(result.reshape(*result.shape[:2], -1))


def _steps_taken(network: Network, logits: Numbers, sent: dict[str, Numbers]) -> Numbers:
    """The number of steps until each sample decided, all when it never did, `(batch,)`."""
    decided = _decided(network, logits, sent)
    first = decided.argmax(axis=0) + 1
    return np.where(decided.any(axis=0), first, network.steps).astype(np.int64)


def _decided(network: Network, logits: Numbers, sent: dict[str, Numbers]) -> Numbers:
    """Whether the rule says stop after each step, `(steps, batch)`."""
    decision = network.decision
    if decision is None:
        return np.zeros(logits.shape[:2], dtype=bool)
    if isinstance(decision, TerminateMax):
        return np.asarray(logits.max(axis=-1) >= decision.count)
    if isinstance(decision, TerminateDelta):
        if logits.shape[-1] == 1:  # one class leads nobody
            return np.zeros(logits.shape[:2], dtype=bool)
        ranked = np.sort(logits.astype(np.int64 if logits.dtype.kind == "i" else np.float64), axis=-1)
        return np.asarray(ranked[..., -1] - ranked[..., -2] >= decision.lead)
    active = np.zeros(logits.shape[:2], dtype=bool)
    for name, values in sent.items():
        if name != network.input:
            active |= (values != 0).any(axis=tuple(range(2, values.ndim)))
    window = network.code.window if isinstance(network.code, Direct) else None
    flows = np.arange(network.steps) < (window or network.steps)
    return ~active & ~flows[:, None]
