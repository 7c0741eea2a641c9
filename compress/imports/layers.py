"""The torch.nn layers that importers make, from plain tensors and numbers."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress.imports.errors import Damaged, Unsupported

Ints = Sequence[int]
_CONVS: dict[int, Any] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
_TRANSPOSED: dict[int, Any] = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
_NORMS: dict[int, Any] = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_MAX: dict[int, Any] = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_AVERAGE: dict[int, Any] = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}
_WHOLE: dict[tuple[str, int], Any] = {
    ("mean", 1): nn.AdaptiveAvgPool1d,
    ("mean", 2): nn.AdaptiveAvgPool2d,
    ("max", 1): nn.AdaptiveMaxPool1d,
    ("max", 2): nn.AdaptiveMaxPool2d,
    ("mean", 3): nn.AdaptiveAvgPool3d,
    ("max", 3): nn.AdaptiveMaxPool3d,
}


def conv(weight: torch.Tensor, bias: torch.Tensor | None, settings: dict[str, Any]) -> nn.Module:
    """A convolution of weight `(out, in/groups, *kernel)`; settings: stride, padding, dilation, groups."""
    make = _of_rank(_CONVS, weight.ndim - 2, "convolution")
    groups = _groups(settings, weight.shape[0])
    layer = make(weight.shape[1] * groups, weight.shape[0], tuple(weight.shape[2:]), bias=bias is not None, **settings)
    return _with(layer, weight=weight, bias=bias)


def conv_transpose(weight: torch.Tensor, bias: torch.Tensor | None, settings: dict[str, Any]) -> nn.Module:
    """A transposed convolution of weight `(in, out/groups, *kernel)`; settings as of `conv`, and output_padding."""
    make = _of_rank(_TRANSPOSED, weight.ndim - 2, "transposed convolution")
    groups = _groups(settings, weight.shape[0])
    layer = make(weight.shape[0], weight.shape[1] * groups, tuple(weight.shape[2:]), bias=bias is not None, **settings)
    return _with(layer, weight=weight, bias=bias)


def linear(weight: torch.Tensor, bias: torch.Tensor | None) -> nn.Module:
    """A linear layer of weight `(out, in)`."""
    if weight.ndim != 2:
        raise Unsupported(f"a product with a constant of shape {tuple(weight.shape)}", "a matrix of weights")
    if bias is not None:
        bias = bias.expand(weight.shape[0]) if bias.numel() == 1 else bias.reshape(-1)
    return _with(nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None), weight=weight, bias=bias)


def batch_norm(
    affine: tuple[torch.Tensor | None, torch.Tensor | None],
    statistics: tuple[torch.Tensor | None, torch.Tensor | None],
    eps: float,
    pixels: int,
) -> nn.Module:
    """Batch norm with `affine` = (gamma, beta) and `statistics` = (mean, variance), over up to 3 axes of pixels."""
    mean, variance = statistics
    if mean is None or variance is None:
        raise Unsupported("a batch norm that uses the statistics of its batch", "an export in evaluation mode")
    make = _of_rank(_NORMS, pixels, "batch norm")
    layer = make(mean.shape[0], eps=float(eps), affine=affine[0] is not None or affine[1] is not None)
    if layer.affine:
        gamma, beta = affine
        gamma = torch.ones_like(mean) if gamma is None else gamma
        _with(layer, weight=gamma, bias=torch.zeros_like(mean) if beta is None else beta)
    return _with(layer, running_mean=mean, running_var=variance)


def pool(kind: str, kernel: Ints, settings: dict[str, Any]) -> nn.Module:
    """Pooling of `kind` "max" or "mean" over windows; settings are those of torch.nn."""
    make = _of_rank(_MAX if kind == "max" else _AVERAGE, len(kernel), f"{kind} pooling")
    module: nn.Module = make(tuple(kernel), **settings)
    return module


def whole(kind: str, size: Ints) -> nn.Module:
    """Adaptive pooling of `kind` "max" or "mean" to `size`."""
    if (kind, len(size)) not in _WHOLE:
        raise Unsupported(f"{kind} pooling over {len(size)} axes", "up to three axes of pixels")
    module: nn.Module = _WHOLE[kind, len(size)](tuple(size) if len(size) > 1 else size[0])
    return module


def pad(widths: Ints, value: float) -> nn.Module:
    """Constant padding; `widths` begin with the last axis, as torch wants them."""
    if min(widths, default=0) < 0:
        raise Unsupported("padding that cuts off", "a convolution without that padding")
    make: Any = {2: nn.ConstantPad1d, 4: nn.ConstantPad2d, 6: nn.ConstantPad3d}.get(len(widths))
    if make is None:
        raise Unsupported("padding of other axes than up to three of pixels", "padding of height and width")
    module: nn.Module = make(tuple(widths), value)
    return module


def clip(low: float, high: float) -> nn.Module:
    """max(low, min(x, high)): a ReLU, a ReLU6, or nn.Hardtanh."""
    if low == 0 and high == float("inf"):
        return nn.ReLU()
    return nn.ReLU6() if (low, high) == (0, 6) else nn.Hardtanh(low, high)


def threshold(limit: float, value: float) -> nn.Module:
    """x where x > limit, else `value`: at 0 and 0 a ReLU."""
    return nn.ReLU() if limit == value == 0 else nn.Threshold(limit, value)


def instance_norm(channels: int, pixels: int, eps: float) -> nn.Module:
    """Instance norm, with weights to be filled; imported so that conversion can say why it refuses it."""
    make = nn.InstanceNorm2d if pixels == 2 else nn.InstanceNorm1d
    return make(channels, eps=eps, affine=True)


def prelu(slopes: torch.Tensor) -> nn.Module:
    """PReLU with one slope, or one for each channel."""
    return _with(nn.PReLU(slopes.numel()), weight=slopes.reshape(-1))


def softmax(dim: int, *, log: bool) -> nn.Module:
    """Softmax over dimension `dim` (the batch is 0), or its logarithm."""
    return nn.LogSoftmax(dim) if log else nn.Softmax(dim)


def upsample(factors: Sequence[float], size: Ints) -> nn.Module:
    """Nearest-neighbour upsampling by whole factors; `size` of the result is what says whether they are whole."""
    if any(factor != int(factor) or factor < 1 for factor in factors):
        raise Unsupported(f"resizing to {tuple(size)}", "nearest upsampling by a whole factor")
    return nn.Upsample(scale_factor=tuple(float(factor) for factor in factors), mode="nearest")


def filled(x: torch.Tensor, shape: tuple[int, ...], fill_value: float) -> torch.Tensor:
    """One number for every image of `x`, in the shape `(batch, *shape)`."""
    return x.new_full((x.shape[0], *shape), fill_value)


def repeated(x: torch.Tensor, constant: torch.Tensor) -> torch.Tensor:
    """A constant `(1, ...)` for every image of `x`."""
    return constant.expand(x.shape[0], *constant.shape[1:])


def sampled(x: torch.Tensor, grid: torch.Tensor, **settings: Any) -> torch.Tensor:
    """`x` at the same places `grid (1, ...)` for each image; settings of torch.nn.functional.grid_sample."""
    return F.grid_sample(x, grid.expand(x.shape[0], *grid.shape[1:]), **settings)


def chosen(condition: torch.Tensor, one: torch.Tensor, two: torch.Tensor) -> torch.Tensor:
    """`one` where `condition` is not 0, else `two`."""
    return torch.where(condition != 0, one, two)


def _of_rank(table: dict[int, Any], pixels: int, what: str) -> Any:
    if pixels not in table:
        raise Unsupported(f"a {what} over {pixels} axes", "up to three axes of pixels")
    return table[pixels]


def _groups(settings: dict[str, Any], channels: int) -> int:
    groups = int(settings.get("groups", 1))
    if groups < 1 or channels % groups:
        raise Damaged(f"{channels} channels in {groups} groups")
    return groups


def _with(layer: Any, **tensors: torch.Tensor | None) -> nn.Module:
    """Fill parameters and buffers; a tensor of another shape is the file's fault."""
    with torch.no_grad():
        for name, value in tensors.items():
            place = getattr(layer, name)
            if value is None:
                continue
            if place.shape != value.shape:
                raise Damaged(f"{name} has shape {tuple(value.shape)} where {tuple(place.shape)} belongs")
            place.copy_(value)
    module: nn.Module = layer
    return module
