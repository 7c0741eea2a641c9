"""Two steps that are one layer: a bias that is added afterwards, a clip behind a clip.

Conv (no bias) -> Add (one number for each channel)    becomes    Conv (bias)
Max(x, 0) -> Min(x, 6)                                 becomes    ReLU6
ReLU -> QuantizedReLU                                  becomes    QuantizedReLU
"""

import operator
from dataclasses import replace
from math import inf
from typing import Any

import torch
from torch import nn

from spikewright.compress.imports import layers
from spikewright.compress.imports.steps import ImportedStep, ImportedValue, values_in, with_values
from spikewright.compress.quantisers.activations import QuantizedReLU

_BIASED = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.Linear)


def merged(steps: list[ImportedStep], answer: Any) -> tuple[list[ImportedStep], Any]:
    """`steps` and `answer` with every step put into the one before it where that is the same layer, and where nothing else
    reads the value between the two."""
    readers = [source for step in steps for source in step.sources]
    readers += [value.name for value in values_in(answer)]
    by_name = {step.name: step for step in steps}
    moved: dict[str, str] = {}
    kept: list[ImportedStep] = []
    for step in steps:
        step.args = _moved(step.args, moved)
        source = by_name.get(step.sources[0]) if len(step.sources) == 1 else None
        if source is not None and readers.count(source.name) == 1 and _joined(step, source):
            moved[step.name] = source.name
            readers = [source.name if one == step.name else one for one in readers if one != source.name]
        else:
            kept.append(step)
    return kept, _moved(answer, moved)


def _moved(value: Any, moved: dict[str, str]) -> Any:
    """`value`, or all values in arguments, under the names of the steps that make them now."""
    return with_values(value, lambda one: replace(one, name=moved.get(one.name, one.name)))


def _joined(step: ImportedStep, source: ImportedStep) -> bool:
    """Put `step` into `source`, the one before it; False when they are two layers."""
    return _into_bias(step, source) or _into_clip(step, source) or _into_levels(step, source)


def _into_bias(step: ImportedStep, source: ImportedStep) -> bool:
    """One number for each channel, added behind a layer, is its bias."""
    layer: Any = source.call
    if step.call is not operator.add or not isinstance(layer, _BIASED):
        return False
    constant = torch.as_tensor(next(arg for arg in step.args if not isinstance(arg, ImportedValue)))
    channels = layer.out_features if isinstance(layer, nn.Linear) else layer.out_channels
    rank = 2 if isinstance(layer, nn.Linear) else 2 + len(layer.kernel_size)
    if constant.ndim > rank:
        return False
    lead = constant.reshape((1,) * (rank - constant.ndim) + tuple(constant.shape))
    if lead.shape[1] not in (1, channels) or lead.numel() != lead.shape[1]:
        return False
    with torch.no_grad():
        added = lead.reshape(-1).to(layer.weight.dtype).expand(channels)
        layer.bias = nn.Parameter(added.clone() if layer.bias is None else layer.bias + added)
    return True


def _into_clip(step: ImportedStep, source: ImportedStep) -> bool:
    """Two clips in a row are one."""
    one, two = _bounds(source.call), _bounds(step.call)
    if one is None or two is None:
        return False
    low, high = (min(max(bound, two[0]), two[1]) for bound in one)
    if not low < high:
        return False
    source.call = layers.clip(low, high)
    return True


def _into_levels(step: ImportedStep, source: ImportedStep) -> bool:
    """Levels above 0 behind a ReLU, clipped or not, are a quantised ReLU alone, with fewer levels behind a clip."""
    bounds, law = _bounds(source.call), step.call
    if bounds is None or bounds[0] != 0 or not isinstance(law, QuantizedReLU):
        return False
    if bounds[1] >= law.clip:
        source.call = law
        return True
    unit = law.clip / law.levels
    levels = int(bounds[1] / unit + 0.5)
    if levels < 1:
        return False
    source.call = QuantizedReLU(levels, levels * unit)
    return True


def _bounds(call: Any) -> tuple[float, float] | None:
    if isinstance(call, nn.Hardtanh):  # ReLU6 is one
        return float(call.min_val), float(call.max_val)
    return (0.0, inf) if isinstance(call, nn.ReLU) else None
