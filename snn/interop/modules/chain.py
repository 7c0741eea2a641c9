"""The torch layers between two layers of neurons, read as one projection and a constant current.

Besides what every chain knows: a part of a concatenation, which sees its part of the next weights, and constants (biases, batch
norm), which go through the layers behind them as maps of the shape they have there, so that padding is exact. What each layer
does to the chain is in `layers`.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from spikewright import InvalidNetwork
from spikewright.snn.interop.chain import Chain, Reals
from spikewright.snn.synapses import Linear, Shape


class Factor(NamedTuple):
    """Multiplication by a number, or by one for each channel."""

    value: Any


class Average(NamedTuple):
    """An average over windows, `torch.nn.functional.avg_pool2d`; `stride` None is the kernel."""

    kernel_size: Any
    stride: Any = None


class Flat(NamedTuple):
    """Everything of a sample in one axis; `size`, when it was named, is checked."""

    size: int | None = None


class ChannelPart(NamedTuple):
    """The channels `start` to `stop` of a concatenation of `total`."""

    start: int
    stop: int
    total: int


class Op(NamedTuple):
    """A torch layer, or one of the records above, and its name."""

    name: str
    layer: Any


class ModuleChain(Chain):
    """What op after op made of a source; `.currents[name] (*shape)` are the constants by their layer."""

    def __init__(self, source: str, shape: Shape) -> None:
        super().__init__(source, shape)
        self.currents: dict[str, Tensor] = {}
        self.part: ChannelPart | None = None

    @property
    def slice(self) -> tuple[int, int] | None:
        """The channels of the target, for a part of a concatenation that no weights followed."""
        return (self.part.start, self.part.stop) if self.part else None

    def whole(self, shape: Shape) -> Shape:
        """`shape` with all channels of the concatenation that this chain is a part of."""
        return (self.part.total, *shape[1:]) if self.part else shape

    def weigh(self, kind: Any, weight: Reals, settings: tuple[Any, ...]) -> None:
        """As in every chain; of the weights behind a concatenation only those that its part meets."""
        if self.part is not None:
            if kind is not Linear and settings[-1] != 1:
                raise InvalidNetwork("expected a convolution of one group behind a concatenation, got several")
            if self.currents:
                raise InvalidNetwork(
                    "expected neurons between a bias and the weights behind the concatenation, got none"
                )
            each = weight.shape[1] // self.part.total
            weight, self.part = weight[:, self.part.start * each : self.part.stop * each], None
        super().weigh(kind, weight, settings)

    def pass_on(self, through: Callable[[Tensor], Tensor]) -> None:
        """Constants behind a linear layer, `through` without its bias; every constant has the shape of the maps."""
        with torch.no_grad():
            self.currents = {name: through(value[None])[0] for name, value in self.currents.items()}

    def add(self, name: str, bias: Tensor | None) -> None:
        """A constant `(channels,)`."""
        if bias is not None:
            column = bias.detach().double().reshape(-1, *[1] * (len(self.shape) - 1))
            self.currents[name] = column.expand(self.shape).clone()

    def constants(self, shape: Shape) -> dict[str, Reals]:
        """The currents of a target of this shape, zero outside of the part, by the layer that brings them."""
        start = self.part.start if self.part else 0
        spread = {}
        for name, value in self.currents.items():
            full = np.zeros(shape)
            full[start : start + len(value)] = value.numpy()
            spread[f"{name}/{start}" if self.part else name] = full
        return spread


def pair(value: Any) -> tuple[int, int]:
    """One or two whole numbers, for rows and columns."""
    rows, columns = (value, value) if isinstance(value, int) else tuple(value)
    return int(rows), int(columns)
