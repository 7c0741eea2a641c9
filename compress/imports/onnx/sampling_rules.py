"""ONNX operators that read an image between its pixels: GridSample, AffineGrid.

At constant places each number is a sum of some pixels with fixed shares, nearest ones a selection:

    y[n, c, t] = sum over p of x[n, c, p] shares[p, t]
"""

from collections.abc import Mapping
from math import prod
from typing import Any

import torch
from torch.nn import functional as F

from spikewright.compress.imports import arranging, layers
from spikewright.compress.imports.calls import OpenSizes
from spikewright.compress.imports.errors import Damaged, Unsupported
from spikewright.compress.imports.onnx.call import OnnxCall
from spikewright.compress.imports.onnx.places import fixed, is_fixed
from spikewright.compress.imports.steps import ImportedValue

_MODES = {"linear": "bilinear", "bilinear": "bilinear", "cubic": "bicubic", "bicubic": "bicubic", "nearest": "nearest"}
_MOST_SHARES = 1 << 24
"""Shares that are kept as a matrix; beyond, the places are."""


def grid_sample(call: OnnxCall) -> ImportedValue:
    """GridSample: at constant places a map of pixels, at others a function of two values."""
    source = call.value()
    mode, beyond = str(call.attr("mode", "linear")), str(call.attr("padding_mode", "zeros"))
    if mode not in _MODES or beyond not in ("zeros", "border", "reflection"):
        raise Damaged(f"places read by {mode!r}, with {beyond!r} around")
    settings = {"mode": _MODES[mode], "padding_mode": beyond, "align_corners": bool(call.attr("align_corners", 0))}
    if not is_fixed(call, 1):
        return call.function(F.grid_sample, source, call.value(1), **settings)
    grid = torch.from_numpy(fixed(call, 1).astype("float32"))
    if not bool(torch.isfinite(grid).all()) or grid.ndim != source.rank or grid.shape[-1] != source.rank - 2:
        raise Damaged(f"places of shape {tuple(grid.shape)}, or NaN among them, for a value of shape {source.shape}")
    if len(grid) != (call.batch or 1) or bool((grid != grid[:1]).any()):
        raise Unsupported("places that differ between images", "the same places for all images")
    return read_between(call, source, grid[:1], settings)


def read_between(
    call: OnnxCall, source: ImportedValue, grid: torch.Tensor, settings: Mapping[str, Any]
) -> ImportedValue:
    """The pixels of `source` at the places `grid (1, ..., axes)`, from -1 to 1 along each axis, the last one first.

    settings: as torch.nn.functional.grid_sample takes them.
    """
    sizes, made = source.shape[1:], tuple(grid.shape[1:-1])
    if settings["mode"] != "nearest" and prod(sizes) * prod(made) > _MOST_SHARES:
        return call.function(layers.sampled, source, grid, **settings)
    flat = arranging.reshaped(call, source, (source.shape[0], prod(sizes)))
    if settings["mode"] == "nearest":
        read = _nearest(call, flat, grid, sizes, settings)
    else:
        images = torch.eye(prod(sizes), dtype=torch.float64).reshape(1, -1, *sizes)
        shares = F.grid_sample(images, grid.double(), **settings).reshape(prod(sizes), -1).float()
        read = call.function(torch.matmul, flat, shares)
    return arranging.reshaped(call, read, (source.shape[0], *made))


def _nearest(
    call: OnnxCall, flat: ImportedValue, grid: torch.Tensor, sizes: tuple[int, ...], settings: Mapping[str, Any]
) -> ImportedValue:
    """The pixels that are nearest, zeros outside. Refused where they are too many to be counted in float32."""
    count = prod(sizes)
    if count >= 1 << 24:
        raise Unsupported(f"nearest places of {count:,} pixels", "fewer pixels")
    numbers = torch.arange(1, count + 1, dtype=torch.float32).reshape(1, 1, *sizes)
    places = F.grid_sample(numbers, grid, **settings).reshape(-1).long() - 1
    if bool((places < 0).any()):
        flat = call.function(F.pad, flat, [0, 1])
        places = torch.where(places < 0, count, places)
    return arranging.picked(call, flat, 2, places.tolist())


def affine_grid(call: OnnxCall) -> ImportedValue:
    """AffineGrid of matrices that depend on the image: (x, y, 1) of each place times its transpose."""
    theta, given = call.value(), call.given(1)
    sizes = list(given.values) if isinstance(given, OpenSizes) else call.ints("", 1) or []
    axes = len(sizes) - 2
    whole = [size for size in sizes[2:] if size is not None]
    if axes not in (2, 3) or theta.shape != (axes, axes + 1) or len(whole) < axes or min(whole) < 1:
        raise Damaged(f"places of {sizes} by matrices of shape {theta.shape}")
    if sizes[0] not in (None, call.batch):
        raise Unsupported(f"places of {sizes[0]} images", "as many as images of the batch")
    base = F.affine_grid(
        torch.eye(axes, axes + 1)[None], [1, 1, *whole], align_corners=bool(call.attr("align_corners", 0))
    )
    ones = torch.cat([base.reshape(1, -1, axes), torch.ones(1, prod(whole), 1)], dim=-1)
    turned = call.function(torch.transpose, theta, 1, 2)
    return arranging.reshaped(call, call.function(torch.matmul, ones, turned), (*whole, axes))
