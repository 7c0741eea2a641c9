"""The rules that name changes of shape: padding, upsampling, concatenation, tensors of one number."""

from typing import Any

from torch import fx

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported
from spikewright.compress.graph.kinds.moving import joined, moved
from spikewright.compress.graph.kinds.resampling import resampled


def filled(call: GraphCall) -> Found:
    """Zeros, ones or another number, in a shape that follows the batch."""
    name = str(getattr(call.node.target, "__name__", call.node.target))
    place = 2 if name in ("new_full", "full_like") else 1
    given = call.node.kwargs.get("fill_value", call.node.args[place] if len(call.node.args) > place else None)
    value = 0.0 if "zeros" in name else 1.0 if "ones" in name else given
    if not isinstance(value, int | float):
        return unsupported(f"{name} with a computed value")
    return Found("filled", {"value": float(value)})


def pad(call: GraphCall) -> Found:
    """Zeros around the map: (top, bottom, left, right), and `channels` of zeros (before, behind)."""
    if call.module is not None:
        widths, mode, value = call.module.padding, "constant", getattr(call.module, "value", 0.0)
    else:
        given = call.bind("pad", "mode", "value", mode="constant", value=None)
        widths, mode, value = given["pad"], given["mode"], given["value"]
    axes = len(call.sources[0])
    widths = tuple(widths) if isinstance(widths, tuple | list) else (widths,) * (2 * axes - 2)
    fixed = all(isinstance(width, int) for width in widths)
    if mode != "constant" or value not in (None, 0) or not fixed or min(widths, default=0) < 0:
        return moved(call)
    ends = [*zip(widths[::2], widths[1::2], strict=True), *[(0, 0)] * axes][:axes]  # the last axis first
    pixels = [(0, 0)] * (3 - axes) + ends[:-1][::-1]
    (top, bottom), (left, right) = ([(0, 0)] * 2 + pixels)[-2:]
    return Found("pad", {"widths": (top, bottom, left, right), "channels": ends[-1]})


def upsample(call: GraphCall) -> Found:
    """Nearest-neighbour upsampling by a whole factor for each axis."""
    names = ("size", "scale_factor", "mode", "align_corners", "recompute_scale_factor")
    defaults = {"size": None, "scale_factor": None, "mode": "nearest", "recompute_scale_factor": None}
    owner = call.module
    given = (
        {n: getattr(owner, n, defaults.get(n)) for n in names} if owner is not None else call.bind(*names, **defaults)
    )
    if given["mode"] not in ("nearest", "nearest-exact"):
        return resampled(call)
    (rows, columns), (high, wide) = call.sources[0][-2:], call.shape[-2:]
    factor = (high // rows, wide // columns)
    asked, ratio = given["scale_factor"], (high / rows, wide / columns)
    fits = asked is None or given["recompute_scale_factor"] or _both(asked) == ratio
    if len(call.shape) != 3 or ratio != _both(factor) or not fits:
        return moved(call)
    return Found("upsample", {"factor": factor})


def _both(value: Any) -> tuple[float, float]:
    return (float(value[0]), float(value[-1])) if isinstance(value, tuple | list) else (float(value), float(value))


def concat(call: GraphCall) -> Found:
    """Concatenation along the channels; along another axis it puts numbers in places of their own."""
    listed: Any = call.node.args[0] if call.node.args else call.node.kwargs["tensors"]
    if not isinstance(listed, tuple | list) or not all(isinstance(one, fx.Node) for one in listed):
        return unsupported("concatenation of a computed list")
    given = call.bind("dim", dim=0)
    dim = given.get("axis", given["dim"])
    axis = dim % (len(call.shape) + 1)
    return Found("concat", {"dim": axis}) if axis == 1 else joined(call)
