"""What the input sends, in torch: the engine's own spikes, with the gradient of their mean (straight through).

    Direct, TtfsCode    rounding passed through
    RateCode, Bursts    1 and `limit` a step
    Poisson         `probability` a step
    JitteredPeriodic    1 / shortest - 1 / longest a step, the slope of the mean rate
    SingleBurst     the spike interpolated between the two steps next to its time: brighter is earlier
    PhaseCode           1 for each digit, so that a period of weighted digits has 2**period - 1
    SpikeSelectCode     as RateCode

`Delta` and `AddressEvents` have no image to differentiate.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn.codes import (
    Bursts,
    Code,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    SpikeSelectCode,
)
from spikewright.snn.network import Network
from spikewright.snn.reference.codes import encode as encode_reference
from spikewright.snn.twin.surrogates import straight_through


def encode(network: Network, images: Tensor, dtype: torch.dtype) -> Tensor:
    """What the input sends, `(steps, batch, *shape)`, or `(1, ...)` for what is held or sent once."""
    code, known = network.code, network.run.input_range
    pixels = images.to(torch.float32) if known is None else known.unit(images.to(torch.float32))
    pixels = pixels.to(torch.float64)
    if code.bounded:
        _check_unit(pixels)
    if code.graded:
        return _graded(code, pixels, fixed=network.numbers == "fixed").to(dtype)
    spikes = torch.from_numpy(encode_reference(network, images.detach().to(torch.float32).numpy()))
    return straight_through(spikes.to(torch.float64), MEANS[type(code)](code, pixels)).to(dtype)


def check_code(code: Code) -> None:
    """Raise InvalidNetwork for a code that has no image to differentiate."""
    if not code.graded and type(code) not in MEANS:
        raise InvalidNetwork(
            f"expected a code of images in a differentiable twin, got {type(code).__name__}; "
            "try counts of its events as images, with Direct or RateCode"
        )


def _graded(code: Code, pixels: Tensor, *, fixed: bool) -> Tensor:
    if code.levels is None:
        return pixels[None]
    scaled = pixels * code.levels
    whole = straight_through(torch.floor(scaled + 0.5), scaled)[None]
    return whole / code.levels if code.sends == "times" and not fixed else whole


def _single(code: SingleBurst, pixels: Tensor) -> Tensor:
    times = (1.0 - pixels) * (code.steps - 1)
    steps = torch.arange(code.steps, dtype=torch.float64).reshape(-1, *[1] * pixels.ndim)
    return (1.0 - (times - steps).abs()).clamp(min=0.0) * (pixels > code.silent)


def _periodic(code: JitteredPeriodic, pixels: Tensor) -> Tensor:
    return (1.0 / code.shortest - 1.0 / code.longest) * pixels * (pixels > code.silent)


MEANS: dict[type, Callable[[Any, Tensor], Tensor]] = {
    RateCode: lambda code, pixels: pixels,
    SpikeSelectCode: lambda code, pixels: pixels,
    PhaseCode: lambda code, pixels: pixels,
    Bursts: lambda code, pixels: code.limit * pixels,
    Poisson: lambda code, pixels: code.probability * pixels,
    JitteredPeriodic: _periodic,
    SingleBurst: _single,
}
"""A smooth value whose gradient stands in for that of the spikes of each step."""


def _check_unit(pixels: Tensor) -> None:
    low, high = pixels.detach().aminmax()
    if low < 0.0 or high > 1.0:
        raise InvalidInput(
            f"expected inputs in [0, 1], got {low:.3g} to {high:.3g}; put the standardisation inside the model, "
            "or try convert(..., input_range=(low, high))"
        )
