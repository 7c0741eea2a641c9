"""One node of an ONNX graph, whose arguments are numbered; settings are attributes or, in later versions, inputs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spikewright.compress.imports.calls import OpenSizes, OperatorCall
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.steps import ImportedValue

OnnxValue = ImportedValue | OpenSizes | np.ndarray | None


@dataclass(frozen=True, eq=False)
class OnnxCall(OperatorCall[int]):
    """A node: its inputs, its attributes, the version of its operator, and the folder of the file.

    `results`: how many it makes; `extra_outputs`: somebody reads more than the first; `described`: its attributes as the
    file has them; `sources`: the names of its inputs.
    """

    inputs: Sequence[OnnxValue]
    attributes: Mapping[str, Any]
    opset: int
    folder: Path
    extra_outputs: bool = False
    results: int = 1
    described: Sequence[Any] = ()
    sources: Sequence[str] = ()

    @property
    def first(self) -> int:
        """Input 0."""
        return 0

    def given(self, key: int) -> OnnxValue:
        """Input `key` as it is; None when it was left out."""
        return self.inputs[key] if key < len(self.inputs) else None

    def attr(self, name: str, default: Any = None) -> Any:
        """An attribute, text as str."""
        value = self.attributes.get(name, default)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def constant(self, key: int) -> np.ndarray | None:
        """Input `key` as an array, sizes without the batch too; None when it was left out."""
        value = self.given(key)
        if isinstance(value, OpenSizes) and None not in value.values:
            return np.array(value.values if value.flat else value.values[0])
        array: np.ndarray | None = super().constant(key)
        return array

    def ints(self, name: str, key: int | None = None) -> list[int] | None:
        """Whole numbers from attribute `name`, else from input `key`; None when neither is there."""
        if name in self.attributes:
            value = self.attributes[name]
            return [int(one) for one in value] if isinstance(value, list | tuple) else [int(value)]
        array = self.constant(key) if key is not None else None
        return None if array is None else [int(one) for one in np.asarray(array).reshape(-1)]

    def number(self, name: str, key: int, default: float) -> float:
        """A number from attribute `name`, else from input `key`, else `default`."""
        if name in self.attributes:
            return float(self.attributes[name])
        array = self.constant(key)
        if array is None:
            return default
        if array.size != 1:
            raise Unsupported(f"{array.size} numbers as {name}", "one number")
        if np.isnan(array.reshape(-1)[0]):
            raise Damaged(f"NaN as {name or _place(key)}")
        return float(array.reshape(-1)[0])


OnnxRule = Callable[[OnnxCall], OnnxValue | tuple[OnnxValue, ...]]
"""What an operator becomes."""


def _place(key: int) -> str:
    return f"input {key}"
