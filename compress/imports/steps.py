"""One list of steps, whatever it was read from, and what may be joined in it."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers

_BIASED = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.Linear)


@dataclass(frozen=True, eq=False)
class Flow:
    """A value that depends on the input: the step that makes it, and its shape without the batch.

    Files that keep channels last are read with channels first. `axes[i]` is then the axis of the value here that is axis
    i in the file (batch included), and, once flattened, `order[j]` the place here of number j in the file.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[int, ...] | None = None
    order: torch.Tensor | None = None

    @property
    def rank(self) -> int:
        """The number of dimensions with the batch."""
        return len(self.shape) + 1


@dataclass
class Step:
    """A layer, or a function of flows, constants and numbers."""

    name: str
    call: nn.Module | Callable[..., Any]
    args: tuple[Any, ...]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def sources(self) -> list[str]:
        """The steps that it reads."""
        listed = [one for arg in self.args for one in (arg if isinstance(arg, list) else [arg])]
        return [one.name for one in listed if isinstance(one, Flow)]


def merged(steps: list[Step], answer: Flow) -> tuple[list[Step], Flow]:
    """Fewer steps, where nobody else reads what comes between.

    layer(x) + constant for each channel is a layer with a bias, min(max(x, low), high) one clipped ReLU.
    """
    readers = [source for step in steps for source in step.sources] + [answer.name]
    by_name = {step.name: step for step in steps}
    moved: dict[str, str] = {}
    kept: list[Step] = []
    for step in steps:
        step.args = tuple(_moved(arg, moved) for arg in step.args)
        source = by_name.get(step.sources[0]) if len(step.sources) == 1 else None
        if (
            source is not None
            and readers.count(source.name) == 1
            and (_into_bias(step, source) or _into_clip(step, source))
        ):
            moved[step.name] = source.name
            readers = [source.name if one == step.name else one for one in readers if one != source.name]
        else:
            kept.append(step)
    return kept, _moved(answer, moved)


def _moved(value: Any, moved: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_moved(one, moved) for one in value]
    return replace(value, name=moved.get(value.name, value.name)) if isinstance(value, Flow) else value


def _into_bias(step: Step, source: Step) -> bool:
    layer: Any = source.call
    if step.call is not operator.add or not isinstance(layer, _BIASED):
        return False
    constant = torch.as_tensor(next(arg for arg in step.args if not isinstance(arg, Flow)))
    channels = layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels
    pixels = 0 if isinstance(layer, nn.Linear) else len(layer.kernel_size)
    lead = constant.reshape((1,) * (2 + pixels - constant.ndim) + tuple(constant.shape))
    if constant.ndim > 2 + pixels or lead.shape[1] not in (1, channels) or lead.numel() != lead.shape[1]:
        return False
    with torch.no_grad():
        added = lead.reshape(-1).to(layer.weight.dtype).expand(channels)
        layer.bias = nn.Parameter(added.clone() if layer.bias is None else layer.bias + added)
    return True


def _into_clip(step: Step, source: Step) -> bool:
    """Two clips in a row are one."""
    one, two = _bounds(source.call), _bounds(step.call)
    if one is None or two is None:
        return False
    low, high = (min(max(bound, two[0]), two[1]) for bound in one)
    if not low < high:
        return False
    source.call = layers.clip(low, high)
    return True


def _bounds(call: Any) -> tuple[float, float] | None:
    if isinstance(call, nn.Hardtanh):  # ReLU6 is one
        return float(call.min_val), float(call.max_val)
    return (0.0, inf) if isinstance(call, nn.ReLU) else None
