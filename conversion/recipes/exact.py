"""`Exact`: spikes whose counts and logits are the integers of the quantised CNN."""

from dataclasses import dataclass
from typing import Annotated, Literal

import torch

from spikewright import InvalidInput, Progress
from spikewright.conversion.errors import Obstacle
from spikewright.conversion.integers.cnn import integer_cnn
from spikewright.conversion.integers.gains import whole_gains
from spikewright.conversion.integers.twins import WIDEST_WINDOW, spiking
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.recipes.coding import Coding
from spikewright.conversion.recipes.quantized import quantized_coding, real_activations, real_weights
from spikewright.conversion.recipes.recipe import Grid, Recipe
from spikewright.conversion.recipes.refusals import without_activations
from spikewright.progress import shown
from spikewright.snn import Network
from spikewright.tables import Within


@dataclass(frozen=True)
class Exact(Recipe):
    """Spikes whose counts and logits are the integers of `Quantized(integer=True)`; proof in `conversion.integers.twins`.

    That network, not the torch model, is "the quantised CNN" that Exact equals: `exact(model, samples)` gives both.

    schedule: "layerwise", each layer gathers its charge and then fires for as many steps as there are levels; or
        "synchronous", all fire in each step, spikes that came too early are taken back (`SignedIF`), and a sample is done when
        nothing fires.
    window: the steps in which image and bias flow in, synchronous only.
    input_levels: the grid of the input.
    """

    schedule: Literal["layerwise", "synchronous"] = "layerwise"
    window: Annotated[int, Within(1, WIDEST_WINDOW)] = 1
    input_levels: Grid = 255

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.schedule == "layerwise" and self.window > 1:
            raise InvalidInput(
                f"expected window=1 in the layerwise schedule, which gathers its charge, got {self.window}"
            )

    def obstacles(self, plan: Plan) -> tuple[Obstacle, ...]:
        """Activations and weights that are real numbers, or no activations at all."""
        told = "no QuantReLU in the whole model, so nothing fires; try Quantized(integer=True)"
        return (*without_activations(plan, told, self), *real_activations(plan, self), *real_weights(plan, self))

    def prepared(self, plan: Plan) -> Plan:
        """With one unit for the inputs of each layer of integers."""
        return whole_gains(plan)

    def coding(self, plan: Plan, images: torch.Tensor) -> Coding:
        """That of the integer CNN."""
        return quantized_coding(plan, images, self.input_levels)

    def finished(self, network: Network, plan: Plan, images: torch.Tensor, progress: Progress = shown) -> Network:
        """The spiking twin of the integer CNN."""
        return spiking(integer_cnn(network), self.schedule, self.window)
