"""Learned thresholds: every ReLU of a model becomes a QuantizedReLU, to train with from the start or to fine-tune."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress.graph.models import as_module, check_finite, plain_copy
from spikewright.compress.graph.observe import inputs_of
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.tracing import traced
from spikewright.compress.graph.view import trace
from spikewright.compress.quantisers.activations import QuantizedReLU, clip_range
from spikewright.compress.quantisers.staircases import check_quantised, quantise_relus
from spikewright.compress.training.data import device_of, tensor_of
from spikewright.compress.training.threads import steady_threads
from spikewright.inputs import as_images

_PLAIN = (F.relu, F.relu_, torch.relu, torch.relu_, "relu", "relu_")
_CLAMPS = (torch.clamp, torch.clamp_, "clamp", "clamp_", torch.clip, torch.clip_, "clip", "clip_")
_LOW_CLAMPS = (torch.clamp_min, torch.clamp_min_, "clamp_min", "clamp_min_")
_DROPOUTS = {F.dropout: nn.Dropout, F.dropout1d: nn.Dropout1d, F.dropout2d: nn.Dropout2d}


@dataclass(frozen=True)
class Ranges:
    """How clip ranges begin.

    Without images every range is `alpha` (8, as in the paper). With images it is the `percentile` of the positive
    inputs of that ReLU, or, with None, the range of least squared error.
    """

    alpha: float = 8.0
    percentile: float | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.alpha) and self.alpha > 0):
            raise InvalidInput(f"expected a positive finite clip range, got alpha={self.alpha}; try alpha=8")
        if self.percentile is not None and not 0 < self.percentile <= 100:
            raise InvalidInput(f"expected a percentile in (0, 100], got {self.percentile}; try 99.9")


def learned_thresholds(
    model: Any, levels: int, samples: torch.Tensor | np.ndarray | None = None, *, ranges: Ranges | None = None
) -> fx.GraphModule:
    """A trainable copy of `model` in which every ReLU is a `QuantizedReLU` of `levels` levels with a clip range of its own.

    y = alpha/levels * clip(floor(x levels/alpha + 1/2), 0, levels), the activation of QCFS (quantise, clip, floor, shift;
    Bu et al., arXiv 2303.04347), whose threshold theta is `alpha` and whose steps L are `levels`. Its gradients are
    those of that paper: dy/dx = 1 and dy/dalpha = (y - x)/alpha inside the range, 0 and 1 above it, 0 below; LSQ
    (arXiv 1902.08153) has the same for its step alpha/levels, before it scales them. `conversion.converting` takes the result
    as it is: an integrate-and-fire layer with theta = alpha, steps = levels and half a threshold of initial potential.

    nn.ReLU, nn.ReLU6, their functions and methods, and clamp from 0 are replaced, once for each call: a ReLU module that is
    called twice gets two ranges. An older QuantizedReLU gets the new levels. Other activations stay as they are,
    and zeros of the weights are weights like others. Batch norms stay and train on, and so does
    dropout. The copy is on the device and in the mode of `model`, in float32.

    `samples` are images `(samples, C, H, W)` that find the ranges in evaluation mode (see `Ranges`). Without them no
    shape is needed, so that `learned_thresholds(fresh, levels).load_state_dict(saved)` builds a trained one again.
    With them the copy is also compared with the model.
    After each optimiser step call `keep_ranges_positive`, as `fit` does with it as a hook.
    Raises InvalidInput when `levels` < 1, when there is no ReLU, and as `trace` does.
    """
    ranges = ranges or Ranges()
    QuantizedReLU(levels, ranges.alpha)  # a wrong number should not wait for the rest
    before, module, images = _graph(model, samples)
    limits = {node.name: limit for node in module.graph.nodes if (limit := _limit(node, module)) is not None}
    if not limits:
        raise InvalidInput("expected at least one ReLU to replace, got none; try a model with ReLU activations")
    with steady_threads(module, images):
        starts = _starts(module, limits, images, ranges, levels)
    quantise_relus(module, levels, starts)
    if images is not None:
        check_quantised(before, module, limits, images)
    inner = as_module(model)
    return module.train(inner.training).to(device_of(inner))


def _graph(
    model: Any, samples: torch.Tensor | np.ndarray | None
) -> tuple[fx.GraphModule, fx.GraphModule, torch.Tensor | None]:
    """The graph of a copy, and another with functional dropout as modules that follow the mode."""
    if samples is None:
        root = plain_copy(model)
        check_finite(root)
        module, images = traced(root), None
    else:
        images = tensor_of(as_images(samples, "samples"))
        module = trace(model, images).graph_module
    before = copy.deepcopy(module)
    _restore_dropout(module, traced(plain_copy(model).train(), None if images is None else images[:1]))
    return before, module, images


def _restore_dropout(module: fx.GraphModule, training: fx.GraphModule) -> None:
    """F.dropout(x, p, self.training) was recorded for evaluation: as a module it is on in training again."""
    for other in training.graph.nodes:
        kind = _DROPOUTS.get(other.target) if other.op == "call_function" else None
        if kind is None or other.name not in {node.name for node in module.graph.nodes}:
            continue
        node, given = find(module, other.name), _bound(other, "p", "training", p=0.5, training=True)
        if node.target is other.target and given["training"] and not _bound(node, "p", "training")["training"]:
            path = f"restored_{node.name}"
            module.add_submodule(path, kind(given["p"]))
            with module.graph.inserting_after(node):
                new = module.graph.call_module(path, (node.all_input_nodes[0],))
            node.replace_all_uses_with(new)
            module.graph.erase_node(node)
    module.recompile()


def _bound(node: fx.Node, *names: str, **defaults: Any) -> dict[str, Any]:
    return {**defaults, **dict(zip(names, node.args[1:], strict=False)), **node.kwargs}


def _limit(node: fx.Node, root: fx.GraphModule) -> float | None:
    """Where the ReLU at `node` ends (infinity for a plain one); None for a node that is no ReLU."""
    if node.op == "call_module":
        return _module_limit(root.get_submodule(str(node.target)))
    if node.op not in ("call_function", "call_method"):
        return None
    if node.target in _PLAIN:
        return inf
    if node.target is F.relu6:
        return 6.0
    if node.target is F.hardtanh:
        return _clamp_limit(_bound(node, "min_val", "max_val", min_val=-1.0, max_val=1.0))
    if node.target in (*_CLAMPS, *_LOW_CLAMPS):
        return _clamp_limit(_bound(node, "min", "max", min=None, max=None))
    return None


def _module_limit(module: Any) -> float | None:
    if isinstance(module, nn.Hardtanh):  # ReLU6 is one
        return _clamp_limit({"min": module.min_val, "max": module.max_val})
    return inf if isinstance(module, nn.ReLU | QuantizedReLU) else None


def _clamp_limit(given: Mapping[str, Any]) -> float | None:
    low, high = given.get("min", given.get("min_val")), given.get("max", given.get("max_val"))
    if not isinstance(low, int | float) or low != 0:
        return None
    if high is None:
        return inf
    return float(high) if isinstance(high, int | float) and high > 0 else None


def _starts(
    module: fx.GraphModule, limits: Mapping[str, float], images: torch.Tensor | None, ranges: Ranges, levels: int
) -> dict[str, float]:
    if images is None:
        return {name: min(ranges.alpha, limit) for name, limit in limits.items()}
    seen = inputs_of(module, limits.keys(), images)
    return {name: min(start_of(seen[name], ranges, levels), limit) for name, limit in limits.items()}


def start_of(values: torch.Tensor, ranges: Ranges, levels: int) -> float:
    """Where the clip range of a ReLU of `levels` levels begins, from values `(n,)` that enter it."""
    if ranges.percentile is None:
        return clip_range(values, levels)
    positive = values[values > 0].double()
    if positive.numel() == 0:
        return ranges.alpha
    top = torch.quantile(positive, ranges.percentile / 100)
    return max(float(top), torch.finfo(torch.float32).tiny)
