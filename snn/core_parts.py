"""What a spike core can be built from, read from the records: asked when a network is converted, and by all of `hardware`."""

from collections.abc import Iterator

import numpy as np

from spikewright.snn.codes import Direct, RateCode
from spikewright.snn.network import Network, Population, Projection
from spikewright.snn.neurons import IF, LIF, Integrator, QuantReLU, Source
from spikewright.snn.report import ReportRow
from spikewright.snn.synapses import AvgPool2d, Conv2d, Identity, Linear, Windows

NEURONS = (Source, IF, LIF, Integrator, QuantReLU)
SYNAPSES = (Linear, Conv2d, AvgPool2d, Identity)
CODES = (Direct, RateCode)
TOLD = 3
"""Parts that a row names."""


def lacking(network: Network) -> tuple[str, ...]:
    """Why no core can be built from `network`, one sentence for each part of it that no core has; empty if one can.

    Cores have IF, LIF, Integrator and QuantReLU neurons without refractory steps, thresholds for channels, Linear, Conv2d,
    AvgPool2d and Identity synapses without delay and order, inputs by `Direct` or `RateCode`, one phase, and no early decision.
    Whether the numbers are integers is not asked here.
    """
    return (
        *(told for population in network.populations for told in _neuron(population)),
        *(told for projection in network.projections for told in _synapse(projection)),
        *_run(network),
    )


def core_row(network: Network) -> tuple[ReportRow, ...]:
    """A row that says that no core can be built and what lacks, or that one answers with numbers only; or nothing."""
    found = lacking(network)
    if not found and all(head.flat for head in network.heads):
        return ()
    if not found:
        told = "a core answers with raw numbers; what they mean (places, labels, values) only this network says: network.heads"
        return (ReportRow("network", "hardware", "note", told),)
    more = f"; and {len(found) - TOLD} parts more" if len(found) > TOLD else ""
    told = "; ".join(found[:TOLD])
    return (ReportRow("network", "hardware", "note", f"no spike core can be built from it: {told}{more}"),)


def _neuron(population: Population) -> Iterator[str]:
    neuron = population.neuron
    name, kind = population.name, type(neuron)
    substitute = "average pooling" if neuron.compares else "Rate with neuron='if'"
    if kind not in NEURONS:
        yield f"expected {_either(NEURONS[1:])} neurons, got {kind.__name__} in {name!r}; try {substitute}"
    if len(population.shape) not in (1, 3):
        yield f"expected shapes (C, H, W) or (N,) in hardware, got {population.shape} in {name!r}"
    if neuron.refractory and kind in NEURONS:
        yield f"expected no refractory steps in hardware, got {neuron.refractory} in {name!r}"
    if any(np.ndim(threshold) > 1 for threshold in neuron.all_thresholds().values()):
        yield f"expected one threshold or one for each channel in hardware, got one a neuron in {name!r}"


def _synapse(projection: Projection) -> Iterator[str]:
    kind = type(projection.synapse)
    if kind not in (*SYNAPSES, Windows):  # these lead into a MaxGate, which is named itself
        yield f"expected {_either(SYNAPSES)}, got {kind.__name__} in projection {projection.name!r}"
    if projection.order is not None:
        yield (
            f"expected neurons in their own order in hardware, got the order {projection.order!r} of projection "
            f"{projection.name!r}; try whole channels or every so many pixels of them, which go into weights"
        )
    if projection.delay:
        yield f"expected no delay in hardware, got {projection.delay} steps in projection {projection.name!r}"


def _run(network: Network) -> Iterator[str]:
    code = network.code
    if network.run.phases is not None:
        yield f"expected one phase in hardware, got the pre-steps of {network.run.phases.method}"
    if network.run.input_range is not None:
        known = network.run.input_range
        yield (
            f"expected inputs in [0, 1] in hardware, got a range of {known.low:g} to {known.high:g}; "
            "try the scaling inside the model, and images in [0, 1]"
        )
    if type(code) not in CODES:
        yield f"expected the code {_either(CODES)} in hardware, got {type(code).__name__}"
    if code.window is not None:
        yield f"expected a direct input in every step in hardware, got a window of {code.window} steps"
    if network.decision is not None:
        kind = type(network.decision).__name__
        yield f"expected no early decision in hardware, got {kind}; try replace(network, decision=None)"


def _either(kinds: tuple[type, ...]) -> str:
    names = [kind.__name__ for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}"
