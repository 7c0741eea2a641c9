"""Pruning on the way through a training: masks that only ever lose weights, held after every step."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.pruners.patterns import Pattern, magnitude_masks
from spikewright.experiments.training.recipe import PruneRecipe

__all__ = ["epoch_masks", "hold"]


def epoch_masks(model: nn.Module, recipe: PruneRecipe | None, epoch: int) -> dict[str, Tensor]:
    """The masks of an epoch, counted from 0, by layer path; True survives. They depend on the weights alone.

    A weight that is zero was pruned before, so a resumed training finds the masks that it was stopped with. Raises
    InvalidInput for a pattern or sparsity that cannot be.
    """
    if recipe is None:
        return {}
    pattern = Pattern.of(recipe.pattern, recipe.block, recipe.along)
    pattern.check(recipe.sparsity, recipe.scope)
    weights = {path: layer.weight.detach() for path, layer in weight_layers(model, recipe.spare).items()}
    alive = {path: weight != 0 for path, weight in weights.items()}
    return magnitude_masks(weights, alive, recipe.target(epoch), recipe.scope, pattern)


def hold(model: nn.Module, masks: Mapping[str, Tensor]) -> None:
    """Set what the masks do not keep to zero, in place."""
    with torch.no_grad():
        for path, mask in masks.items():
            model.get_submodule(path).get_parameter("weight").mul_(mask)
