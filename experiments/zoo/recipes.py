"""The table of the zoo: one line per network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from spikewright.experiments.training.recipe import PruneRecipe, TrainRecipe
from spikewright.importing import unknown


@dataclass(frozen=True)
class Entry:
    """A network of the zoo: architecture, data set, and training.

    Training starts from the weights of the zoo's `base`, or, without one, from weights that the recipe's seed draws.
    `half`: the weights are rounded to float16 afterwards, so that large networks take half the room.
    """

    model: str
    dataset: str
    recipe: TrainRecipe
    base: str | None = None
    half: bool = False


_CIFAR = TrainRecipe(epochs=30, lr=0.1, shift=4, flip=True, label_smoothing=0.1, precision="bfloat16")

_LENET64 = TrainRecipe(epochs=12, lr=0.05, shift=2, activity=0.3, precision="bfloat16")

_LENET64_MNIST = Entry("lenet32_64", "mnist", _LENET64)
_LENET64_FASHION = Entry("lenet32_64", "fashion-mnist", replace(_LENET64, epochs=30, shift=1, flip=True, activity=0.06))

# The first and the last layer have 1 % of the weights; with 91.5 % of the others, 90.5 % of all are pruned.
_MASKS = {
    "sparse": PruneRecipe(0.915, scope="layer", rounds=3, spare=("conv1", "fc2")),
    "blocks": PruneRecipe(0.915, "channel-block", 16, scope="layer", rounds=3, spare=("conv1", "fc2")),
    "1of8": PruneRecipe(0.875, "n:m", 8, scope="layer", rounds=3, spare=("conv1", "fc2")),
}


def _pruned(base: str, dense: Entry, changes: Mapping[str, Mapping[str, Any]]) -> dict[str, Entry]:
    """The base with each kind of mask: weights go for 3 epochs, fine-tuning follows; 7 epochs in all, but for the `changes`."""
    usual = replace(dense.recipe, epochs=7, lr=0.03)
    return {
        f"{base}-{kind}": replace(dense, recipe=replace(usual, prune=prune, **changes.get(kind, {})), base=base)
        for kind, prune in _MASKS.items()
    }


def _fewer_additions(base: str, dense: Entry, sparsity: float, activity: float) -> Entry:
    """The network of blocks of which, in its largest layer, this share of the spiking network's additions goes, too.

    That layer takes most cycles of a spike core; the first linear layer keeps the blocks that it has.
    """
    spare = ("conv1", "fc1", "fc2")
    prune = PruneRecipe(sparsity, "channel-block", 16, scope="layer", rounds=5, spare=spare, counted="additions")
    recipe = replace(dense.recipe, epochs=16, lr=0.03, activity=activity, prune=prune)
    return replace(dense, recipe=recipe, base=f"{base}-blocks")


def _learned(model: str, base: str, levels: int) -> Entry:
    """The base with learned thresholds, trained on for eight epochs at a third of the rate."""
    return Entry(model, "cifar10", replace(_CIFAR, epochs=8, lr=0.03, levels=levels), base=base)


ENTRIES = {
    "small-digits": Entry("small_cnn", "digits", TrainRecipe(epochs=60, batch_size=32, lr=0.05, shift=1)),
    "lenet300-mnist": Entry("lenet_300_100", "mnist", TrainRecipe(epochs=30, lr=0.1, shift=1)),
    "lenet5-mnist": Entry("lenet5", "mnist", TrainRecipe(epochs=25, lr=0.05, shift=2, activity=0.3)),
    "lenet5-fashion": Entry("lenet5", "fashion-mnist", TrainRecipe(epochs=30, lr=0.05, shift=1, flip=True)),
    "mlp300-mnist": Entry("mlp_300", "mnist", TrainRecipe(epochs=20, lr=0.1, shift=1)),
    "lenet64-mnist": _LENET64_MNIST,
    "lenet64-fashion": _LENET64_FASHION,
    **_pruned("lenet64-mnist", _LENET64_MNIST, {"1of8": {"activity": 0.45}}),
    **_pruned("lenet64-fashion", _LENET64_FASHION, {"blocks": {"epochs": 16}}),
    "lenet64-mnist-additions": _fewer_additions("lenet64-mnist", _LENET64_MNIST, 0.91, activity=0.15),
    "lenet64-fashion-additions": _fewer_additions("lenet64-fashion", _LENET64_FASHION, 0.9, activity=0.06),
    "vgg7-cifar10": Entry("vgg7", "cifar10", _CIFAR),
    "vgg7-wide-cifar10": Entry("vgg7_wide", "cifar10", replace(_CIFAR, epochs=40, cutout=8), half=True),
    "vgg7-cifar10-quiet": Entry("vgg7", "cifar10", replace(_CIFAR, epochs=10, activity=0.3)),
    "resnet20-cifar10": Entry("resnet20", "cifar10", _CIFAR),
    "vgg7-cifar10-qcfs": _learned("vgg7", "vgg7-cifar10", levels=4),
    "resnet20-cifar10-qcfs": _learned("resnet20", "resnet20-cifar10", levels=8),
    "gated-fashion": Entry("gated_cnn", "fashion-mnist", TrainRecipe(epochs=10, lr=0.1, shift=1, flip=True)),
}


def entry(name: str) -> Entry:
    """The table's line; raises InvalidInput for an unknown name."""
    if name not in ENTRIES:
        raise unknown("network", name, ENTRIES)
    return ENTRIES[name]
