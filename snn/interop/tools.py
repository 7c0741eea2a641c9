"""What the bridges to other simulators share: finding the tool, refusing what has another law there, and the answer.

A bridge accepts a record only when it knows its type and every field of it that is not at its default. What it does not
know it refuses by name; it never simulates something else instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snn.activity import Activity
from snn.codes import AddressEvents, Bursts, Delta, Direct, JitteredPeriodic, Poisson, Rate, SingleBurst
from snn.network import Network, Population, Projection
from snn.neurons import IF, LIF, SPIKING, Integrator, Source
from snn.simulate import simulate
from snn.synapses import AvgPool2d, Conv2d, Identity, Linear
from spikewright import InvalidInput, InvalidNetwork, MissingTool

INPUT_CODES = (Direct, Rate, Bursts, Poisson, JitteredPeriodic, SingleBurst, Delta, AddressEvents)
"""Codes that end at the input; `Phase` and `SpikeSelect` change the law of the neurons inside."""
KNOWN: Mapping[type, frozenset[str]] = {
    Network: frozenset({"populations", "projections", "input", "output", "code", "schedule", "readout"})
    | {"numbers", "logit_scale", "report"},
    Population: frozenset({"name", "shape", "neuron", "bias", "initial", "potential_bits", "amplitude"}),
    Projection: frozenset({"source", "target", "synapse", "pool", "channels", "shift", "name"}),
    IF: frozenset({"threshold", "reset"}),
    LIF: frozenset({"threshold", "leak", "reset"}),
    Integrator: frozenset(),
    Source: frozenset(),
    Linear: frozenset({"weights"}),
    Conv2d: frozenset({"weights", "stride", "padding", "dilation", "groups"}),
    AvgPool2d: frozenset({"kernel", "stride", "gain"}),
    Identity: frozenset({"gain"}),
    Direct: frozenset({"steps", "levels"}),
    **{code: frozenset(entry.name for entry in fields(code)) for code in INPUT_CODES[1:]},
}
"""The records that every stepped simulator can be given, and the fields that the bridges understand."""


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


def require(package: str) -> Any:
    """The imported `package`. Raises MissingTool, with what to install, when it is not there."""
    try:
        return import_module(package)
    except ImportError as error:
        raise MissingTool(
            f"expected the package {package}, got: {error}; try pip install 'spikewright[simulators]'"
        ) from error


def check_records(network: Network, tool: str, also: frozenset[str] = frozenset()) -> None:
    """Raise InvalidNetwork, naming the record and why, unless every record of `network` is one that steps through time
    in floating point and that the bridges know with all its fields; `also`: more fields that this one knows.
    """
    if network.numbers != "float32":
        raise InvalidNetwork(f"{tool} has no fixed point: its potentials do not saturate; try the float32 network")
    check_fields(network, tool, "the network", also)
    check_fields(network.code, tool, f"code {type(network.code).__name__}", also)
    for population in network.populations:
        check_fields(population, tool, f"population {population.name!r}", also)
        check_fields(
            population.neuron, tool, f"population {population.name!r}: {type(population.neuron).__name__}", also
        )
    for projection in network.projections:
        where = f"projection {projection.name!r}"
        check_fields(projection, tool, where, also)
        check_fields(projection.synapse, tool, f"{where}: {type(projection.synapse).__name__}", also)


def check_fields(record: Any, tool: str, where: str, also: frozenset[str] = frozenset()) -> None:
    """Raise InvalidNetwork when the type of `record` is not in `KNOWN`, or an unknown field is not at its default."""
    known = KNOWN.get(type(record))
    if known is None:
        raise InvalidNetwork(f'{where} has no counterpart in {tool}; try engine="event" or "reference"')
    for entry in fields(record):
        if entry.name not in known | also and not _is_default(entry, getattr(record, entry.name)):
            raise InvalidNetwork(f'{where}: {tool} does not know {entry.name!r}; try engine="event" or "reference"')


def refused(population: Population, tool: str, why: str) -> InvalidNetwork:
    """The error for a population whose neuron has another law in `tool`."""
    neuron: Any = population.neuron
    reset = f" with reset {neuron.reset!r}" if isinstance(neuron, SPIKING) else ""
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
    alone = Network(populations, projections, source.name, sinks[0].name, network.code)
    return np.asarray(
        simulate(alone, inputs, engine="reference", record=("rasters",)).rasters[source.name], dtype=np.float64
    )


def spiking(network: Network) -> Sequence[Population]:
    """The populations that fire, in topological order."""
    return [p for p in network.order if isinstance(p.neuron, SPIKING)]


def _is_default(entry: Field[Any], value: Any) -> bool:
    default = entry.default if entry.default_factory is MISSING else entry.default_factory()
    if default is MISSING:
        return False
    return value is default or bool(np.array_equal(np.asarray(value), np.asarray(default)))
