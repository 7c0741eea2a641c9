"""What an imported network is until it becomes a module: a list of steps, and the values between them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.fx.node import map_aggregate


@dataclass(frozen=True, eq=False)
class ImportedValue:
    """A value that depends on the network's input: the name of the step that makes it, and its shape without the batch.

    Files that keep channels last are read with channels first. `axes[i]` is then the axis of the value here that is axis
    i in the file (batch included), and, once flattened, `order[j]` the place here of number j in the file.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[int, ...] | None = None
    order: torch.Tensor | None = None

    @property
    def rank(self) -> int:
        """The number of axes with the batch."""
        return len(self.shape) + 1

    @property
    def channels_first(self) -> bool:
        """Whether its numbers lie here as they lie in the file."""
        return self.axes is None and self.order is None

    @property
    def file_shape(self) -> tuple[int | None, ...]:
        """Its sizes in the order of the file; None for the batch."""
        full: tuple[int | None, ...] = (None, *self.shape)
        return full if self.axes is None else tuple(full[axis] for axis in self.axes)

    def here(self, axis: int) -> int:
        """The axis of the value here that is `axis`, which may count from the end, in the file."""
        place = axis % self.rank
        return place if self.axes is None else self.axes[place]


@dataclass
class ImportedStep:
    """A layer, a function of values, constants and numbers, or a method by name; its name is that of the value it makes."""

    name: str
    call: nn.Module | Callable[..., Any] | str
    args: tuple[Any, ...]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The steps that it reads."""
        return [value.name for value in values_in(self.args)]


def values_in(arguments: Any) -> list[ImportedValue]:
    """The values among arguments, in lists too."""
    found: list[ImportedValue] = []
    with_values(arguments, found.append)
    return found


def with_values(arguments: Any, change: Callable[[ImportedValue], Any]) -> Any:
    """`arguments` with every value in them, in lists too, replaced by `change(value)`."""
    return map_aggregate(arguments, lambda one: change(one) if isinstance(one, ImportedValue) else one)
