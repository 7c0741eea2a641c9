"""What an attack climbs: directions in the space of the logits, and the input gradient that follows.

A direction is a positive multiple of the gradient of a loss, the multiple being free for each example, since a step
only uses the sign or the direction. That removes saturation: the gradient of the cross entropy is

    dCE/dz = (1 - p_y) (softmax over the wrong classes - e_y),

and only its first factor vanishes for a confident model.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.robustness.predictor import Predictor

Loss = Callable[[Tensor, Tensor], Tensor]
"""Logits `(batch, classes)` and labels `(batch,)` -> the direction of the logits in which the loss rises, `(batch, classes)`."""


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy: softmax over the wrong classes minus the label's unit vector, `(batch, classes)`."""
    hot = _one_hot(logits, labels)
    return logits.masked_fill(hot.bool(), float("-inf")).softmax(dim=1) - hot


def margin(logits: Tensor, labels: Tensor) -> Tensor:
    """Margin: the best wrong class minus the label (Carlini and Wagner 2017), `(batch, classes)`."""
    hot = _one_hot(logits, labels)
    best = logits.masked_fill(hot.bool(), float("-inf")).argmax(dim=1)
    return _one_hot(logits, best) - hot


def margins(logits: Tensor, labels: Tensor) -> Tensor:
    """max over wrong classes of z minus z of the label, `(batch,)`; above zero the example is lost."""
    label = logits.gather(1, labels[:, None])
    others = logits.scatter(1, labels[:, None], float("-inf"))
    return others.amax(dim=1) - label[:, 0]


def input_gradient(
    predictor: Predictor, x: Tensor, labels: Tensor, loss: Loss = cross_entropy
) -> tuple[Tensor, Tensor]:
    """The gradient of the loss in image space, up to a positive factor for each example, and the logits at `x`.

    Raises InvalidInput for a model whose logits do not depend on its input by operations that have a gradient.
    """
    with torch.enable_grad():
        inputs = x.detach().clone().requires_grad_(True)
        logits = predictor.logits(inputs)
        values = logits.detach().double()
        direction = loss(values, labels).to(logits.dtype)
        return _backward(logits, inputs, direction, predictor.name).detach(), values


def _backward(logits: Tensor, inputs: Tensor, direction: Tensor, name: str) -> Tensor:
    if logits.requires_grad:
        (gradient,) = torch.autograd.grad(logits, inputs, grad_outputs=direction, allow_unused=True)
        if gradient is not None:
            return gradient
    raise InvalidInput(
        f"expected logits of {name!r} that have a gradient to the images, got none (a cast to integers, or no_grad, inside); "
        "try Square(), or Transfer(attack, source) from a model with gradients"
    )


def _one_hot(logits: Tensor, labels: Tensor) -> Tensor:
    return F.one_hot(labels, logits.shape[1]).to(logits.dtype)
