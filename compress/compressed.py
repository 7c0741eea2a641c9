"""What compression gives back: a model that runs as it is, its true size, and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import nn

from compress.constraint import Constraints
from compress.footprint import Footprint, footprint
from compress.graph import Shape, check_finite, plain_copy
from compress.rewrite import Rewrite
from compress.unwrap import notes


@dataclass(frozen=True, eq=False)
class Compressed:
    """A compressed network; `model(x)` is the truth, everything else describes it.

    `integers[path]` is (codes int8 of the weight's shape, scale float32 `(out,)`); the weight in `model` is exactly
    codes * scale in float32. `masks[path]` is True where a weight survived pruning, `bits[path]` the weight width of a
    quantised layer, `rewrites` what was changed in the graph.
    """

    model: nn.Module
    steps: tuple[str, ...] = ()
    integers: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    masks: Mapping[str, torch.Tensor] = field(default_factory=dict)
    bits: Mapping[str, int] = field(default_factory=dict)
    rewrites: tuple[Rewrite, ...] = ()
    input_shape: Shape | None = None

    @cached_property
    def footprint(self) -> Footprint:
        """The true size, layer by layer."""
        return footprint(self.model, self.bits)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """Logits `(batch, classes)` of images `(batch, C, H, W)`."""
        logits: torch.Tensor = self.model(x)
        return logits

    def eval(self) -> "Compressed":
        """Put the model into evaluation mode, as with an nn.Module."""
        self.model.eval()
        return self

    def __str__(self) -> str:
        return "\n".join([*self.steps, str(self.footprint)])


@dataclass
class Draft:
    """A Compressed in the making: a copy that may be changed."""

    model: nn.Module
    constraints: Constraints
    steps: list[str]
    rewrites: list[Rewrite]
    input_shape: Shape | None

    @classmethod
    def of(cls, model: Any) -> "Draft":
        """Start from a copy of an nn.Module or of a Compressed. Raises InvalidInput for weights that are not finite."""
        copied = plain_copy(model)
        check_finite(copied)
        if not isinstance(model, Compressed):
            told = list(notes(model)) if isinstance(model, nn.Module) else []
            return cls(copied, Constraints(), told, [], None)
        masks = {path: mask.clone() for path, mask in model.masks.items()}
        codes = {path: (torch.tensor(q), torch.tensor(scale)) for path, (q, scale) in model.integers.items()}
        one_scale = frozenset(
            path for path, (_, scale) in codes.items() if len(scale) > 1 and bool((scale == scale[0]).all())
        )
        constraints = Constraints(masks, dict(model.bits), codes, one_scale)
        return cls(copied, constraints, list(model.steps), list(model.rewrites), model.input_shape)

    def finish(self) -> Compressed:
        """The frozen result, in evaluation mode."""
        codes = {path: (q.numpy(), scale.numpy()) for path, (q, scale) in self.constraints.codes.items()}
        held = self.constraints
        changes = tuple(self.rewrites)
        return Compressed(
            self.model.eval(), tuple(self.steps), codes, dict(held.masks), dict(held.bits), changes, self.input_shape
        )
