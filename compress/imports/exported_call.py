"""One node of an exported program with its values, and the checked ways in which rules look at them."""

from dataclasses import dataclass
from typing import Any

import torch

from spikewright.compress.imports.builder import Builder
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.steps import Flow


@dataclass(frozen=True)
class Batch:
    """The number of images, and nothing else that is computed from it."""


@dataclass(frozen=True, eq=False)
class AtenCall:
    """A node of the program: its operator without overload, its arguments by name, and where the layers go."""

    op: str
    name: str
    given: dict[str, Any]
    builder: Builder
    batch: int | None

    def flow(self, name: str = "input") -> Flow:
        """An argument that depends on the network's input."""
        value = self.given.get(name, self.given.get("self"))
        if not isinstance(value, Flow):
            raise Unsupported(f"a constant as {name}", "a program whose constants were folded")
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """An argument by its name in ATen's schema."""
        value = self.given.get(name, default)
        return default if value is None else value

    def tensor(self, name: str) -> torch.Tensor | None:
        """Weights: a finite float32 constant, or None when left out."""
        value = self.given.get(name)
        if value is None:
            return None
        if not isinstance(value, torch.Tensor):
            raise Unsupported(f"a {name} that depends on the image", "weights that are constants")
        if not bool(torch.isfinite(value).all()):
            raise Damaged(f"NaN or infinity in {name}")
        return value.detach().to("cpu", torch.float32)

    def weight(self, name: str = "weight") -> torch.Tensor:
        """As `tensor`, for weights that cannot be left out."""
        value = self.tensor(name)
        if value is None:
            raise Damaged(f"no {name}")
        return value
