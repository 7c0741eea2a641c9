"""The rules that name activations: ReLUs, clipped ones and leaky ones."""

from typing import Any

import torch

from spikewright.compress.graph.kinds.call import Found, GraphCall, unsupported


def clamp(call: GraphCall) -> Found:
    """clamp(min=0) is a ReLU, clamp(0, a) a ReLU that ends at a."""
    given = call.bind("min", "max", min=None, max=None)
    return _clipped(given["min"], given["max"])


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
    """LeakyReLU with a slope of at least 0."""
    owner = call.module
    slope = owner.negative_slope if owner is not None else call.bind("slope", slope=0.01)["slope"]
    slope = call.node.kwargs.get("negative_slope", slope)
    return _leaky(slope)


def prelu(call: GraphCall) -> Found:
    """PReLU whose learned slope is one number, not below 0."""
    slopes = call.module.weight.detach()
    if not bool((slopes == slopes[0]).all()):
        return unsupported("PReLU with a slope of its own for each channel")
    return _leaky(float(slopes[0]))


def _clipped(low: Any, high: Any) -> Found:
    if any(isinstance(bound, torch.Tensor) or hasattr(bound, "op") for bound in (low, high)):
        return unsupported("clamp to values that are tensors")
    if low is None or low != 0:
        return unsupported(f"clamp from {low} to {high}, which does not begin at 0")
    if high is None:
        return Found("relu")
    return Found("clamp", {"limit": float(high)}) if high > 0 else unsupported(f"clamp from 0 to {high}")


def _leaky(slope: Any) -> Found:
    if not isinstance(slope, int | float):
        return unsupported("leaky ReLU with a computed slope")
    if slope == 0:
        return Found("relu")
    return Found("leaky_relu", {"slope": float(slope)}) if slope > 0 else unsupported(f"leaky ReLU of slope {slope:g}")
