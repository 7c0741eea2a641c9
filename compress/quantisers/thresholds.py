"""Learned thresholds: every ReLU of a model becomes a QuantizedReLU, to train with from the start or to fine-tune."""

import copy
from typing import Any

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress.graph.models import as_module, check_finite, plain_copy
from spikewright.compress.graph.rewrite import find
from spikewright.compress.graph.tracing import traced
from spikewright.compress.graph.view import trace, view_of
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.bends import bends_of, bends_without_shapes
from spikewright.compress.quantisers.gathering import gathered
from spikewright.compress.quantisers.staircases import Levelled, RangeStart, check_quantised, quantise_bends
from spikewright.compress.quantisers.starting import Ranges, starts_of, starts_without_images
from spikewright.compress.training.data import device_of, tensor_of
from spikewright.compress.training.threads import steady_threads
from spikewright.inputs import as_images
from spikewright.progress import watched

_DROPOUTS = {F.dropout: nn.Dropout, F.dropout1d: nn.Dropout1d, F.dropout2d: nn.Dropout2d}


@watched
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
    called twice gets two ranges. An older QuantizedReLU gets the new levels. With `samples`, LeakyReLU, PReLU, RReLU (as in
    evaluation), |x| and clamps around zero become a `QuantizedHalves`, clamps elsewhere, and values of both signs that one
    population has to send, a `QuantizedFrom`. Other activations stay as they are,
    and zeros of the weights are weights like others. Batch norms stay and train on, and so does
    dropout. The copy is on the device and in the mode of `model`, in float32.

    `samples` are images `(samples, C, H, W)` that find the ranges in evaluation mode (see `Ranges`). Without them no
    shape is needed, so that `learned_thresholds(fresh, levels).load_state_dict(saved)` builds a trained one again.
    With them the copy is also compared with the model.
    After each optimiser step call `keep_ranges_positive`, as `fit` does with it as a hook.
    Raises InvalidInput when `levels` < 1, when there is no activation to replace, without samples when there are others than
    ReLUs, and as `trace` does.
    """
    ranges = ranges or Ranges()
    QuantizedReLU(levels, ranges.alpha)  # a wrong number should not wait for the rest
    before, module, images = _graph(model, samples)
    placed = _placed(module, images)
    with steady_threads(module, images):
        starts = _starts(module, placed, images, ranges, levels)
    quantise_bends(module, placed, levels, starts)
    if images is not None:
        check_quantised(before, module, placed, images)
    inner = as_module(model)
    return module.train(inner.training).to(device_of(inner))


def _placed(module: fx.GraphModule, images: torch.Tensor | None) -> Levelled:
    """The activations that get levels; without images only ReLUs, since the place of others depends on shapes."""
    if images is None:
        placed = Levelled(bends_without_shapes(module))
        others = [one.node for one in placed.bends.values() if not one.one_sided]
        if others:
            named = ", ".join(others)
            raise InvalidInput(
                f"expected samples for activations that are no ReLUs, got none for {named}; try samples=images"
            )
    else:
        view = view_of(module, tuple(images.shape[1:]))
        bends = bends_of(view)
        placed = Levelled(bends, gathered(view, bends))
    if not placed.bends:
        raise InvalidInput("expected at least one ReLU to replace, got none; try a model with ReLU activations")
    return placed


def _starts(
    module: fx.GraphModule, placed: Levelled, images: torch.Tensor | None, ranges: Ranges, levels: int
) -> dict[str, RangeStart]:
    if images is None:
        return starts_without_images({name: one.high for name, one in placed.bends.items()}, ranges)
    return starts_of(module, placed, images, levels, ranges)


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
