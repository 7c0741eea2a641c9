"""What stands in for norms that depend on the image, and for max pooling."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from spikewright.compress.adapting.places import Kind, Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.base import Substitute

_NORMS: dict[int, Any] = {1: nn.BatchNorm1d, 2: nn.BatchNorm1d, 3: nn.BatchNorm2d}


@dataclass(frozen=True)
class BatchNorm(Substitute):
    """A batch norm for a layer, group, instance or local response norm, with the statistics of the data."""

    kind: ClassVar[Kind] = "norm"

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """nn.BatchNorm1d or 2d that is, for each channel, the line through what enters and leaves the norm."""
        norm = _NORMS[len(place.shape)](place.shape[0])
        slope, offset = seen.line
        with torch.no_grad():
            norm.running_mean.copy_(seen.mean)
            norm.running_var.copy_(seen.variance)
            norm.weight.copy_(slope * torch.sqrt(seen.variance + norm.eps))
            norm.bias.copy_(offset + slope * seen.mean)
        made: nn.Module = norm
        return made


@dataclass(frozen=True)
class AveragePool(Substitute):
    """Average pooling over the same windows for max pooling, of which hardware has none."""

    kind: ClassVar[Kind] = "pooling"

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """nn.AvgPool1d or 2d; zeros at the border count."""
        window = place.window
        flat = len(place.shape) == 2
        kernel, stride, padding = (
            window[name][1] if flat else window[name] for name in ("kernel", "stride", "padding")
        )
        make: Any = nn.AvgPool1d if flat else nn.AvgPool2d
        made: nn.Module = make(kernel, stride, padding, ceil_mode=any(window["extra"]))
        return made
