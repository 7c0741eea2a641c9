"""What stands in for a gate, whose factors depend on the image: factors that do not."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress.adapting.places import Kind, Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.base import Substitute

_SCALES: dict[int, Any] = {2: nn.Conv1d, 3: nn.Conv2d}


@dataclass(frozen=True)
class NoGate(Substitute):
    """Nothing for a gate: its value passes as it is."""

    kind: ClassVar[Kind] = "gate"

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """nn.Identity."""
        return nn.Identity()


@dataclass(frozen=True)
class ConstantGate(Substitute):
    """One number for each channel for a gate, at first the mean of its factors on the data; folded into the layers around it."""

    kind: ClassVar[Kind] = "gate"

    def made(self, place: Place, seen: Seen) -> nn.Module:
        """A convolution of 1x1 with one weight for each channel. Raises InvalidInput for values without pixels."""
        make = _SCALES.get(len(place.shape))
        if make is None:
            raise InvalidInput(
                f"expected a gate over maps (C, H, W) or (C, L) for a constant gate, got {place.shape} at {place.name}; "
                "try no_gate"
            )
        channels = place.shape[0]
        with torch.random.fork_rng(devices=[]):
            scale: nn.Module = make(channels, channels, 1, groups=channels, bias=False)
        with torch.no_grad():
            scale.get_parameter("weight").copy_(
                _by_channel(seen.mean, channels).reshape(channels, *[1] * len(place.shape))
            )
        return scale


def _by_channel(mean: torch.Tensor, channels: int) -> torch.Tensor:
    """Factors of pixels, the same for all channels, have one mean."""
    return mean.expand(channels) if len(mean) == 1 else mean
