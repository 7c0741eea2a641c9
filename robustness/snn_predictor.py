"""A spiking network under test: values from its engine, gradients from its twin."""

from typing import final

import torch
from torch import Tensor

from spikewright import InvalidInput
from spikewright.robustness.predictor import Predictor, decided, in_blocks
from spikewright.several_heads import only_head
from spikewright.snn.network import Network
from spikewright.snn.simulation import simulate
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.rate_gradient import counts_suffice, spikes
from spikewright.snn.twin.surrogates import RateBased, Surrogate, Triangle

SURROGATES: tuple[Surrogate, ...] = (RateBased(), Triangle())
"""Ways to differentiate spikes that an attack tries in turn: through the counts, and through time."""


@final
class SnnPredictor(Predictor):
    """A `Network`: values from its engine, gradients from its differentiable twin, in the units of the CNN's logits.

    `surrogate`: one, or several of which each is a variant; by default backward through the rate (where counts tell the
    gradient: not with delays or the readout "first") and a triangle through time. Time-coded and quantised networks have
    one gradient of their own. `engine`: as in `snn.simulate`. Its bounds are the network's input range, [0, 1] without one.
    Raises InvalidInput for a network of several outputs, and for one that gives values.
    """

    def __init__(
        self,
        network: Network,
        name: str = "SNN",
        *,
        surrogate: Surrogate | tuple[Surrogate, ...] = SURROGATES,
        engine: str | None = None,
    ) -> None:
        super().__init__(name)
        if not isinstance(network, Network):
            raise InvalidInput(f"expected a Network, got {type(network).__name__}; try AnnPredictor for a model")
        self.head = decided(only_head(network.heads, "the model with output={0}"))
        self.network, self.engine = network, engine
        self.bounds = bounds_of(network)
        chosen = surrogate if isinstance(surrogate, tuple) else (surrogate,)
        if chosen is SURROGATES and not counts_suffice(network):
            chosen = SURROGATES[1:]
        if not chosen:
            raise InvalidInput("expected at least one surrogate, got none")
        self.surrogates = chosen if spikes(network) else chosen[:1]
        self.twin = Twin(network, surrogate=chosen[0], engine=engine)

    def logits(self, x: Tensor) -> Tensor:
        """The engine's logits times the network's `logit_scale`, `(batch, classes)`, or in the shape of its head."""
        found = in_blocks(self.twin, x).double() * self.network.logit_scale
        return found.reshape(len(x), *(self.head.shape or found.shape[1:]))

    def variants(self) -> tuple[Predictor, ...]:
        """One for each surrogate, in torch alone: attacks ask thousands of times, and the engine has the last word."""
        return tuple(TwinPredictor(self.network, self.name, surrogate) for surrogate in self.surrogates)

    def _decide(self, x: Tensor) -> Tensor:
        return torch.from_numpy(simulate(self.network, x.numpy(), engine=self.engine).predictions)


@final
class TwinPredictor(Predictor):
    """The torch twin of a network on its own: the engine's values exactly in fixed point, up to rounding in float32."""

    def __init__(self, network: Network, name: str, surrogate: Surrogate) -> None:
        super().__init__(name)
        self.bounds = bounds_of(network)
        self.twin, self.scale = Twin(network, surrogate=surrogate, engine_values=False), network.logit_scale

    def logits(self, x: Tensor) -> Tensor:
        """The twin's logits times the network's `logit_scale`, `(batch, classes)`."""
        return in_blocks(self.twin, x).double() * self.scale


def bounds_of(network: Network) -> tuple[float, float]:
    """Where the inputs of a network lie: its range, or [0, 1]."""
    known = network.run.input_range
    return Predictor.bounds if known is None else (known.low, known.high)
