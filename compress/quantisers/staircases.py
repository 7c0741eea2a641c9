"""Putting QuantizedReLUs in the place of ReLUs, and the check that nothing else changed."""

import copy
from collections.abc import Mapping
from math import isfinite

import torch
from torch import fx

from spikewright.compress.graph.equality import check_equal
from spikewright.compress.graph.rewrite import Rewrite, apply, quantised_path
from spikewright.compress.quantisers.activations import QuantizedReLU

_FINE, _HIGH = 1 << 62, float(1 << 40)
"""A staircase of so many steps up to such a height is the ReLU itself."""


def quantise_relus(module: fx.GraphModule, levels: int, starts: Mapping[str, float]) -> tuple[Rewrite, ...]:
    """Every ReLU node named in `starts` becomes a QuantizedReLU of `levels` levels whose range begins there; the changes."""
    changes = tuple(Rewrite("quantise", name, levels) for name in starts)
    apply(module, *changes)
    with torch.no_grad():
        for name, start in starts.items():
            module.get_submodule(quantised_path(name)).get_parameter("alpha").fill_(start)
    return changes


def check_quantised(
    before: fx.GraphModule, after: fx.GraphModule, limits: Mapping[str, float], samples: torch.Tensor
) -> None:
    """Raise InvalidInput unless `after`, with staircases so fine that they are the ReLUs of `limits`, computes `before`.

    `limits[name]` is where the ReLU of that node ends, infinity for a plain one.
    """
    ends = {quantised_path(name): limit for name, limit in limits.items()}
    fine = {path: _HIGH if not isfinite(limit) else limit for path, limit in ends.items()}
    check_equal(_refined(before, {}), _refined(after, fine), samples, "the quantised graph", "activation_bits=None")


def _refined(module: fx.GraphModule, heights: Mapping[str, float]) -> fx.GraphModule:
    copied = copy.deepcopy(module)
    for path, part in copied.named_modules():
        if isinstance(part, QuantizedReLU):
            part.levels = _FINE
            with torch.no_grad():
                part.alpha.fill_(heights.get(path, _HIGH))
    return copied
