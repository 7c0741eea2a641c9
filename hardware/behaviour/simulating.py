"""The simulator of a circuit's control: `behave(circuit, rasters) -> Behaviour`, equal to the Verilog in every cycle."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from spikewright import InvalidInput, SpikewrightError
from spikewright.hardware.behaviour.kernels.clock import run
from spikewright.hardware.behaviour.kernels.records import NEVER, CoreState, Whole
from spikewright.hardware.behaviour.planning import SENT, begun
from spikewright.hardware.behaviour.record import Behaviour, LayerBehaviour, QueueBehaviour
from spikewright.hardware.behaviour.sent_words import words_of_all
from spikewright.hardware.circuit.lane_kinds import lane_kind
from spikewright.hardware.circuit.readouts import stops_early
from spikewright.hardware.circuit.record import Circuit
from spikewright.hardware.circuit.shapes import PhysicalLanes
from spikewright.snn import Activity, Network

MOST_CYCLES = 10**12
"""A run that has not ended by then is given up."""


def behave(circuit: Circuit, rasters: Mapping[str, Any], decisions: Any = None, most: int = MOST_CYCLES) -> Behaviour:
    """What happens in `circuit`, and when, if its populations send `rasters[name] (rows, samples, neurons)`, sample after
    sample.

    Nothing is computed but times: queues, passes, sweeps, tokens and who waits for whom, as the modules in `hardware/rtl` do
    it. `decisions (samples,)`: the steps of each inference until it is over, all of them where nothing is said. The input
    offers a word in every cycle, and who reads the answers is always ready. Raises InvalidInput for rasters of another
    network, SpikewrightError for a run of more than `most` cycles.
    """
    _check(circuit, rasters)
    samples = int(rasters[circuit.network.input].shape[1])
    streams = words_of_all(circuit, rasters)
    core = begun(circuit, streams, checked_decisions(circuit, samples, decisions))
    firsts = [*core.senders["base"].tolist(), len(core.sent)]
    cycles = run(core, most)
    if cycles < 0:
        raise SpikewrightError(f"expected an end within {most:,} cycles, got none; try fewer samples or more cycles")
    sent = {p.name: core.sent[slice(*ends)] for p, ends in zip(circuit.network.order, pairwise(firsts), strict=True)}
    entered = sent[circuit.network.input][streams[circuit.network.input].starts(samples)[:-1]]
    late = lane_kind(circuit, circuit.network.by_name[circuit.network.output]).late
    answers = core.answered[core.answered != NEVER] + SENT + late
    return Behaviour(sent, entered, core.over, answers, _layers(circuit, core), _queues(circuit, core), cycles)


def behaviour_of(
    network: Network, lanes: Mapping[str, PhysicalLanes], activity: Activity, queues: Mapping[str, int] | None = None
) -> Behaviour:
    """What a circuit of `network` does, and when, for the samples of an `activity` that has rasters, one after the other.

    `lanes`: the physical neurons of each population but the input; `queues`: events that wait at most in front of a
    projection, where they are not 16. With an early decision, `activity` is that of the network without it, since a core
    sends on until it is over. Raises InvalidInput for an activity without rasters, of other steps, or that was cut off by a
    decision.
    """
    circuit = Circuit(network, lanes, Path(), queues=queues or {})
    if stops_early(circuit) and np.any(activity.decision_step < network.steps):
        raise InvalidInput(
            "expected an activity of all steps, got one that was over early; try behave(circuit, rasters, decisions) with rasters"
            " of simulate(replace(network, decision=None), images)"
        )
    return behave(circuit, rasters_of_activity(circuit, activity), activity.decision_step)


def rasters_of_activity(circuit: Circuit, activity: Activity) -> dict[str, Any]:
    """The rasters of a simulation, as `behave` takes them. Raises InvalidInput for an activity without rasters."""
    found = {}
    for population in circuit.network.order:
        if population.neuron.sends != "nothing":
            if population.name not in activity.rasters:
                raise InvalidInput(
                    f"expected an activity with the raster of {population.name!r}, got none;"
                    ' try simulate(network, images, record=("rasters",))'
                )
            raster = activity.rasters[population.name]
            rows = raster[:1] if circuit.once(population.name) else raster
            found[population.name] = np.asarray(rows).reshape(len(rows), raster.shape[1], -1).astype(np.int64)
    return found


def checked_decisions(circuit: Circuit, samples: int, decisions: Any) -> Whole:
    """The steps of each inference; all of them where nothing stops it. Raises InvalidInput for others."""
    steps = circuit.network.steps
    if decisions is None or not stops_early(circuit):
        return np.full(samples, steps)
    found: Whole = np.asarray(decisions, np.int64)
    if found.shape != (samples,) or found.min() < 1 or found.max() > steps:
        raise InvalidInput(
            f"expected {samples} numbers of steps from 1 to {steps}, got {found!r:.60}; try decision_step"
        )
    return found


def _check(circuit: Circuit, rasters: Mapping[str, Any]) -> None:
    """Raise InvalidInput unless the circuit is followed, with a raster of the right shape for each population that sends."""
    network = circuit.network
    samples = rasters[network.input].shape[1] if network.input in rasters else 0
    for population in network.order:
        if population.neuron.sends == "nothing":
            continue
        rows = 1 if circuit.once(population.name) else network.steps
        wanted = (rows, samples, population.size)
        got = rasters[population.name].shape if population.name in rasters else "none"
        if got != wanted or not samples:
            raise InvalidInput(
                f"expected a raster of shape {(rows, 'samples', population.size)} for {population.name!r}, got {got};"
                " try run_golden(network, images)"
            )


def _layers(circuit: Circuit, core: CoreState) -> tuple[LayerBehaviour, ...]:
    named = ("begin", "passes", "wait", "sweep", "stall", "settle")
    return tuple(
        LayerBehaviour(
            p.name,
            **{name: int(count) for name, count in zip(named, spent, strict=True)},
            sent=int(sender["sending"]),
            blocked=int(sender["blocked"]),
        )
        for p, spent, sender in zip(circuit.inner, core.spent, core.senders[1:], strict=True)
    )


def _queues(circuit: Circuit, core: CoreState) -> tuple[QueueBehaviour, ...]:
    return tuple(
        QueueBehaviour(q.name, *(int(front[what]) for what in ("depth", "most", "full", "crossed")))
        for q, front in zip(circuit.network.projections, core.fronts, strict=True)
    )
