"""Masks and integer codes as constraints that hold during training: no optimiser step can break them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.nn.utils import parametrize

from spikewright.compress.graph.weighted import by_output, codes_of, values_of, weight_layers
from spikewright.compress.quantisers.integers import weight_scales


@dataclass
class Constraints:
    """What holds for each layer path: `masks` (True survives), `bits` of the weights, and the `codes` found so far.

    `one_scale`: layers whose channels share a scale, so that their integers compare.
    `codes[path]` is (integers int8 of the weight's shape, scale float32 `(out,)`).
    """

    masks: dict[str, torch.Tensor] = field(default_factory=dict)
    bits: dict[str, int] = field(default_factory=dict)
    codes: dict[str, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict)
    one_scale: frozenset[str] = frozenset()
    scale_method: str = "mse"


class _Constrained(nn.Module):
    """Parametrisation: the free weight goes in, its masked and quantised value comes out, gradients pass through."""

    mask: torch.Tensor | None
    scale: torch.Tensor

    def __init__(self, layer: nn.Module, mask: torch.Tensor | None, bits: int | None, way: tuple[str, bool]) -> None:
        super().__init__()
        method, one_scale = way
        self.layer = (layer,)  # in a tuple, so that it is no part of this module
        self.bits, self.method, self.one_scale = bits, method, one_scale
        self.register_buffer("mask", mask, persistent=False)
        self.register_buffer("scale", torch.ones(1), persistent=False)

    def masked(self, weight: torch.Tensor) -> torch.Tensor:
        """The free weight `(out, ...)` without what is pruned."""
        return weight if self.mask is None else weight * self.mask

    def refresh(self, weight: torch.Tensor) -> None:
        """Choose the scales anew for the weights as they are."""
        if self.bits is None:
            return
        values = self.masked(weight.detach())
        rows = by_output(self.layer[0], values)
        shared = rows.reshape(1, -1) if self.one_scale else rows
        self.scale = weight_scales(shared, self.bits, self.method).expand(rows.shape[0]).clone()

    def codes(self, weight: torch.Tensor) -> torch.Tensor:
        """The integers of a masked weight."""
        assert self.bits is not None
        return codes_of(self.layer[0], weight, self.scale, self.bits)

    def value(self, codes: torch.Tensor) -> torch.Tensor:
        """What integers stand for."""
        return values_of(self.layer[0], codes, self.scale)

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        weight = self.masked(weight)
        if self.bits is None:
            return weight
        value = self.value(self.codes(weight))
        return value + (weight - weight.detach())  # straight through: exactly `value`, with the gradient of `weight`


class Held:
    """The constraints of a model while they are attached."""

    def __init__(self, model: nn.Module, constraints: Constraints) -> None:
        self._parts: dict[str, tuple[nn.Module, _Constrained]] = {}
        for path, layer in weight_layers(model).items():
            bits, one_scale = constraints.bits.get(path), path in constraints.one_scale
            part = _Constrained(layer, constraints.masks.get(path), bits, (constraints.scale_method, one_scale))
            parametrize.register_parametrization(layer, "weight", part, unsafe=True)
            self._parts[path] = (layer, part)
        self.refresh()

    def refresh(self) -> None:
        """Choose the scales of all quantised layers anew."""
        for layer, part in self._parts.values():
            part.refresh(_free_weight(layer))

    def release(self) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
        """Write the constrained values into plain weights; the codes of the quantised layers."""
        codes = {}
        for path, (layer, part) in self._parts.items():
            value = part.masked(_free_weight(layer).detach())
            if part.bits is not None:
                codes[path] = (part.codes(value), part.scale)
                value = part.value(codes[path][0])
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=False)
            with torch.no_grad():
                layer.get_parameter("weight").copy_(value)
        return codes


@contextmanager
def held(model: nn.Module, constraints: Constraints) -> Iterator[Held]:
    """Attach `constraints` for the length of the block; afterwards the weights are plain and obey them exactly."""
    attached = Held(model, constraints)
    yield attached
    constraints.codes = attached.release()


def sparsity_of(masks: Mapping[str, torch.Tensor]) -> float:
    """Fraction of weights that the masks remove."""
    total = sum(mask.numel() for mask in masks.values())
    return 1 - sum(int(mask.sum()) for mask in masks.values()) / total if total else 0.0


def _free_weight(layer: nn.Module) -> torch.Tensor:
    return layer.get_parameter("parametrizations.weight.original")
