"""An architecture with drawn weights, and images for it."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.reach.architectures import Architecture
from tests.reach.libraries import timm, torchvision

LAYERS = (nn.Conv1d, nn.Conv2d, nn.ConvTranspose2d, nn.Linear)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def build(architecture: Architecture, seed: int = 0) -> nn.Module:
    """The architecture in evaluation mode: weights after He, biases mostly above zero, batch norms near what they see.

    Each running mean is off by up to 0.3 deviations, each variance by up to a factor of 2; scales have both signs. Numbers that
    start out all alike, such as scales of layers, are drawn between 0.5 and 1.
    """
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        model = _made(architecture)
        norms = [one for one in model.modules() if isinstance(one, NORMS)]
        _draw(model, norms)
        _settle(model, norms, images(architecture, 16, seed + 7))
    return model.eval()


def images(architecture: Architecture, count: int, seed: int = 1) -> Tensor:
    """Images in [0, 1] with blotches of several sizes, so that their averages differ too."""
    drawn = torch.Generator().manual_seed(seed)
    layers = []
    for cells in (1, 4, architecture.pixels):
        blotches = torch.rand(count, 3, cells, cells, generator=drawn)
        layers.append(F.interpolate(blotches, size=(architecture.pixels,) * 2))
    return torch.stack(layers).mean(0)


def _made(architecture: Architecture) -> nn.Module:
    if architecture.library == "timm":
        made = timm.create_model(architecture.builder, pretrained=False, **architecture.options)
    else:
        made = torchvision.get_model(architecture.builder, weights=None, **architecture.options)
    return made.eval()


def _draw(model: nn.Module, norms: Iterable[nn.Module]) -> None:
    """Draw all weights; normalisations that depend on the image keep a scale of one."""
    for layer in model.modules():
        if isinstance(layer, LAYERS):
            nn.init.kaiming_normal_(layer.weight, mode="fan_in")
            if layer.bias is not None:
                nn.init.uniform_(layer.bias, -0.1, 0.4)
    for norm in norms:
        if norm.weight is not None:
            norm.weight.copy_((torch.randint(0, 2, norm.weight.shape) * 2 - 1) * (0.5 + torch.rand(norm.weight.shape)))
            nn.init.uniform_(norm.bias, -0.3, 0.3)
    for parameter in model.parameters():
        if parameter.is_floating_point() and bool((parameter == parameter.flatten()[0]).all()):
            nn.init.uniform_(parameter, 0.5, 1.0)


def _settle(model: nn.Module, norms: list[Any], seen: Tensor) -> None:
    """Running statistics near those of what the batch norms see, with momentum None: the mean over the batches."""
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
        norm.train()
    model(seen)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.momentum = momentum
        norm.running_mean += 0.6 * (torch.rand(norm.running_mean.shape) - 0.5) * norm.running_var.sqrt()
        norm.running_var *= 0.5 + 1.5 * torch.rand(norm.running_var.shape)
