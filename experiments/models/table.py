"""The networks of the examples and studies, made of layers that convert: ReLU after each sum, average pooling.

`gated_cnn` is the exception: what `adapt` is shown on.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from spikewright.experiments.models.gated import gated_cnn
from spikewright.experiments.models.resnet import resnet20
from spikewright.fields import summary
from spikewright.importing import unknown


def small_cnn(classes: int = 10) -> nn.Module:
    """Two 3x3 convolutions (16 and 32 channels) and two linear layers, for `(batch, 1, 8, 8)`; 13,706 parameters."""
    return _sequence(
        conv1=nn.Conv2d(1, 16, 3, padding=1),
        relu1=nn.ReLU(),
        pool1=nn.AvgPool2d(2),
        conv2=nn.Conv2d(16, 32, 3, padding=1),
        relu2=nn.ReLU(),
        pool2=nn.AvgPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(32 * 2 * 2, 64),
        relu3=nn.ReLU(),
        fc2=nn.Linear(64, classes),
    )


def mlp_300(classes: int = 10) -> nn.Module:
    """One hidden layer of 300 ReLU neurons, for `(batch, 1, 28, 28)`; 238,510 parameters."""
    return _sequence(flatten=nn.Flatten(), fc1=nn.Linear(28 * 28, 300), relu1=nn.ReLU(), fc2=nn.Linear(300, classes))


def lenet_300_100(classes: int = 10) -> nn.Module:
    """The fully connected 784-300-100-10 network of LeCun et al. 1998, for `(batch, 1, 28, 28)`; 266,610 parameters.

    Hidden layers are ReLU, as in the compression papers (Han et al. 2015), not the tanh of 1998.
    """
    return _sequence(
        flatten=nn.Flatten(),
        fc1=nn.Linear(28 * 28, 300),
        relu1=nn.ReLU(),
        fc2=nn.Linear(300, 100),
        relu2=nn.ReLU(),
        fc3=nn.Linear(100, classes),
    )


def lenet5(classes: int = 10) -> nn.Module:
    """LeNet-5 as the compression papers use it (Caffe's example), for `(batch, 1, 28, 28)`; 431,080 parameters.

    Caffe's network pools by maximum and has a ReLU only after the first linear layer. This one pools by average,
    which a spiking network computes exactly with constant weights, and has a ReLU after each convolution too: without
    it two sums would follow each other. Number and shape of the weights are the same.
    """
    return _sequence(
        conv1=nn.Conv2d(1, 20, 5),
        relu1=nn.ReLU(),
        pool1=nn.AvgPool2d(2),
        conv2=nn.Conv2d(20, 50, 5),
        relu2=nn.ReLU(),
        pool2=nn.AvgPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(50 * 4 * 4, 500),
        relu3=nn.ReLU(),
        fc2=nn.Linear(500, classes),
    )


def lenet32_64(classes: int = 10) -> nn.Module:
    """LeNet-like, for `(batch, 1, 28, 28)`: 5x5 convolutions of 32 and 64 channels; 184,586 parameters.

    All widths but the last are multiples of 32, so that blocks of output channels divide them.
    """
    return _sequence(
        conv1=nn.Conv2d(1, 32, 5),
        relu1=nn.ReLU(),
        pool1=nn.AvgPool2d(2),
        conv2=nn.Conv2d(32, 64, 5),
        relu2=nn.ReLU(),
        pool2=nn.AvgPool2d(2),
        flatten=nn.Flatten(),
        fc1=nn.Linear(64 * 4 * 4, 128),
        relu3=nn.ReLU(),
        fc2=nn.Linear(128, classes),
    )


def vgg7(classes: int = 10) -> nn.Module:
    """Seven 3x3 convolutions of 32 to 256 channels with batch norm, and one linear layer, for `(batch, 3, 32, 32)`.

    Plan (P = average pooling by 2): 32 32 P 64 64 P 128 128 P 256 P. After Simonyan and Zisserman 2015, with average
    instead of maximum pooling so that it converts.
    """
    return _vgg(((32, False), (32, True), (64, False), (64, True), (128, False), (128, True), (256, True)), classes)


def vgg7_wide(classes: int = 10) -> nn.Module:
    """`vgg7` with twice the channels where images are small: 32 64 P 128 128 P 256 256 P 256 P; 1,727,530 parameters."""
    return _vgg(((32, False), (64, True), (128, False), (128, True), (256, False), (256, True), (256, True)), classes)


def _vgg(plan: tuple[tuple[int, bool], ...], classes: int) -> nn.Module:
    """A convolution for each `(channels, pooled)`, for images of 32x32 of which 2x2 are left."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for place, (width, pooled) in enumerate(plan, start=1):
        layers[f"conv{place}"] = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        layers[f"norm{place}"] = nn.BatchNorm2d(width)
        layers[f"relu{place}"] = nn.ReLU()
        if pooled:
            layers[f"pool{place}"] = nn.AvgPool2d(2)
        channels = width
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(channels * 2 * 2, classes)
    return nn.Sequential(layers)


@dataclass(frozen=True)
class Architecture:
    """A model's factory and the shape `(channels, height, width)` of the images that it takes."""

    factory: Callable[[int], nn.Module]
    shape: tuple[int, int, int]


_MODELS = {
    "small_cnn": Architecture(small_cnn, (1, 8, 8)),
    "mlp_300": Architecture(mlp_300, (1, 28, 28)),
    "lenet_300_100": Architecture(lenet_300_100, (1, 28, 28)),
    "lenet5": Architecture(lenet5, (1, 28, 28)),
    "lenet32_64": Architecture(lenet32_64, (1, 28, 28)),
    "vgg7": Architecture(vgg7, (3, 32, 32)),
    "vgg7_wide": Architecture(vgg7_wide, (3, 32, 32)),
    "resnet20": Architecture(resnet20, (3, 32, 32)),
    "gated_cnn": Architecture(gated_cnn, (1, 28, 28)),
}


def build(name: str, *, classes: int = 10, seed: int = 0) -> nn.Module:
    """A fresh model in training mode, its weights drawn from `seed`; torch's own random state is left as it was.

    Raises InvalidInput for an unknown name.
    """
    factory = architecture(name).factory
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return factory(classes)


def architecture(name: str) -> Architecture:
    """Factory and input shape of a model; raises InvalidInput for an unknown name."""
    if name not in _MODELS:
        raise unknown("model", name, _MODELS, "your own as package.module:factory")
    return _MODELS[name]


def model_names() -> tuple[str, ...]:
    """The names that `build` knows."""
    return tuple(_MODELS)


def model_summaries() -> dict[str, str]:
    """What each of these models is, in a line."""
    return {name: summary(one.factory) for name, one in _MODELS.items()}


def parameter_count(model: nn.Module) -> int:
    """Number of trainable scalars."""
    return sum(parameter.numel() for parameter in model.parameters())


def _sequence(**layers: nn.Module) -> nn.Sequential:
    return nn.Sequential(OrderedDict(layers))
