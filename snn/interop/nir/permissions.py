"""What NIR 1.0 cannot say about a network."""

from dataclasses import dataclass

import numpy as np

from spikewright.snn.network import Network
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.synapses import Conv1d, Conv2d, Linear


@dataclass(frozen=True)
class Carried:
    """Something that NIR 1.0 cannot say and that travels as metadata which only this project reads.

    `changes`: another tool that reads the file computes other spikes without it; `what` is then the permission that
    `to_nir(allow=...)` needs. Otherwise it says what to feed the graph and how to read its answer.
    """

    what: str
    where: str
    detail: str
    changes: bool


PERMISSIONS = ("reset", "initial", "refractory", "bias", "schedule", "fixed", "code")


def carried(network: Network) -> tuple[Carried, ...]:
    """What of `network` NIR 1.0 cannot say: first what changes the spikes of another tool, then what does not."""
    rows = [row for population in network.populations for row in _of_population(network, population)]
    code = type(network.code).__name__
    if network.code.inside or network.code.window:
        rows.append(Carried("code", "network", f"{code} acts on the neurons inside", True))
    if network.schedule == "layerwise":
        rows.append(Carried("schedule", "network", "each layer gathers its whole window before it fires", True))
    if network.numbers == "fixed":
        rows.append(Carried("fixed", "network", "potentials saturate at their declared widths", True))
    rows.append(Carried("input", "network", f"{network.code!r}", False))
    rows.append(Carried("readout", "network", f"{network.readout}, times {network.logit_scale:g}", False))
    if network.decision is not None:
        rows.append(Carried("decision", "network", f"{network.decision!r}", False))
    return tuple(rows)


def bias_carrier(network: Network, population: Population) -> Projection | None:
    """The projection whose node takes the population's bias; None when there is no bias or no node for it."""
    bias = np.asarray(population.bias)
    if not np.any(bias):
        return None
    for projection in network.incoming[population.name]:
        kind = type(projection.synapse)
        if kind is Linear or (kind in (Conv1d, Conv2d) and bias.ndim < max(len(population.shape), 2)):
            return projection
    return None


def _of_population(network: Network, population: Population) -> list[Carried]:
    """What of a population NIR cannot say."""
    neuron, name, rows = population.neuron, population.name, []
    if neuron.fires and neuron.reset == "subtract":
        rows.append(Carried("reset", name, "by subtraction; NIR sets v to v_reset = 0", True))
    if neuron.refractory:
        rows.append(Carried("refractory", name, f"{neuron.refractory} steps", True))
    if np.any(np.asarray(population.initial)):
        rows.append(Carried("initial", name, "potential before the first step; NIR starts at 0", True))
    if population.amplitude is not None:
        rows.append(Carried("amplitude", name, "what its spikes stand for in the model it came from", False))
    if population.below is not None:
        rows.append(Carried("below", name, "how far values of the model lie below what its spikes stand for", False))
    if np.any(np.asarray(population.bias)) and bias_carrier(network, population) is None:
        rows.append(Carried("bias", name, "no Affine or convolution feeds it that could take its bias", True))
    return rows
