"""The recipes for the quantised CNN itself, and for the spiking networks that equal it."""

from dataclasses import dataclass
from typing import Literal

from spikewright import InvalidInput
from spikewright.conversion.checks import check_choice
from spikewright.snn.checked import check_levels, plain


@dataclass(frozen=True)
class Quantized:
    """The quantised CNN itself as a network of one step: integers 0..levels travel between layers, no spikes.

    Needs a model whose activations are `compress.QuantizedReLU`. It is the integer CNN that a spiking network is to be
    compared with at equal information. `input_levels`: the grid of the input, None for real values. `integer`: thresholds,
    biases and scales are snapped to the grids of the accumulators, so that all is integers from the image to the logits; needs
    integer weights and takes 255 `input_levels` unless given.

    With `integer` the network is this, for each layer with integer weights q of scale s (a batch norm is part of s and of the
    bias) and each of its output channels:
        x = floor(pixel input_levels + 1/2), or the y of the layer before; one of x is worth u_x = 1 / input_levels or alpha / L
        Q = 2**k q x + b;  u = s u_x / 2**k is what one of Q is worth;  b = floor(bias / u + 1/2)
        y = clip(floor((Q + theta / 2) / theta), 0, L);  theta = 2 floor(alpha / (2 L u) + 1/2), at least 2, even
    alpha and L = `levels` are those of the QuantReLU; k is the fewest bits, 12 at most, that make alpha / L at least 256 u in all
    channels. Where layers of several scales meet, Q sums 2**k r q x with a whole r for each, and where a layer without
    weights enters (a shortcut, an average pool) floor(gain u_x / u + 1/2) x. The last layer has no theta and k = 4: its logits
    are the integers Q, with one u for all classes, `logit_scale`. Max pooling takes the largest y. So it is not torch's float32
    model to the last bit: an activation differs where rounding theta, b, r or a gain moves it over an edge; the report has their
    errors. A channel whose level would be more than sqrt(2**61 / L) units is faint: its u is alpha / (2**16 L) and its q are
    rounded onto that, to zero mostly, with a bound in the report.
    """

    input_levels: int | None = None
    integer: bool = False

    def __post_init__(self) -> None:
        plain(self)
        check_levels(self.input_levels)
        if self.integer and self.input_levels is None:
            object.__setattr__(self, "input_levels", 255)


@dataclass(frozen=True)
class Exact:
    """Spikes whose counts and logits are the integers of `Quantized(integer=True)`; proof in `conversion.integers.twins`.

    That network, not the torch model, is "the quantised CNN" that Exact equals: `exact(model, samples)` gives both.

    `schedule`: "layerwise", each layer gathers its charge and then fires for as many steps as there are levels; or
    "synchronous", all fire in each step, spikes that came too early are taken back (`SignedIF`), and a sample is done when
    nothing fires. `window`: the steps in which image and bias flow in, synchronous only. `input_levels`: the grid of the input.
    """

    schedule: Literal["layerwise", "synchronous"] = "layerwise"
    window: int = 1
    input_levels: int = 255

    def __post_init__(self) -> None:
        plain(self)
        check_choice("schedule", self.schedule, ("layerwise", "synchronous"))
        check_levels(self.input_levels)
        if isinstance(self.window, bool) or not isinstance(self.window, int) or not 1 <= self.window <= 1024:
            raise InvalidInput(f"expected a window of 1 to 1024 steps, got {self.window!r}")
        if self.schedule == "layerwise" and self.window > 1:
            raise InvalidInput(
                f"expected window=1 in the layerwise schedule, which gathers its charge, got {self.window}"
            )
