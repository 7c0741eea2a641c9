"""One operator of a file or a program with its arguments, and the checked ways in which rules look at them.

A rule takes such a call and gives the value that the operator makes: `Rule = Callable[[call], ImportedValue]`. Arguments are
numbered in ONNX and named in ATen; everything else is common to both.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from torch import nn

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.steps import ImportedValue

Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class OpenSizes:
    """Whole numbers computed from a shape; None stands for the batch, whose size is open. `flat` is False for one number."""

    values: tuple[int | None, ...]
    flat: bool = True


@dataclass(frozen=True, eq=False)
class OperatorCall(ABC, Generic[Key]):
    """An operator `op`; `name` is that of the layer it becomes, `batch` the size that the file was made for, if any."""

    op: str
    name: str
    builder: Builder
    batch: int | None

    @abstractmethod
    def given(self, key: Key) -> Any:
        """An argument as it is: an ImportedValue, a constant, a number, or None when it was left out."""

    @property
    @abstractmethod
    def first(self) -> Key:
        """The argument that an operator with one value is applied to."""

    def any_layout(self, key: Key | None = None) -> ImportedValue:
        """An argument that depends on the network's input, whatever the order of its axes."""
        key = self.first if key is None else key
        value = self.given(key)
        if not isinstance(value, ImportedValue):
            raise Unsupported(f"a constant as {_named(key)}", "a file or a program whose constants were folded")
        return value

    def value(self, key: Key | None = None) -> ImportedValue:
        """As `any_layout`, with its numbers where the file has them: moved there where they lie elsewhere."""
        return self.builder.in_file_order(self.name, self.any_layout(key))

    def constant(self, key: Key) -> Any:
        """An argument as an array or tensor; None when it was left out."""
        value = self.given(key)
        if isinstance(value, ImportedValue | OpenSizes):
            raise Unsupported(f"{_named(key)} that depends on the image or on the batch", "weights that are constants")
        return value

    def tensor(self, key: Key) -> torch.Tensor | None:
        """A constant as finite float32 on the CPU; None when it was left out."""
        value = self.constant(key)
        if value is None:
            return None
        numbers = value.detach() if isinstance(value, torch.Tensor) else torch.from_numpy(np.array(value, np.float32))
        tensor = numbers.to("cpu", torch.float32)
        if not bool(torch.isfinite(tensor).all()):
            raise Damaged(f"NaN or infinity in {_named(key)}")
        return tensor

    def weight(self, key: Key) -> torch.Tensor:
        """As `tensor`, for weights that cannot be left out."""
        tensor = self.tensor(key)
        if tensor is None:
            raise Damaged(f"no {_named(key)}")
        return tensor

    def layer(self, module: nn.Module, source: ImportedValue, suffix: str = "") -> ImportedValue:
        """What `module` makes of `source`, as a layer under the name of this call."""
        return self.builder.layer(f"{self.name}{suffix}", module, source)

    def function(self, function: Callable[..., Any] | str, *args: Any, **settings: Any) -> ImportedValue:
        """What `function`, or the method of that name, makes of values, constants and numbers."""
        return self.builder.call(self.name, function, *args, **settings)


def _named(key: int | str) -> str:
    return f"input {key}" if isinstance(key, int) else key
