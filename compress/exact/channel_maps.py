"""An affine map of channels, and how each kind of layer takes one in on its outputs or its inputs, exactly."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from spikewright import SpikewrightError
from spikewright.compress.exact.precision import rounded, unrounded

CONVS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


class Stuck(SpikewrightError):
    """A map cannot go this way; the text says where it stopped and why."""


@dataclass(frozen=True, eq=False)
class ChannelMap:
    """y_c = scale_c * x_c + shift_c, float64, both `(channels,)`."""

    scale: torch.Tensor
    shift: torch.Tensor

    def part(self, start: int, stop: int) -> "ChannelMap":
        """The map of the channels from `start` to `stop`."""
        return ChannelMap(self.scale[start:stop], self.shift[start:stop])

    def only_scale(self) -> "ChannelMap":
        """The same scale without the shift."""
        return ChannelMap(self.scale, torch.zeros_like(self.shift))

    @property
    def shifts(self) -> bool:
        """True when some channel is shifted."""
        return bool(self.shift.any())


@dataclass(frozen=True, eq=False)
class Edit:
    """A layer that takes in `change` on its "output" (backward) or "input" (forward) channels."""

    path: str
    side: str
    change: ChannelMap


def map_of(norm: Any) -> ChannelMap:
    """A batch norm in evaluation mode: scale = gamma / sqrt(var + eps), shift = beta - mean * scale."""
    mean, variance = norm.running_mean.double(), norm.running_var.double()
    gamma = torch.ones_like(mean) if norm.weight is None else unrounded(norm.weight)
    beta = torch.zeros_like(mean) if norm.bias is None else unrounded(norm.bias)
    scale = gamma / torch.sqrt(variance + norm.eps)
    return ChannelMap(scale, beta - mean * scale)


def needs(layer: nn.Module, edit: Edit) -> str | None:
    """The parameters that the layer lacks for this edit: "bias", "affine" (batch norm), or None."""
    return law_of(layer).needs(layer, edit)


def take(layer: Any, edit: Edit, *, remember: bool = False) -> None:
    """Give the layer new parameters; those that it had stay as they are, for whoever else holds them.

    `remember`: what they are before they are rounded is kept beside them, see `precision`.
    """
    new, offset = law_of(layer).taken(layer, edit)
    layer.weight = rounded(new, layer.weight, remember)
    if offset is not None:
        layer.bias = rounded(offset, layer.bias, remember)


def law_of(layer: nn.Module | None) -> "_Rows | _Norm":
    return next(law for kinds, law in _LAWS if isinstance(layer, kinds))


class _Rows:
    """A layer whose weight is `(out, in / groups, ...)`."""

    def needs(self, layer: Any, edit: Edit) -> str | None:
        return "bias" if layer.bias is None and edit.change.shifts else None

    def check_shift(self, name: str, layer: Any) -> None:
        """Raises Stuck where a shift of the input does not reach every sum in full."""

    def taken(self, layer: Any, edit: Edit) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weight and bias after the edit, float64."""
        change, weight = edit.change, unrounded(layer.weight)
        bias = None if layer.bias is None else unrounded(layer.bias)
        if edit.side == "output":
            new = weight * self.outputs(change.scale, weight, layer)
            return new, None if bias is None else bias * change.scale + change.shift
        shift = weight * self.inputs(change.shift, weight, layer) if change.shifts else None
        new = weight * self.inputs(change.scale, weight, layer)
        return new, bias if bias is None or shift is None else bias + self.sums(shift, layer)

    def outputs(self, values: torch.Tensor, weight: torch.Tensor, layer: Any) -> torch.Tensor:
        """`values (out,)` in a shape that multiplies the weight."""
        return _on_rows(values, weight)

    def inputs(self, values: torch.Tensor, weight: torch.Tensor, layer: Any) -> torch.Tensor:
        """`values (in,)` in a shape that multiplies the weight."""
        return _on_columns(values, weight, layer)

    def sums(self, products: torch.Tensor, layer: Any) -> torch.Tensor:
        """The sum over everything but the output channels, `(out,)`."""
        return products.flatten(1).sum(1)


class _Convolution(_Rows):
    """Padding with zeros is not shifted with the input."""

    def check_shift(self, name: str, layer: Any) -> None:
        if layer.padding_mode == "zeros" and layer.padding != "valid" and any(layer.padding):
            if layer.padding != "same" or set(layer.kernel_size) != {1}:
                raise Stuck(f"{name} pads with zeros")


class _Transposed(_Rows):
    """A layer whose weight is `(in, out / groups, ...)`."""

    def check_shift(self, name: str, layer: Any) -> None:
        if set(layer.kernel_size) | set(layer.stride) != {1} or any(layer.padding) or any(layer.output_padding):
            raise Stuck(f"{name} is a transposed convolution that spreads a shift unevenly")

    def outputs(self, values: torch.Tensor, weight: torch.Tensor, layer: Any) -> torch.Tensor:
        return _on_columns(values, weight, layer)

    def inputs(self, values: torch.Tensor, weight: torch.Tensor, layer: Any) -> torch.Tensor:
        return _on_rows(values, weight)

    def sums(self, products: torch.Tensor, layer: Any) -> torch.Tensor:
        rows = products.reshape(layer.groups, -1, products.shape[1], *products.shape[2:])
        return rows.flatten(3).sum(dim=(1, 3)).flatten() if rows.ndim > 3 else rows.sum(1).flatten()


class _Norm:
    """A batch norm, a map of its own; its statistics stay as they are."""

    def needs(self, layer: Any, edit: Edit) -> str | None:
        return "affine" if layer.weight is None else None

    def check_shift(self, name: str, layer: Any) -> None:
        """Every channel is shifted for itself."""

    def taken(self, layer: Any, edit: Edit) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Weight and bias that give scale * (old) + shift, or old(scale * x + shift)."""
        old, change = map_of(layer), edit.change
        scale = old.scale * change.scale
        shift = (
            old.shift * change.scale + change.shift if edit.side == "output" else old.scale * change.shift + old.shift
        )
        deviation = torch.sqrt(layer.running_var.double() + layer.eps)
        return scale * deviation, shift + layer.running_mean.double() * scale


_LAWS: tuple[tuple[tuple[type[nn.Module], ...], _Rows | _Norm], ...] = (
    (NORMS, _Norm()),
    (TRANSPOSED, _Transposed()),
    (CONVS, _Convolution()),
    ((nn.Linear,), _Rows()),
)


def _on_rows(values: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """One value for each row of the weight."""
    return values.reshape(-1, *[1] * (weight.ndim - 1))


def _on_columns(values: torch.Tensor, weight: torch.Tensor, layer: Any) -> torch.Tensor:
    """One value for each channel of the second axis, where channel c of group g stands at place c of the rows of that group."""
    groups = getattr(layer, "groups", 1)
    grouped = values.reshape(groups, weight.shape[1]).repeat_interleave(weight.shape[0] // groups, 0)
    return grouped.reshape(*weight.shape[:2], *[1] * (weight.ndim - 2))
