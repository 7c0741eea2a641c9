"""Pruning on the way through a training: masks that only ever lose weights, held after every step."""

from collections.abc import Collection, Mapping

import torch
from torch import Tensor, nn

from spikewright.compress.draft import was_pruned
from spikewright.compress.graph.weighted import weight_layers
from spikewright.compress.pruners.masking import magnitude_masks
from spikewright.compress.pruners.patterns import Pattern
from spikewright.compress.pruners.spending import COUNTED_IMAGES, additions
from spikewright.experiments.training.recipe import PruneRecipe

__all__ = ["epoch_masks", "hold"]


def epoch_masks(model: nn.Module, recipe: PruneRecipe | None, epoch: int, images: Tensor) -> dict[str, Tensor]:
    """The masks of an epoch, counted from 0, by layer path; True survives. They depend on weights and images alone.

    A weight that is zero was pruned before and stays so, in spared layers too; so a resumed training finds the masks that it was
    stopped with. `images`: those of the training, on the first of which additions are counted where the recipe counts them; after
    its rounds no weight goes for these, however often the network fires by then. Raises InvalidInput for a pattern or sparsity
    that cannot be.
    """
    if recipe is None:
        return {}
    pattern = Pattern.of(recipe.pattern, recipe.block, recipe.along)
    pattern.check(recipe.sparsity, recipe.scope, recipe.counted)
    layers = weight_layers(model, recipe.spare)
    weights = {path: layer.weight.detach() for path, layer in layers.items()}
    alive = {path: weight != 0 for path, weight in weights.items()}
    before = _pruned_before(model, layers)
    if recipe.counted == "weights":
        return before | magnitude_masks(weights, alive, recipe.target(epoch), recipe.scope, pattern)
    if epoch >= recipe.rounds:
        return before | alive
    each = additions(model, layers, images[:COUNTED_IMAGES])
    return before | magnitude_masks(weights, alive, recipe.target(epoch), recipe.scope, pattern, each)


def _pruned_before(model: nn.Module, pruned: Collection[str]) -> dict[str, Tensor]:
    """The masks of the other layers that came pruned."""
    every = weight_layers(model).items()
    others = {path: layer.weight.detach() != 0 for path, layer in every if path not in pruned}
    return {path: kept for path, kept in others.items() if was_pruned(kept)}


def hold(model: nn.Module, masks: Mapping[str, Tensor]) -> None:
    """Set what the masks do not keep to zero, in place."""
    with torch.no_grad():
        for path, mask in masks.items():
            model.get_submodule(path).get_parameter("weight").mul_(mask)
