"""A network before the first step of its training."""

from typing import TYPE_CHECKING

from spikewright.experiments.data.load import Dataset
from spikewright.experiments.training.recipe import TrainRecipe

if TYPE_CHECKING:
    from torch import nn

RANGED = 512
"""Training images that set the first clip ranges."""


def levelled(model: "nn.Module", recipe: TrainRecipe, dataset: Dataset) -> "nn.Module":
    """The model with a staircase in the place of each ReLU where the recipe has `levels`, else the model as it is.

    The clip ranges of the staircases are found on the first training images. Raises InvalidInput for a model without ReLUs.
    """
    from spikewright.compress import learned_thresholds

    return model if recipe.levels is None else learned_thresholds(model, recipe.levels, dataset.train_images[:RANGED])
