"""Layers that stand in for steps of a graph, written as text and built again: a saved file holds the text, never code."""

import json
from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.quantisers.activations import QuantizedReLU
from spikewright.compress.quantisers.sides import QuantizedFrom, QuantizedHalves

_MOST = 1 << 24
"""Numbers of a layer that a file may ask for."""
_POOL = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")
_CONV = ("in_channels", "out_channels", "kernel_size", "groups")
_FORMS: Mapping[str, tuple[type[nn.Module], tuple[str, ...]]] = {
    "Identity": (nn.Identity, ()),
    "ReLU": (nn.ReLU, ()),
    "ReLU6": (nn.ReLU6, ()),
    "Hardtanh": (nn.Hardtanh, ("min_val", "max_val")),
    "LeakyReLU": (nn.LeakyReLU, ("negative_slope",)),
    QuantizedReLU.tag: (QuantizedReLU, ("levels",)),
    QuantizedHalves.tag: (QuantizedHalves, ("levels", "channels", "learned")),
    QuantizedFrom.tag: (QuantizedFrom, ("levels", "downwards")),
    "AvgPool1d": (nn.AvgPool1d, _POOL),
    "AvgPool2d": (nn.AvgPool2d, _POOL),
    "BatchNorm1d": (nn.BatchNorm1d, ("num_features", "eps")),
    "BatchNorm2d": (nn.BatchNorm2d, ("num_features", "eps")),
    "Conv1d": (nn.Conv1d, _CONV),
    "Conv2d": (nn.Conv2d, _CONV),
}
"""By name, the layers that can be written, and the settings that make them."""


def written(module: nn.Module, source: str) -> str:
    """A layer that is computed from the step `source`, as text: its kind and settings, not its numbers.

    Raises InvalidInput for a layer that has no text, or settings that the text does not tell.
    """
    for name, (kind, settings) in _FORMS.items():
        if type(module) is kind:
            told = {setting: _plain(getattr(module, setting)) for setting in settings}
            if _are_alike(_made(name, told), module):
                return json.dumps({"kind": name, "from": source, **told}, sort_keys=True)
    raise InvalidInput(
        f"expected a substitute out of {', '.join(kind.__name__ for kind, _ in _FORMS.values())}, convolutions without bias and "
        f"padding, got {module!r:.80}; try one of these"
    )


def built(text: str) -> tuple[nn.Module, str]:
    """The layer of `written`, with numbers of its own, and the step that it reads. Raises InvalidInput for other text."""
    try:
        told = json.loads(text)
        name, source = str(told.pop("kind")), str(told.pop("from"))
        if name not in _FORMS or set(told) != set(_FORMS[name][1]) or _numbers(told) > _MOST:
            raise ValueError(f"settings of {name}")
        return _made(name, told), source
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, RecursionError) as error:
        raise InvalidInput(f"expected a layer that stands in for a step, got {text!r:.80}: {error}") from error


def _are_alike(one: nn.Module, other: nn.Module) -> bool:
    """Whether two layers of one kind have the same settings and the same tensors."""
    settings: list[str] = list(getattr(type(one), "__constants__", ()))
    same = all(getattr(one, name) == getattr(other, name) for name in settings)
    return same and one.state_dict().keys() == other.state_dict().keys()


def _made(name: str, told: Mapping[str, Any]) -> nn.Module:
    kind, _ = _FORMS[name]
    given: dict[str, Any] = {
        setting: tuple(value) if isinstance(value, list) else value for setting, value in told.items()
    }
    if kind is QuantizedReLU:
        return QuantizedReLU(int(given["levels"]), 1.0)
    if kind in (QuantizedHalves, QuantizedFrom):
        return kind(**given)
    if "in_channels" in given:
        given["bias"] = False
    with torch.random.fork_rng(devices=[]):
        return kind(**given)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _numbers(told: Mapping[str, Any]) -> int:
    """At most so many numbers does a layer of these settings have; raises ValueError for settings that are no sizes."""
    sizes = [one for value in told.values() for one in (value if isinstance(value, list) else [value])]
    if any(not isinstance(one, int | float) or one != one or abs(one) > _MOST for one in sizes):
        raise ValueError("sizes out of range")
    groups = max(1, int(told.get("groups", 1)))
    inputs = int(told.get("in_channels", told.get("num_features", 1))) // groups
    kernel = told.get("kernel_size", 1)
    taps = 1
    for size in kernel if isinstance(kernel, list) else [kernel]:
        taps *= int(size)
    return inputs * int(told.get("out_channels", 1)) * taps
