"""How often each weight is added: what a spiking network spends on it, by the outputs of the neurons that it reads."""

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import torch
from torch import Tensor, nn

from spikewright import InvalidInput
from spikewright.compress.graph.weighted import by_output

COUNTED_IMAGES = 512
"""Of a training set so many images, the first ones, show how often weights are added."""
_BATCH = 128


def additions(model: nn.Module, layers: Mapping[str, Any], images: Tensor) -> dict[str, Tensor]:
    """For each weight of `layers` of `model`, by path, its additions an image in proportion, float64 `(out, in / groups, ...)`.

    A weight is added once for each spike that arrives over it. Of a rate code a neuron sends spikes in proportion to its output,
    as many as there are steps for the largest one of its layer; so what counts here is the sum, over all places of the output
    that the weight is read for, of what it reads there, 1 the largest that enters the layer on these images. Behind an average
    pooling they are those of the mean, fewer than of the spikes that make it up. A weight that is read for no output, or reads
    zeros alone, has 0. `images`: `(samples, C, H, W)`; the model is left in evaluation mode. Raises InvalidInput where no weight
    of any layer is added: a share of nothing says nothing.
    """
    counts = {path: _Arrivals() for path in layers}
    hooks = [layer.register_forward_pre_hook(counts[path].seen, with_kwargs=True) for path, layer in layers.items()]
    model.eval()
    try:
        with torch.no_grad():
            for batch in torch.split(images, _BATCH):
                model(batch.clone())
    finally:
        for hook in hooks:
            hook.remove()
    found = {path: counts[path].each(layer, len(images)) for path, layer in layers.items()}
    if not any(one.any() for one in found.values()):
        raise InvalidInput(
            f"expected images on which {', '.join(layers)} read something, got {len(images)} on which they read zeros alone; "
            'try other images, or counted="weights"'
        )
    return found


class _Arrivals:
    """What went over each weight of one layer so far, and the largest of it."""

    def __init__(self) -> None:
        self.total: Tensor | None = None
        self.largest = 0.0

    def seen(self, layer: Any, entered: tuple[Tensor, ...], named: Mapping[str, Tensor]) -> None:
        """The derivative of the sum of the outputs by a weight is the sum of all that the weight is multiplied by."""
        size = (entered[0] if entered else named["input"]).detach().abs()
        with torch.enable_grad():
            weight = torch.zeros_like(layer.weight, requires_grad=True)
            answer = _with_weight(layer, weight)(size)
            gradient = torch.autograd.grad(answer.sum(), weight)[0].double()
        self.total = gradient if self.total is None else self.total + gradient
        self.largest = max(self.largest, float(size.amax()) if size.numel() else 0.0)

    def each(self, layer: Any, images: int) -> Tensor:
        if self.total is None or self.largest == 0:
            return torch.zeros_like(by_output(layer, layer.weight.detach()), dtype=torch.float64)
        return by_output(layer, self.total / (self.largest * images))


def _with_weight(layer: Any, weight: Tensor) -> Callable[[Tensor], Tensor]:
    """What the layer computes with another weight, without a bias and without hooks."""
    other = copy(layer)
    other._parameters = dict.fromkeys(layer._parameters) | {"weight": weight}
    compute: Callable[[Tensor], Tensor] = other.forward
    return compute
