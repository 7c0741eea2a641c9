"""What a spike core can be built from, read from the records: asked when a network is converted, and by all of `hardware`."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from spikewright.snn.codes import (
    AddressEvents,
    Bursts,
    Delta,
    Direct,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    TtfsCode,
)
from spikewright.snn.network import Network
from spikewright.snn.neurons import (
    IF,
    LIF,
    Burst,
    FewSpikeIF,
    Integrator,
    LatchedIF,
    MaxGate,
    QuantReLU,
    Ramp,
    SignedIF,
    Source,
    TernaryIF,
)
from spikewright.snn.populations import Population
from spikewright.snn.projections import Projection
from spikewright.snn.report import ReportRow
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
from spikewright.snn.traits import computes_values, sent

NEURONS = (
    Source,
    IF,
    LIF,
    SignedIF,
    TernaryIF,
    Burst,
    FewSpikeIF,
    LatchedIF,
    Ramp,
    MaxGate,
    Integrator,
    QuantReLU,
)
SYNAPSES = (Linear, Conv1d, Conv2d, ConvTranspose2d, AvgPool2d, Upsample, Identity, Separable2d, Windows)
CODES = (
    Direct,
    RateCode,
    Bursts,
    Poisson,
    JitteredPeriodic,
    SingleBurst,
    PhaseCode,
    Delta,
    AddressEvents,
    TtfsCode,
)
MOST_STEPS = 2**16 - 1
"""Steps that a layer of a core counts before it begins."""
NO_SEPARABLE = ("Separable2d synapses", "expected no Separable2d in a MAC core", "Rate, or a Conv2d")
"""What no core of neurons that compute values has, the sentence that refuses it, and what to use instead."""
TOLD = 3
"""Parts that a row names."""


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

    Cores have all neurons and synapses, in one phase. They have neither the code `SpikeSelectCode` nor an input that flows in
    some steps only, count no spikes whose weight changes from step to step, and gates of signed spikes read no constants; a MAC
    core (`QuantReLU` neurons) has no Separable2d and no orders. Whether numbers are integers is not asked.
    """
    return (
        *(lack for population in network.populations for lack in _neuron(population)),
        *(lack for projection in network.projections for lack in _synapse(network, projection)),
        *_run(network),
        *_code(network),
    )


def core_rows(network: Network) -> tuple[ReportRow, ...]:
    """A warning for each kind of part that no core has, or notes of what is done around a core: inputs that are scaled for it,
    and what the numbers mean that it answers with; or nothing."""
    found = lacking(network)
    return tuple(_warnings(found)) if found else tuple(_around(network))


def _around(network: Network) -> Iterator[ReportRow]:
    known = network.run.input_range
    if known is not None:
        told = f"a core takes (input - ({known.low:g})) / {known.high - known.low:g}, in [0, 1]: who feeds it scales"
        yield ReportRow("network", "hardware", "note", told)
    if network.tail is not None or not all(head.flat for head in network.heads):
        where = "network.heads" + (", behind network.tail" if network.tail is not None else "")
        told = (
            f"a core answers with raw numbers; what they mean (places, labels, values) only this network says: {where}"
        )
        yield ReportRow("network", "hardware", "note", told)


def _warnings(found: tuple[Lack, ...]) -> Iterator[ReportRow]:
    kinds: dict[tuple[str, str], list[str]] = {}
    for lack in found:
        kinds.setdefault((lack.what, lack.substitute), []).append(lack.part)
    yield from (_warning(what, parts, substitute) for (what, substitute), parts in kinds.items())


def _warning(what: str, parts: list[str], substitute: str) -> ReportRow:
    more = f" and {len(parts) - TOLD} more" if len(parts) > TOLD else ""
    others = f" (in {', '.join(parts[:TOLD])}{more})" if len(parts) > 1 else ""
    told = f"converts, but hardware refuses: {what}{others}; try {substitute}"
    return ReportRow(parts[0], "hardware", "warning", told)


def _neuron(population: Population) -> Iterator[Lack]:
    name, kind = population.name, type(population.neuron)
    if kind not in NEURONS:
        told = f"expected {_either(NEURONS[1:])} neurons, got {kind.__name__} in {name!r}"
        yield Lack(f"{kind.__name__} neurons", name, told, "Rate with neuron='if', or Quantized")


def _synapse(network: Network, projection: Projection) -> Iterator[Lack]:
    kind, name = type(projection.synapse), projection.name
    if kind not in SYNAPSES:
        told = f"expected {_either(SYNAPSES)}, got {kind.__name__} in projection {name!r}"
        yield Lack(f"{kind.__name__} synapses", name, told, "convolutions and linear layers")
    if computes_values(network):
        yield from _of_values(projection)
    elif projection.synapse.compares and projection.order is not None:
        signed = sent(network, network.by_name[projection.source]).signed
        if signed and np.any(projection.order.addresses < 0):
            told = f"expected no constants beside signed spikes in the windows of {projection.target!r}, got them in the order of"
            substitute = "neurons that send no negative spikes"
            yield Lack("constants beside signed spikes", name, f"{told} projection {name!r}", substitute)


def _of_values(projection: Projection) -> Iterator[Lack]:
    """What no MAC core has."""
    name = projection.name
    if isinstance(projection.synapse, Separable2d):
        what, told, substitute = NO_SEPARABLE
        yield Lack(what, name, f"{told}, got projection {name!r}", substitute)
    if projection.order is not None:
        told = f"expected no order in a MAC core, got {projection.order!r} in projection {name!r}"
        yield Lack("another order", name, told, "Rate, or whole channels, which go into weights")


def _run(network: Network) -> Iterator[Lack]:
    if network.run.phases is not None:
        told = f"expected one phase in hardware, got the pre-steps of {network.run.phases.method}"
        yield Lack("pre-steps", "network", told, "Rate without residual")
    if network.steps > MOST_STEPS:
        told = f"expected at most {MOST_STEPS} steps in hardware, got {network.steps}"
        yield Lack("so many steps", "network", told, f"{MOST_STEPS} steps")


def _code(network: Network) -> Iterator[Lack]:
    code, name = network.code, type(network.code).__name__
    known = (Direct,) if computes_values(network) else CODES
    if type(code) not in known:
        told = f"expected the code {_either(known)} in hardware, got {name}"
        yield Lack(f"the code {name}", "network", told, "Quantized" if len(known) == 1 else "Rate or Quantized")
    if code.window not in (None, network.steps) and network.schedule != "layerwise":
        told = f"expected a direct input in every step in hardware, got a window of {code.window} steps"
        yield Lack("an input in a few steps only", "network", told, "Rate with schedule='synchronous'")
    if code.inside == "step weights" and network.readout != "potential":
        told = f'expected an answer by potentials under the code {name} in hardware, got "{network.readout}"'
        yield Lack("an answer by spikes of different weight", "network", told, "an Integrator as output")


def _either(kinds: tuple[type, ...]) -> str:
    *names, last = (kind.__name__ for kind in kinds)
    return f"{', '.join(names)} or {last}" if names else last
