"""What a population sends, whatever its neurons are: asked here by engines, proofs, noise, costs and plots.

A neuron says it for itself (`snn.neurons.record.Neuron.sends`); the input sends what the network's code makes of an image, and
a MaxGate what its sources send.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from spikewright.snn.network import Network
    from spikewright.snn.populations import Population


@dataclass(frozen=True)
class Sent:
    """What leaves each neuron of a population.

    `kind`: "nothing"; "spikes", a whole number in every step; "values", one number that stands for the whole run; "times", one
    number, the time left of a single spike. `most`: the largest number, in a step or once. `signed`: numbers may be negative.
    `step_factors`: what the weight of a spike is multiplied by in each step; empty: by 1.
    """

    kind: Literal["nothing", "spikes", "values", "times"]
    most: int = 1
    signed: bool = False
    step_factors: tuple[float, ...] = ()

    @property
    def once(self) -> bool:
        """Whether it is one number for the whole run and not spikes in steps."""
        return self.kind in ("values", "times")

    @property
    def spiking(self) -> bool:
        """Whether there are spikes, in steps or at a time, which noise on their way may hit."""
        return self.kind in ("spikes", "times")

    @property
    def largest(self) -> int:
        """The largest |integer| that arrives in a step, in units of a weight."""
        if self.kind == "nothing":
            return 0
        return self.most * (int(np.ceil(np.max(np.abs(self.step_factors)))) if self.step_factors else 1)

    @property
    def takes_away(self) -> bool:
        """Whether what arrives may be negative."""
        return self.signed or min(self.step_factors, default=0) < 0


def sent(network: Network, population: Population) -> Sent:
    """What a population of the network sends. Of several sources a gate has the largest number, and one kind for all."""
    neuron = population.neuron
    if neuron.sends != "passed on":
        return Sent(neuron.sends, neuron.most, neuron.signed, neuron.step_factors)
    if population.name == network.input:
        return Sent(network.code.sends, network.code.most)
    sources = [sent(network, network.by_name[q.source]) for q in network.incoming[population.name]]
    once = [one for one in sources if one.once]
    return replace(
        (once or sources)[0], most=max(one.most for one in sources), signed=any(one.signed for one in sources)
    )


def is_timed(network: Network) -> bool:
    """Whether spikes are times in windows, and there are no steps."""
    return network.code.sends == "times"


def scale_of(network: Network) -> float | None:
    """What makes logits numbers of the model; None of steps since a first spike, which only say who was first."""
    return None if network.readout == "first" and not is_timed(network) else network.logit_scale


def answered(network: Network, raw: Any) -> Any:
    """Raw numbers of the output neurons `(..., neurons)` as raw logits `(..., outputs)`: through the tail, where there is one.

    Arrays, or tensors of torch. Times `logit_scale` they are in the units of the model, so the bias of the tail is divided by it.
    """
    if network.tail is None:
        return raw
    given = raw.astype(np.float64) if isinstance(raw, np.ndarray) else raw
    return replace(network.tail, bias=network.tail.bias / network.logit_scale).apply(given)


def is_quantised(network: Network) -> bool:
    """Whether its neurons compute values in one step: the integers of a quantised CNN."""
    return any(p.neuron.sends == "values" for p in network.populations)


def computes_values(network: Network) -> bool:
    """Whether neurons inside send one value for the whole run: QuantReLU neurons, or gates behind a direct input."""
    return any(sent(network, p).kind == "values" for p in network.order if p.name != network.input)
