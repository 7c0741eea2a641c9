"""One face for every classifier under test: a CNN, a compressed CNN, a spiking network."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from typing import Any, final

import numpy as np
import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.answers import Head
from spikewright.compress.compressed import Compressed
from spikewright.compress.graph.choosing import check_one_output
from spikewright.compress.graph.unwrap import own_copy, unwrapped
from spikewright.several_heads import only_head
from spikewright.snn.network import Network
from spikewright.snn.running import InputRange
from spikewright.snn.simulation import simulate
from spikewright.snn.twin.network import Twin
from spikewright.snn.twin.rate_gradient import counts_suffice, spikes
from spikewright.snn.twin.surrogates import RateBased, Surrogate, Triangle

CHUNK = 256
"""Images that are predicted at once: enough to be fast, few enough for the memory of a laptop."""
BLOCK = 32
"""Images in each call of a model in torch: always as many, since kernels round by the size of their batch."""


SURROGATES: tuple[Surrogate, ...] = (RateBased(), Triangle())
"""Ways to differentiate spikes that an attack tries in turn: through the counts, and through time."""


class Predictor(ABC):
    """A deployed classifier of images in the box `bounds`; attacks and noise act there, whatever the model does inside.

    A model that standardises its input does so in its first layer, or has the bounds of what it takes. `head`: what its answers
    are, one class for each image unless said; classes of places and several labels have tables of corruptions, whose accuracy is
    over places, and no attacks. Values have neither.
    """

    bounds: tuple[float, float] = (0.0, 1.0)
    head: Head = Head()

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def logits(self, x: Tensor) -> Tensor:
        """`(batch, classes)` of images `(batch, C, H, W)`, or in the shape of the head, differentiable with respect to them."""

    def variants(self) -> tuple["Predictor", ...]:
        """Sources of gradients for an attack on this predictor. Their values may differ by rounding."""
        return (self,)

    @final
    def predict(self, x: Tensor) -> Tensor:
        """The class of each image, int64 `(batch,)`, the lowest number wins a tie; else what the head predicts of it.

        Raises InvalidInput for logits that are not finite.
        """
        parts = [self._decide(part) for part in torch.split(x.detach(), CHUNK)]
        return torch.cat(parts) if parts else torch.empty(0, dtype=torch.int64)

    def _decide(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            return decisions(self.logits(x), self.name, self.head)


@final
class AnnPredictor(Predictor):
    """An nn.Module or a `Compressed`: a copy in evaluation mode, taken now, outside of wrappers such as DataParallel.

    `input_range`: (low, high) of its images, as in `conversion.convert`. `head`: what its answers are, such as
    `Head("multilabel", ending="sigmoid")`, or `Head(ignored=255)` for classes of places `(batch, classes, H, W)`. Raises
    InvalidInput for anything else, and for values.
    """

    def __init__(
        self,
        model: nn.Module | Compressed,
        name: str = "ANN",
        *,
        input_range: tuple[float, float] = Predictor.bounds,
        head: Head = Predictor.head,
    ) -> None:
        super().__init__(name)
        self.head = decided(head)
        known = InputRange(*input_range)
        self.bounds = (known.low, known.high)
        inner = model.model if isinstance(model, Compressed) else model
        if not isinstance(inner, nn.Module):
            raise InvalidInput(
                f"expected an nn.Module or a Compressed, got {type(model).__name__}; try SnnPredictor for a Network"
            )
        check_one_output(inner, "attacks and tables of robustness")
        self.original = model
        self.model = own_copy(unwrapped(inner)).cpu()
        for parameter in self.model.parameters():  # TorchScript has no requires_grad_ of a whole model
            parameter.requires_grad_(False)
        real = [value.dtype for value in self.model.parameters() if value.is_floating_point()]
        self.precision = real[0] if real else torch.float32

    def logits(self, x: Tensor) -> Tensor:
        """The model's answer, `(batch, classes)` or more axes; it gets a copy of the images, in its own precision."""
        return in_blocks(self._answer, x)

    def _answer(self, x: Tensor) -> Tensor:
        answer: Any = self.model(x.to(self.precision))
        if not isinstance(answer, Tensor) or answer.ndim < 2 or len(answer) != len(x):
            raise InvalidInput(
                f"expected logits (batch, classes) from {self.name!r}, got {_told(answer)}; "
                "try choose(model, output=...) of several outputs"
            )
        return answer


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


def in_blocks(model: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """What `model` says to `x (batch, ...)`, asked for a copy of `BLOCK` images at a time, the last block filled up.

    So neither the size of a batch nor an image's place in it changes an answer, and a model may change its input in place.
    """
    return torch.cat([model(_filled(part))[: len(part)] for part in torch.split(x, BLOCK)])


def _filled(part: Tensor) -> Tensor:
    missing = BLOCK - len(part)
    more = part[-1:].detach().expand(missing, *part.shape[1:]) if missing else part[:0]
    return torch.cat([part, more])


def decisions(logits: Tensor, name: str, head: Head = Predictor.head) -> Tensor:
    """The class of each row, int64 `(batch,)`, or what the head predicts of it.

    Raises InvalidInput for logits of model `name` that are not finite.
    """
    values = logits.detach().cpu().numpy()
    if not np.isfinite(values).all():
        raise InvalidInput(f"expected finite logits from {name!r}, got NaN or infinity; check its weights")
    shaped = shaped_like(head, logits)
    return torch.from_numpy(shaped.predictions(values.reshape(len(values), -1), ended=shaped.ending is not None))


def shaped_like(head: Head, logits: Tensor) -> Head:
    """The head of logits `(batch, ...)`: in their shape, where it says nothing of it and they have several axes."""
    return head if head.shape is not None or logits.ndim == 2 else replace(head, shape=tuple(logits.shape[1:]))


def decided(head: Head) -> Head:
    """A head that decides. Raises InvalidInput for values, of which no share can be right."""
    if head.kind == "values":
        raise InvalidInput(
            "expected answers that decide something for tables of robustness, got values; "
            'try with_head("multilabel"), or activity.error of simulate(network, corrupted images)'
        )
    return head


def bounds_of(network: Network) -> tuple[float, float]:
    """Where the inputs of a network lie: its range, or [0, 1]."""
    known = network.run.input_range
    return Predictor.bounds if known is None else (known.low, known.high)


def _told(answer: Any) -> str:
    """The shape of an answer, or what it is."""
    return f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else type(answer).__name__
