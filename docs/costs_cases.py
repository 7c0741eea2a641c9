"""The compressed networks of docs/costs.md: each a technique of `compress`, or made by hand where that is a few lines."""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn

import spikewright as sw
from spikewright.compress import (
    Compressed,
    Hooks,
    PruneSettings,
    QuantizeSettings,
    TrainSettings,
    fit,
    rows_of,
    weight_layers,
)
from spikewright.compress.adapting.distilling import Teacher
from spikewright.experiments.data.load import Dataset
from spikewright.weights import Contract, Lookup, Scaled

SPARED = ("conv1", "fc2")
"""The first and the last layer, with a few percent of the weights."""
TUNING = TrainSettings(epochs=8, lr=2e-3, label_smoothing=0.1)
BY_ADDITIONS = "93 % pruned in blocks by additions"
"""Of the weights; which share of the additions goes, the page says."""
ENTRIES = 16
RANK = 16


def digits_cases(data: Dataset) -> Iterator[tuple[str, Any]]:
    """Every technique on the small CNN of the zoo, fine-tuned on all training digits."""
    model = sw.load("small-digits")
    shown = (data.train_images, data.train_labels)
    blocks = _pruned(model, shown, 0.8, pattern="channel-block", block=16)
    yield "dense, 8 bits", model
    yield "4 bits", sw.quantize(model, 4, shown, settings=QuantizeSettings(training=TUNING))
    yield "3 bits", sw.quantize(model, 3, shown, settings=QuantizeSettings(training=TUNING))
    yield "80 % pruned, one by one", _pruned(model, shown, 0.8)
    yield "80 % pruned in blocks of 16", blocks
    yield (
        "80 % of the additions pruned, in blocks of 16",
        _pruned(model, shown, 0.8, pattern="channel-block", block=16, counted="additions"),
    )
    yield "1 of 8 left", _pruned(model, shown, 0.875, pattern="n:m", block=8)
    yield f"{ENTRIES} shared weights", shared(model)
    yield f"rank {RANK}, as factors", of_low_rank(model)
    yield f"rank {RANK}, as two layers", in_two_layers(model)
    yield "half the channels, distilled", narrower(model, shown)
    yield "blocks of 16 and 4 bits", sw.quantize(blocks, 4, shown, settings=QuantizeSettings(training=TUNING))


def lenet_cases(data: Dataset) -> Iterator[tuple[str, Any]]:
    """LeNet with 32 and 64 channels as the zoo has it, dense and with its four kinds of masks; what is not, without training."""
    model, blocks = sw.load("lenet64-mnist"), sw.load("lenet64-mnist-blocks")
    yield "dense, 8 bits", model
    yield "4 bits", sw.quantize(model, 4)
    yield f"{ENTRIES} shared weights", shared(model)
    yield "91 % pruned, one by one", sw.load("lenet64-mnist-sparse")
    yield "91 % pruned in blocks of 16", blocks
    yield BY_ADDITIONS, sw.load("lenet64-mnist-additions")
    yield "1 of 8 left", sw.load("lenet64-mnist-1of8")
    yield "blocks of 16 and 4 bits", sw.quantize(sw.prune(blocks, 0.0), 4)


def fashion_cases() -> Iterator[tuple[str, Any]]:
    """The same network on Fashion-MNIST, dense and with each kind of mask of the zoo."""
    yield "dense, 8 bits", sw.load("lenet64-fashion")
    yield "91 % pruned in blocks of 16", sw.load("lenet64-fashion-blocks")
    yield "92 % pruned in blocks by additions", sw.load("lenet64-fashion-additions")
    yield "1 of 8 left", sw.load("lenet64-fashion-1of8")


def _pruned(model: nn.Module, shown: tuple[Any, Any], sparsity: float, **pattern: Any) -> Compressed:
    settings = PruneSettings(scope="layer", rounds=3, final_epochs=12, training=TUNING, spare=SPARED, **pattern)
    return sw.prune(model, sparsity, shown, settings=settings)


def shared(model: nn.Module, entries: int = ENTRIES) -> Compressed:
    """Every layer with so many different integers of 8 bits, by k-means from evenly spread ones (Han et al. 2016).

    Not fine-tuned. A table of integers stays one in a core; one of real numbers gets a scale for each channel, and more entries.
    """
    small, stored = _copy(model), {}
    for path, layer in weight_layers(small).items():
        rows = rows_of(layer)
        table = np.linspace(rows.min(), rows.max(), entries, dtype=np.float32)
        for _ in range(20):
            index = np.abs(rows[..., None] - table).argmin(axis=-1)
            table = np.array(
                [rows[index == k].mean() if (index == k).any() else table[k] for k in range(entries)], np.float32
            )
        scale = np.float32(np.abs(table).max() / 127)
        stored[path] = Scaled(Lookup(np.rint(table / scale).astype(np.int8), index.astype(np.uint8)), scale)
    return _written(small, stored)


def of_low_rank(model: nn.Module, rank: int = RANK) -> Compressed:
    """The largest linear layer as a product of two factors, which its network stores as an expression."""
    small = _copy(model)
    left, right = factors(small.fc1, rank)
    return _written(small, {"fc1": Contract("ok,ki->oi", (left, right))})


def in_two_layers(model: nn.Module, rank: int = RANK) -> nn.Module:
    """The largest linear layer as two layers one after the other, nothing between them."""
    small = _copy(model)
    left, right = factors(small.fc1, rank)
    first, second = nn.Linear(right.shape[1], rank, bias=False), nn.Linear(rank, left.shape[0])
    with torch.no_grad():
        first.weight.copy_(torch.from_numpy(right))
        second.weight.copy_(torch.from_numpy(left))
        second.bias.copy_(small.fc1.bias)
    small.fc1 = nn.Sequential(first, second)
    return small.eval()


def factors(layer: Any, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """(out, rank) and (rank, in), the best of that rank."""
    left, sizes, right = np.linalg.svd(rows_of(layer).astype(np.float64), full_matrices=False)
    root = np.sqrt(sizes[:rank])
    return (left[:, :rank] * root).astype(np.float32), (root[:, None] * right[:rank]).astype(np.float32)


def narrower(model: nn.Module, shown: tuple[Any, Any]) -> nn.Module:
    """Half the channels in every layer, taught by the whole network (Hinton et al. 2015)."""
    torch.manual_seed(0)
    layers = {
        "conv1": nn.Conv2d(1, 8, 3, padding=1), "relu1": nn.ReLU(), "pool1": nn.AvgPool2d(2),
        "conv2": nn.Conv2d(8, 16, 3, padding=1), "relu2": nn.ReLU(), "pool2": nn.AvgPool2d(2),
        "flatten": nn.Flatten(), "fc1": nn.Linear(64, 32), "relu3": nn.ReLU(), "fc2": nn.Linear(32, 10),
    }  # fmt: skip
    student = nn.Sequential(OrderedDict(layers))
    settings = TrainSettings(epochs=60, lr=5e-3, batch_size=32)
    fit(student, shown, settings, hooks=Hooks(objective=Teacher(model, 3.0, 0.5).objective()))
    return student.eval()


def _copy(model: nn.Module) -> Any:
    from copy import deepcopy

    return deepcopy(model)


def _written(small: Any, stored: dict[str, Any]) -> Compressed:
    for path, expression in stored.items():
        layer = small.get_submodule(path)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(np.array(expression.values(), np.float32)).reshape(layer.weight.shape))
    return Compressed(small.eval(), stored)
