"""The rules that name activations: ReLUs, clipped ones, leaky ones of any slope."""

from math import inf, isfinite, isinf
from typing import Any

import torch

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported


def clamp(call: GraphCall) -> Found:
    """clamp(min=0) is a ReLU, clamp(0, a) a ReLU that ends at a, any other one a clip."""
    given = call.bind("min", "max", min=None, max=None)
    return _clipped(given["min"], given["max"])


def clamp_max(call: GraphCall) -> Found:
    """clamp(max=a)."""
    return _clipped(None, call.bind("max", max=None)["max"])


def hardtanh(call: GraphCall) -> Found:
    """nn.Hardtanh, nn.ReLU6 and F.hardtanh."""
    if call.module is not None:
        return _clipped(call.module.min_val, call.module.max_val)
    given = call.bind("min_val", "max_val", min_val=-1.0, max_val=1.0)
    return _clipped(given["min_val"], given["max_val"])


def relu6(call: GraphCall) -> Found:
    """F.relu6."""
    return _clipped(0.0, 6.0)


def leaky(call: GraphCall) -> Found:
    """LeakyReLU of any slope."""
    owner = call.module
    slope = owner.negative_slope if owner is not None else call.bind("slope", slope=0.01)["slope"]
    slope = call.node.kwargs.get("negative_slope", slope)
    return _leaky(float(slope)) if isinstance(slope, int | float) else unsupported("leaky ReLU with a computed slope")


def prelu(call: GraphCall) -> Found:
    """PReLU with one learned slope, or one for each channel."""
    slopes = [float(slope) for slope in call.module.weight.detach()]
    return _leaky(slopes[0]) if len(set(slopes)) == 1 else Found("prelu", {"slopes": tuple(slopes)})


def rrelu(call: GraphCall) -> Found:
    """RReLU in evaluation mode: the slope in the middle of its range."""
    return _leaky((call.module.lower + call.module.upper) / 2)


def absolute(call: GraphCall) -> Found:
    """|x|: a leaky ReLU of slope -1."""
    return _leaky(-1.0)


def _clipped(low: Any, high: Any) -> Found:
    if any(isinstance(bound, torch.Tensor) or hasattr(bound, "op") for bound in (low, high)):
        return unsupported("clamp to values that are tensors")
    if not (-inf if low is None else low) < (inf if high is None else high):
        return unsupported(f"clamp from {low} to {high}, which is one number or none")
    low, high = (None if bound is None or isinf(bound) else float(bound) for bound in (low, high))
    if low is None and high is None:
        return Found("identity")
    if low != 0:
        return Found("clip", {"low": low, "high": high})
    return Found("relu") if high is None else Found("clamp", {"limit": high})


def _leaky(slope: float) -> Found:
    if not isfinite(slope):
        return unsupported(f"leaky ReLU of slope {slope:g}")
    if slope == 0:
        return Found("relu")
    return Found("leaky_relu", {"slope": slope}) if slope > 0 else Found("prelu", {"slopes": (slope,)})
