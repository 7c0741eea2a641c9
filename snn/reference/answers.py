"""What is read off a finished simulation of the reference engine: logits, decisions, counts and records."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikewright.snn.activity import Activity
from spikewright.snn.decisions import Quiescence, TerminateDelta, TerminateMax
from spikewright.snn.network import Network
from spikewright.snn.projections import Projection
from spikewright.snn.reference.synapses import additions
from spikewright.snn.reference.windows import Values
from spikewright.snn.simulation import Request
from spikewright.snn.traits import answered, is_timed, scale_of, sent


@dataclass
class Trace:
    """By population, step by step: what it sent, what of that arrives, and its potentials."""

    sent: dict[str, list[Values]]
    arrived: dict[str, list[Values]] = field(default_factory=dict)
    potentials: dict[str, list[Values]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.arrived = {name: [] for name in self.sent}
        self.potentials = {name: [] for name in self.sent}


def answer(request: Request, trace: Trace) -> Activity:
    """The activity, each sample up to the step in which it decided."""
    network = request.network
    fired = {name: np.stack(steps) for name, steps in trace.sent.items()}
    potentials = {name: np.stack(steps) for name, steps in trace.potentials.items() if steps}
    logits = _logits(network, fired, potentials)
    taken = _steps_taken(network, logits, fired)
    last = np.minimum(np.arange(network.steps)[:, None], taken - 1)
    fired = {name: _until(taken, values) for name, values in fired.items()}
    spikes = {p.name: _events(network, p.name, fired[p.name]) for p in network.populations}
    return Activity(
        logits_over_time=answered(network, np.take_along_axis(logits, last[:, :, None], axis=0)),
        axis="window" if is_timed(network) else "steps",
        spikes={name: events.sum(axis=0).reshape(request.batch, -1).sum(axis=1) for name, events in spikes.items()},
        synaptic_operations={q.name: _operations(network, q, trace, taken) for q in network.projections},
        neurons={p.name: p.size for p in network.populations},
        decision_step=taken,
        engine="reference",
        rasters=fired if "rasters" in request.record else {},
        potentials={name: _until(taken, values) for name, values in potentials.items()}
        if "potentials" in request.record
        else {},
        heads=network.heads,
        logit_scale=scale_of(network),
    )


def _until(taken: Values, values: Values) -> Values:
    """`values (steps, batch, *shape)` with zeros after the steps that each sample took."""
    alive = np.arange(len(values))[:, None] < taken
    return np.asarray(values * alive.reshape(*alive.shape, *[1] * (values.ndim - 2)).astype(values.dtype))


def _events(network: Network, name: str, values: Values) -> Values:
    """How many events `values` holds, place by place: |spikes|, or one for a graded value that is not zero."""
    single = sent(network, network.by_name[name]).once
    return np.asarray((values != 0) if single else np.abs(values)).astype(np.int64)


def _operations(network: Network, projection: Projection, trace: Trace, taken: Values) -> Values:
    """Additions that took place: of a delayed spike only if the sample was still running when it arrived."""
    total = np.zeros(len(taken), dtype=np.int64)
    for step, arrived in enumerate(trace.arrived[projection.source]):
        done = additions(projection, _events(network, projection.source, arrived))
        total += np.where(step + projection.delay < taken, done, 0)
    return total


def _logits(network: Network, fired: dict[str, Values], potentials: dict[str, Values]) -> Values:
    """The readout after every step, `(steps, batch, classes)`."""
    spikes: Any = fired[network.output]
    if network.readout == "potential":
        result = potentials[network.output]
    elif network.readout == "count":
        weights = np.array([network.code.weight(step) for step in range(len(spikes))])
        result = np.cumsum(spikes * weights.reshape(-1, *[1] * (spikes.ndim - 1)), axis=0)
    elif is_timed(network):
        result = spikes
    else:  # "first": whoever fired first has fired for the most steps
        result = np.cumsum(np.cumsum(spikes, axis=0) > 0, axis=0)
    return np.asarray(result.reshape(*result.shape[:2], -1))


def _steps_taken(network: Network, logits: Values, fired: dict[str, Values]) -> Values:
    """The number of steps until each sample decided, all when it never did, `(batch,)`."""
    decided = _decided(network, logits, fired)
    first = decided.argmax(axis=0) + 1
    return np.where(decided.any(axis=0), first, network.steps).astype(np.int64)


def _decided(network: Network, logits: Values, fired: dict[str, Values]) -> Values:
    """Whether the rule says stop after each step, `(steps, batch)`."""
    decision = network.decision
    if decision is None:
        return np.zeros(logits.shape[:2], dtype=bool)
    return np.asarray(_RULES[type(decision)](decision, network, logits, fired))


def _leads(decision: Any, network: Network, logits: Values, fired: dict[str, Values]) -> Values:
    if logits.shape[-1] == 1:  # one class leads nobody
        return np.zeros(logits.shape[:2], dtype=bool)
    ranked = np.sort(logits.astype(np.int64 if logits.dtype.kind == "i" else np.float64), axis=-1)
    return np.asarray(ranked[..., -1] - ranked[..., -2] >= decision.lead)


def _reaches(decision: Any, network: Network, logits: Values, fired: dict[str, Values]) -> Values:
    return np.asarray(logits.max(axis=-1) >= decision.count)


def _rests(decision: Any, network: Network, logits: Values, fired: dict[str, Values]) -> Values:
    active = np.zeros(logits.shape[:2], dtype=bool)
    for name, values in fired.items():
        if name != network.input:
            active |= (values != 0).any(axis=tuple(range(2, values.ndim)))
    flows = np.arange(network.steps) < (network.code.window or network.steps)
    return ~active & ~flows[:, None]


_RULES: dict[type, Callable[..., Values]] = {TerminateDelta: _leads, TerminateMax: _reaches, Quiescence: _rests}
