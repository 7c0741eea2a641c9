"""`Quantized`: the quantised CNN itself, integers between its layers."""

from dataclasses import dataclass

import numpy as np
import torch

from spikewright import Progress
from spikewright.conversion.errors import Obstacle
from spikewright.conversion.integers.cnn import REAL_WEIGHTS, integer_cnn
from spikewright.conversion.integers.gains import whole_gains
from spikewright.conversion.reading.plan import Plan, Unit
from spikewright.conversion.recipes.coding import (
    Coding,
    NeuronChoice,
    check_unit_range,
    input_amplitude,
    note,
    output_amplitude,
)
from spikewright.conversion.recipes.recipe import Grid, Recipe
from spikewright.conversion.recipes.refusals import refused
from spikewright.progress import shown
from spikewright.snn import Direct, Network, QuantReLU
from spikewright.snn.running import Run


@dataclass(frozen=True)
class Quantized(Recipe):
    """The quantised CNN itself as a network of one step: integers 0..levels travel between layers, no spikes.

    Needs a model whose activations are `compress.QuantizedReLU`, `QuantizedHalves` or `QuantizedFrom`. It is the integer CNN
    that a spiking network is to be compared with at equal information.

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

    input_levels: the grid of the input, none for real values.
    integer: thresholds, biases and scales are snapped to the grids of the accumulators, so that all is integers from the image
        to the logits; needs integer weights and takes 255 `input_levels` unless given.
    """

    computes_values = True

    input_levels: Grid | None = None
    integer: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.integer and self.input_levels is None:
            object.__setattr__(self, "input_levels", 255)

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """Activations that are real numbers, and weights, if all is to be integers."""
        return (*real_activations(plan, self), *(real_weights(plan, self) if self.integer else ()))

    def prepared(self, plan: Plan) -> Plan:
        """With one unit for the inputs of each layer of integers, if all is to be integers."""
        return whole_gains(plan) if self.integer else plan

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """A QuantReLU for every unit."""
        return quantized_coding(plan, images, self.input_levels)

    def finished(self, network: Network, plan: Plan, images: torch.Tensor, progress: Progress = shown) -> Network:
        """In fixed point, if all is to be integers."""
        return integer_cnn(network) if self.integer else network


def quantized_coding(plan: Plan, images: torch.Tensor, input_levels: int | None) -> Coding:
    """One step in which integers travel, for a plan whose activations are QuantReLUs."""
    if input_levels is not None:
        check_unit_range(images)
    choices = {unit.name: _choice(unit) for unit in plan.hidden}
    told = note("Quantized", "one step; the integer CNN itself, the same-information baseline")
    run, scale = Run("its integers travel once"), output_amplitude(plan, choices)
    return Coding(Direct(1, input_levels), choices, input_amplitude(input_levels), scale, (told,), run=run)


def _choice(unit: Unit) -> NeuronChoice:
    levels = unit.activation.grid or 1
    step = (unit.activation.top or 0.0) / levels
    detail = f"QuantReLU population {unit.name!r}, integers 0 to {levels}, one is {step:.4g}"
    return NeuronChoice(QuantReLU(1.0 / step, 0, levels), np.asarray(step), detail)


def real_activations(plan: Plan, recipe: Recipe) -> tuple[Obstacle, ...]:
    """An obstacle for each activation that is no QuantReLU; a sum or a pool got a population without being asked."""
    free = [unit for unit in plan.hidden if not unit.activation.grid]
    asked = [unit for unit in free if plan.view.node(unit.node).kind in ACTIVATIONS]
    others = [unit for unit in free if unit not in asked]
    told = "its activations are not integers; try compress.quantize(model, bits, data, activation_bits=4) first"
    more = "a population without a QuantReLU; try a ReLU after it, and then compress.quantize"
    return (*refused(plan, asked, told, recipe), *refused(plan, others, more, recipe))


def real_weights(plan: Plan, recipe: Recipe) -> tuple[Obstacle, ...]:
    """An obstacle for each unit that reads by weights which are real numbers."""
    units = whole_gains(plan).units  # single ones are integers there
    real = [unit for unit in units if any(term.kernel is not None and not term.integer for term in unit.terms)]
    if len(plan.heads) > 1 and [unit.name for unit in real] == [plan.output.name]:
        told = f"a map beside outputs of another size is written out in real numbers; try output={plan.heads[0].name!r} alone"
        return refused(plan, real, told, recipe)
    return refused(plan, real, REAL_WEIGHTS, recipe)


ACTIVATIONS = ("relu", "clamp", "clip", "leaky_relu")
