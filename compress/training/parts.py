"""What weights that are computed from stored tensors are made of while they are trained: the kinds of parts.

A part gives the value of its node, bit for bit as numpy does, and the expression that it has become. Real numbers are parameters:
tables, factors, scales. Integers are rounded from a parameter, straight through. Indices, signs and masks stay as they are.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.weights import Expression, Leaf


class Part(nn.Module):
    """A node of an expression; `forward()` is its value, `stored()` the node as it has become."""

    def stored(self) -> Expression:
        """The expression with the numbers as they are now."""
        raise NotImplementedError


class Fixed(Part):
    """What is not trained: indices, signs, zero points, what a seed draws."""

    value: torch.Tensor

    def __init__(self, e: Expression) -> None:
        super().__init__()
        self.e = e
        self.register_buffer("value", torch.from_numpy(np.array(e.values())), persistent=False)

    def forward(self) -> torch.Tensor:
        return self.value

    def stored(self) -> Expression:
        return self.e


class Real(Part):
    """A leaf of real numbers, in their own precision."""

    def __init__(self, e: Leaf) -> None:
        super().__init__()
        self.numbers = nn.Parameter(torch.from_numpy(np.array(e.array)))

    def forward(self) -> torch.Tensor:
        return self.numbers

    def stored(self) -> Expression:
        return Leaf(self.numbers.detach().cpu().numpy())


class Whole(Part):
    """A leaf of integers, rounded from a parameter that is in the unit of the weights."""

    def __init__(self, e: Leaf, unit: float) -> None:
        super().__init__()
        size = e.alphabet or 1
        self.kind, self.alphabet, self.unit = e.array.dtype, size, unit
        self.low, self.high = (-(size // 2), (size - 1) // 2) if e.signed else (0, size - 1)
        self.numbers = nn.Parameter(torch.from_numpy(e.array.astype(np.float64) * unit))

    def forward(self) -> torch.Tensor:
        ratio = self.numbers / self.unit
        return exactly(ratio, torch.floor(ratio.detach() + 0.5).clamp(self.low, self.high))

    def stored(self) -> Expression:
        return Leaf(self().detach().cpu().numpy().astype(self.kind), self.alphabet)


class Joined(Part):
    """A node over other parts, by the names of its fields; fields without a part stay as they are."""

    def __init__(self, e: Expression, value: Callable[..., torch.Tensor], **parts: Part) -> None:
        super().__init__()
        self.e, self.value, self.parts = e, value, nn.ModuleDict(parts)

    def forward(self) -> torch.Tensor:
        return self.value(*(part() for part in self.parts.values()))

    def stored(self) -> Expression:
        held: Any = self.parts
        fields = {name: held[name].stored() if name in held else value for name, value in self.e.parts()}
        return type(self.e)(**fields)


class Several(Part):
    """A node over parts of the tensors that `field` lists."""

    def __init__(
        self, e: Expression, value: Callable[[list[torch.Tensor]], torch.Tensor], field: str, parts: Iterable[Part]
    ) -> None:
        super().__init__()
        self.e, self.field, self.value = e, field, value
        self.parts = nn.ModuleList(parts)

    def forward(self) -> torch.Tensor:
        return self.value([part() for part in self.parts])

    def stored(self) -> Expression:
        made: list[Any] = list(self.parts)
        fields = dict(self.e.parts()) | {self.field: tuple(part.stored() for part in made)}
        return type(self.e)(**fields)


class _Exactly(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: torch.Tensor, exact: torch.Tensor) -> torch.Tensor:
        return exact.to(value.dtype)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None


def exactly(value: torch.Tensor, exact: torch.Tensor) -> torch.Tensor:
    """`exact` with the gradient of `value`."""
    made: torch.Tensor = _Exactly.apply(value, exact)  # type: ignore[no-untyped-call]
    return made
