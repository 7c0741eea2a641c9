"""What the bridges to other simulators share: refusing what has another law there, and the answer.

A bridge accepts a record only when it knows its type and every field of it that is not at its default. What it does not
know it refuses by name; it never simulates something else instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.activity import Activity
from spikewright.snn.codes import AddressEvents, Bursts, Delta, Direct, JitteredPeriodic, Poisson, RateCode, SingleBurst
from spikewright.snn.network import Network
from spikewright.snn.neurons import IF, LIF, Burst, Integrator, MaxGate, Source
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.requirements import check_one_phase
from spikewright.snn.running import Run
from spikewright.snn.simulation import simulate
from spikewright.snn.synapses import (
    AvgPool2d,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Identity,
    Linear,
    Separable2d,
    Upsample,
    Windows,
)
from spikewright.snn.traits import sent

INPUT_CODES = (Direct, RateCode, Bursts, Poisson, JitteredPeriodic, SingleBurst, Delta, AddressEvents)
"""Codes that end at the input; `PhaseCode` and `SpikeSelectCode` change the law of the neurons inside."""
Known = Mapping[type, frozenset[str]]
KNOWN: Known = {
    Network: frozenset({"populations", "projections", "input", "output", "code", "schedule", "readout"})
    | {"numbers", "logit_scale", "report", "run", "heads"},
    Run: frozenset({"fixed", "largest"}),
    Population: frozenset({"name", "shape", "neuron", "bias", "initial", "potential_bits", "amplitude", "below"}),
    Projection: frozenset({"source", "target", "synapse", "pool", "channels", "shift", "name", "order"}),
    IF: frozenset({"threshold", "reset"}),
    LIF: frozenset({"threshold", "leak", "reset"}),
    Integrator: frozenset(),
    Source: frozenset(),
    Linear: frozenset({"weights"}),
    Conv1d: frozenset({"weights", "stride", "padding", "dilation", "groups"}),
    Conv2d: frozenset({"weights", "stride", "padding", "dilation", "groups"}),
    ConvTranspose2d: frozenset({"weights", "stride", "padding", "output_padding", "dilation", "groups"}),
    Upsample: frozenset({"factor", "gain"}),
    Separable2d: frozenset({"rows", "columns", "gain"}),
    AvgPool2d: frozenset({"kernel", "stride", "gain"}),
    Identity: frozenset({"gain"}),
    Direct: frozenset({"steps", "levels"}),
    **{code: frozenset(entry.name for entry in fields(code)) for code in INPUT_CODES[1:]},
}
"""The records that every stepped simulator can be given, and the fields that the bridges understand."""
CARRIED: Known = {
    MaxGate: frozenset(),
    Windows: frozenset({"kernel", "stride", "padding"}),
    Burst: frozenset({"threshold", "limit"}),
}
"""Records that the torch libraries can be given besides: max-pooling in a wrapper, bursts where the neuron has them."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What another simulator made of a batch.

    `spikes[population] (batch, *shape)`: spikes of every neuron over the whole run, for the populations that fire.
    `potential (batch, *shape)`: of the output population, after the last step and its reset.
    """

    tool: str
    spikes: Mapping[str, NDArray[np.int64]]
    potential: NDArray[Any]

    def differences(self, activity: Activity) -> dict[str, int]:
        """Populations whose spike counts are not those of `activity`, and how many counts of each differ.

        Neuron by neuron where `activity` recorded rasters, else sample by sample. Empty: everything agrees.
        """
        found: dict[str, int] = {}
        for name, mine in self.spikes.items():
            theirs = activity.rasters[name].sum(axis=0) if name in activity.rasters else activity.spikes[name]
            own = mine if name in activity.rasters else mine.reshape(len(mine), -1).sum(axis=1)
            if own.shape != theirs.shape:
                raise InvalidInput(f"expected the activity of the same batch, got {theirs.shape} for {own.shape}")
            if count := int(np.count_nonzero(own != theirs)):
                found[name] = count
        return found


def check_records(
    network: Network, tool: str, also: frozenset[str] = frozenset(), more: Known = MappingProxyType({})
) -> None:
    """Raise InvalidNetwork, naming the record and why, unless every record of `network` is one that steps through time in
    floating point and that the bridges know with all its fields; `also`: more fields, `more`: more records that this one
    knows.
    """
    check_one_phase(network, tool)
    if network.numbers != "float32":
        raise InvalidNetwork(f"{tool} has no fixed point: its potentials do not saturate; try the float32 network")
    records: list[tuple[str, Any]] = [("the network", network), ("the run", network.run)]
    records.append((f"code {type(network.code).__name__}", network.code))
    for population in network.populations:
        where = f"population {population.name!r}"
        records += [(where, population), (f"{where}: {type(population.neuron).__name__}", population.neuron)]
    for projection in network.projections:
        where = f"projection {projection.name!r}"
        records += [(where, projection), (f"{where}: {type(projection.synapse).__name__}", projection.synapse)]
    for where, record in records:
        _check_fields(record, tool, where, {kind: names | also for kind, names in {**KNOWN, **more}.items()})


def _check_fields(record: Any, tool: str, where: str, records: Known) -> None:
    """Raise InvalidNetwork when the type of `record` is not in `records`, or an unknown field is not at its default."""
    known = records.get(type(record))
    if known is None:
        raise InvalidNetwork(f'{where} has no counterpart in {tool}; try engine="event" or "reference"')
    for entry in fields(record):
        if entry.name not in known and not _is_default(entry, getattr(record, entry.name)):
            raise InvalidNetwork(f'{where}: {tool} does not know {entry.name!r}; try engine="event" or "reference"')


def refused(population: Population, tool: str, why: str) -> InvalidNetwork:
    """The error for a population whose neuron has another law in `tool`."""
    neuron = population.neuron
    reset = f" with reset {neuron.reset!r}" if neuron.fires else ""
    return InvalidNetwork(f"population {population.name!r}: {tool} has no {type(neuron).__name__}{reset}: {why}")


def emitted(network: Network, inputs: Any) -> NDArray[np.float64]:
    """What the input population sends, `(steps, batch, *shape)`; one step for an input that is held for the whole run.

    The encoder is ours: the other simulator is given the same spikes or currents, and answers for everything behind them.
    """
    source = network.by_name[network.input]
    place = [p.name for p in network.populations].index(source.name)
    sinks = [Population(f"{source.name}/{number}", source.shape, Integrator()) for number in range(max(place, 1))]
    populations = (*sinks[:place], source, *sinks[place:])  # codes with draws know their population by its place
    projections = tuple(Projection(source.name, sink.name, Identity()) for sink in sinks)
    alone = Network(populations, projections, source.name, sinks[0].name, network.code, run=network.run)
    return np.asarray(
        simulate(alone, inputs, engine="reference", record=("rasters",)).rasters[source.name], dtype=np.float64
    )


def spiking(network: Network) -> Sequence[Population]:
    """The populations that send spikes, the input aside, in topological order."""
    return [p for p in network.order[1:] if sent(network, p).spiking]


def _is_default(entry: Field[Any], value: Any) -> bool:
    default = entry.default if entry.default_factory is MISSING else entry.default_factory()
    if default is MISSING:
        return False
    return value is default or bool(np.array_equal(np.asarray(value), np.asarray(default)))
