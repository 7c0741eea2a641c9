"""One node of an ONNX graph with its values, and the checked ways in which rules look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.steps import Flow


@dataclass(frozen=True)
class Sizes:
    """Numbers computed from a shape; None stands for the batch. `flat` is False for a single number."""

    values: tuple[int | None, ...]
    flat: bool = True


Value = Flow | Sizes | np.ndarray | None


@dataclass(frozen=True, eq=False)
class Call:
    """A node: its operator, attributes and input values, and the builder that takes the layers."""

    op: str
    name: str
    inputs: Sequence[Value]
    attributes: Mapping[str, Any]
    builder: Builder
    opset: int
    batch: int | None
    folder: Path
    extra_outputs: bool = False

    def attr(self, name: str, default: Any = None) -> Any:
        """An attribute, text as str."""
        value = self.attributes.get(name, default)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def value(self, index: int) -> Value:
        """Input `index`; None when it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def any_flow(self, index: int = 0) -> Flow:
        """Input `index`, which has to depend on the network's input, in whatever layout."""
        value = self.value(index)
        if not isinstance(value, Flow):
            raise Unsupported(f"a constant as input {index}", "a graph whose constants were folded")
        return value

    def flow(self, index: int = 0) -> Flow:
        """As `any_flow`, with channels first."""
        value = self.any_flow(index)
        if value.axes is not None or value.order is not None:
            raise Unsupported(
                "a value with its axes in another order", "an export with channels first (tf2onnx: --inputs-as-nchw)"
            )
        return value

    def array(self, index: int) -> np.ndarray | None:
        """Input `index` as a constant; None when it is left out."""
        value = self.value(index)
        if value is None or isinstance(value, np.ndarray):
            return value
        if isinstance(value, Sizes) and None not in value.values:
            return np.array(value.values if value.flat else value.values[0])
        raise Unsupported(f"input {index} that depends on the image or on the batch", "weights that are constants")

    def tensor(self, index: int) -> torch.Tensor | None:
        """Input `index` as float32 weights. Raises Damaged when they are not finite."""
        array = self.array(index)
        if array is None:
            return None
        tensor = torch.from_numpy(np.array(array, dtype=np.float32))
        if not bool(torch.isfinite(tensor).all()):
            raise Damaged(f"NaN or infinity in the constant at input {index}")
        return tensor

    def weight(self, index: int) -> torch.Tensor:
        """As `tensor`, for weights that cannot be left out."""
        tensor = self.tensor(index)
        if tensor is None:
            raise Damaged(f"no weights at input {index}")
        return tensor

    def ints(self, name: str, index: int | None = None) -> list[int] | None:
        """Whole numbers from attribute `name` or, in later versions of an operator, from input `index`."""
        if name in self.attributes:
            value = self.attributes[name]
            return [int(one) for one in value] if isinstance(value, list | tuple) else [int(value)]
        array = self.array(index) if index is not None else None
        return None if array is None else [int(one) for one in np.asarray(array).reshape(-1)]

    def number(self, name: str, index: int, default: float) -> float:
        """A number from attribute `name` or from input `index`."""
        if name in self.attributes:
            return float(self.attributes[name])
        array = self.array(index)
        if array is None:
            return default
        if array.size != 1:
            raise Unsupported(f"{array.size} numbers as {name}", "one number")
        return float(array.reshape(-1)[0])
