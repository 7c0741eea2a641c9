"""What compression gives back: a model that runs as it is, its true size, and how it came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn

from spikewright.compress.footprints import Footprint, footprint
from spikewright.compress.graph.models import check_finite, plain_copy
from spikewright.compress.graph.rewrite import Rewrite
from spikewright.compress.graph.unwrap import notes
from spikewright.compress.graph.view import Shape
from spikewright.compress.graph.weighted import left_alone, weight_layers
from spikewright.compress.training.constraints import Constraints

PRUNED_FROM = 0.01
"""The share of exact zeros from which a layer counts as pruned."""


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

    @property
    def footprint(self) -> Footprint:
        """The true size, layer by layer. Raises InvalidInput when the model was changed since, see `fresh`."""
        return footprint(self)

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
            draft = cls(copied, Constraints(), told, [], None)
            draft.keep_zeros()
            return draft
        masks = {path: mask.clone() for path, mask in model.masks.items()}
        codes = {path: (torch.tensor(q), torch.tensor(scale)) for path, (q, scale) in model.integers.items()}
        one_scale = frozenset(
            path for path, (_, scale) in codes.items() if len(scale) > 1 and bool((scale == scale[0]).all())
        )
        constraints = Constraints(masks, dict(model.bits), codes, one_scale)
        return cls(copied, constraints, list(model.steps), list(model.rewrites), model.input_shape)

    def keep_zeros(self) -> None:
        """Masks for the layers of which at least `PRUNED_FROM` is exactly zero, but not all: they were pruned before.

        A dense layer that was trained has no exact zeros, one that starts at zero has nothing else.
        """
        masks = {path: layer.weight.detach() != 0 for path, layer in weight_layers(self.model).items()}
        pruned = {path: mask for path, mask in masks.items() if 0 < int(mask.sum()) <= (1 - PRUNED_FROM) * mask.numel()}
        self.constraints.masks.update(pruned)
        if pruned:
            shares = ", ".join(
                f"{path} ({100 * (1 - float(mask.float().mean())):.1f} %)" for path, mask in pruned.items()
            )
            self.steps.append(f"zeros that were there before stay zeros: {shares}")

    def left_alone(self) -> str:
        """A sentence for the steps about what no method treats; empty when there is nothing."""
        names = [
            f"{path or 'the model itself'} ({type(part).__name__})" for path, part in left_alone(self.model).items()
        ]
        return f"; left as they were, in 32 bits: {', '.join(names)}" if names else ""

    def finish(self) -> Compressed:
        """The frozen result, in evaluation mode; of what was quantised and pruned, only what is not zero survives."""
        codes = {path: (q.numpy(), scale.numpy()) for path, (q, scale) in self.constraints.codes.items()}
        held = self.constraints
        for path in held.masks.keys() & codes.keys():  # a weight that was rounded to zero is stored no more
            held.masks[path] = held.masks[path] & torch.as_tensor(codes[path][0] != 0)
        changes = tuple(self.rewrites)
        return Compressed(
            self.model.eval(), tuple(self.steps), codes, dict(held.masks), dict(held.bits), changes, self.input_shape
        )
