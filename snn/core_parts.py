"""What a spike core can be built from, read from the records: asked when a network is converted, and by all of `hardware`."""

from collections.abc import Iterator
from dataclasses import dataclass

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
INSTEAD_OF_MAXIMA = "average pooling, which adapt(model, data, for_hardware=True) puts in its place"


@dataclass(frozen=True)
class Lack:
    """A part of a network that no core has: `what` in words, where it is, the sentence that refuses it, what to use instead."""

    what: str
    part: str
    refused: str
    substitute: str

    def __str__(self) -> str:
        return f"{self.refused}; try {self.substitute}"


def lacking(network: Network) -> tuple[Lack, ...]:
    """Why no core can be built from `network`, one record for each part of it that no core has; empty if one can.

    Cores have IF, LIF, Integrator and QuantReLU neurons without refractory steps, thresholds for channels, Linear, Conv2d,
    AvgPool2d and Identity synapses without delay and order, inputs by `Direct` or `RateCode`, one phase, and no early decision.
    Whether the numbers are integers is not asked here.
    """
    return (
        *(lack for population in network.populations for lack in _neuron(population)),
        *(lack for projection in network.projections for lack in _synapse(projection)),
        *_run(network),
    )


def core_rows(network: Network) -> tuple[ReportRow, ...]:
    """A warning for each kind of part that no core has, or a note that a core answers with numbers only; or nothing."""
    found = lacking(network)
    if not found and (network.tail is not None or not all(head.flat for head in network.heads)):
        where = "network.heads" + (", behind network.tail" if network.tail is not None else "")
        told = (
            f"a core answers with raw numbers; what they mean (places, labels, values) only this network says: {where}"
        )
        return (ReportRow("network", "hardware", "note", told),)
    kinds: dict[tuple[str, str], list[str]] = {}
    for lack in found:
        kinds.setdefault((lack.what, lack.substitute), []).append(lack.part)
    return tuple(_warning(what, parts, substitute) for (what, substitute), parts in kinds.items())


def _warning(what: str, parts: list[str], substitute: str) -> ReportRow:
    more = f" and {len(parts) - TOLD} more" if len(parts) > TOLD else ""
    others = f" (in {', '.join(parts[:TOLD])}{more})" if len(parts) > 1 else ""
    told = f"converts, but hardware refuses: {what}{others}; try {substitute}"
    return ReportRow(parts[0], "hardware", "warning", told)


def _neuron(population: Population) -> Iterator[Lack]:
    neuron = population.neuron
    name, kind = population.name, type(neuron)
    if kind not in NEURONS:
        what = "max pooling" if neuron.compares else f"{kind.__name__} neurons"
        substitute = INSTEAD_OF_MAXIMA if neuron.compares else "Rate with neuron='if', or Quantized"
        yield Lack(what, name, f"expected {_either(NEURONS[1:])} neurons, got {kind.__name__} in {name!r}", substitute)
    if len(population.shape) not in (1, 3):
        told = f"expected shapes (C, H, W) or (N,) in hardware, got {population.shape} in {name!r}"
        yield Lack("sequences (C, L)", name, told, "maps (C, 1, L), and Conv2d with kernels of one row")
    if neuron.refractory and kind in NEURONS:
        told = f"expected no refractory steps in hardware, got {neuron.refractory} in {name!r}"
        yield Lack("refractory steps", name, told, "refractory=0")
    if any(np.ndim(threshold) > 1 for threshold in neuron.all_thresholds().values()):
        told = f"expected one threshold or one for each channel in hardware, got one a neuron in {name!r}"
        yield Lack("thresholds of single neurons", name, told, "one threshold for each channel")


def _synapse(projection: Projection) -> Iterator[Lack]:
    kind, name = type(projection.synapse), projection.name
    if kind not in (*SYNAPSES, Windows):  # these lead into a MaxGate, which is named itself
        told = f"expected {_either(SYNAPSES)}, got {kind.__name__} in projection {name!r}"
        yield Lack(
            f"{kind.__name__} synapses", name, told, "convolutions with strides, average pooling and linear layers"
        )
    if projection.order is not None:
        told = f"expected neurons in their own order in hardware, got the order {projection.order!r} of projection {name!r}"
        yield Lack("another order", name, told, "whole channels or every so many pixels of them, which go into weights")
    if projection.delay:
        told = f"expected no delay in hardware, got {projection.delay} steps in projection {name!r}"
        yield Lack("delays", name, told, "delay=0")


def _run(network: Network) -> Iterator[Lack]:
    code = network.code
    if network.run.phases is not None:
        told = f"expected one phase in hardware, got the pre-steps of {network.run.phases.method}"
        yield Lack("pre-steps", "network", told, "Rate without residual")
    if network.run.input_range is not None:
        known = network.run.input_range
        told = f"expected inputs in [0, 1] in hardware, got a range of {known.low:g} to {known.high:g}"
        yield Lack("a range of inputs", "network", told, "the scaling inside the model, and images in [0, 1]")
    if type(code) not in CODES:
        told = f"expected the code {_either(CODES)} in hardware, got {type(code).__name__}"
        yield Lack(f"the code {type(code).__name__}", "network", told, "Rate or Quantized")
    if code.window is not None:
        told = f"expected a direct input in every step in hardware, got a window of {code.window} steps"
        yield Lack("an input in a few steps only", "network", told, "Rate with schedule='synchronous'")
    if network.decision is not None:
        told = f"expected no early decision in hardware, got {type(network.decision).__name__}"
        yield Lack("an early decision", "network", told, "replace(network, decision=None)")


def _either(kinds: tuple[type, ...]) -> str:
    names = [kind.__name__ for kind in kinds]
    return f"{', '.join(names[:-1])} or {names[-1]}"
