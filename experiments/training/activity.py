"""The activity penalty of a training: how evenly the neurons of each hidden layer are active, and its gradient."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from spikewright.compress import QuantizedReLU

__all__ = ["hidden_outputs", "share_active"]

_LEAST_ENERGY = 1e-6


@contextmanager
def hidden_outputs(model: nn.Module, *, wanted: bool) -> Iterator[list[Tensor]]:
    """The outputs of the model's ReLU and QuantizedReLU modules in the passes inside the block, in their order."""
    outputs: list[Tensor] = []
    chosen = [module for module in model.modules() if wanted and isinstance(module, nn.ReLU | QuantizedReLU)]
    hooks = [module.register_forward_hook(lambda _, __, output: outputs.append(output)) for module in chosen]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()


def share_active(output: Tensor) -> Tensor:
    """(sum a)^2 / (N sum a^2) of outputs `(batch, ...)` with N neurons each, the mean over the batch.

    1 when all N neurons are equally active, 1 / N for a single one, whatever their scale (Yang et al. 2020).
    """
    share: Tensor = _ShareActive.apply(output)  # type: ignore[no-untyped-call]
    return share


class _ShareActive(torch.autograd.Function):
    """With t = sum a and e = sum a^2, d/da t^2 / (N e) = 2 t / (N e) - 2 t^2 / (N e^2) a.

    By hand, because automatic differentiation keeps and reads the large outputs several times over: it doubled the
    time of a training step. The sums are matrix products, the fastest way through a large bfloat16 tensor.
    """

    @staticmethod
    def forward(ctx: Any, output: Tensor) -> Tensor:
        flat = _flat(output)
        ones = flat.new_ones(flat.shape[1], 1)
        total, energy = (flat @ ones).float(), (flat.square() @ ones).float().clamp_min(_LEAST_ENERGY)
        ctx.save_for_backward(output, total, energy)
        return (total.square() / (flat.shape[1] * energy)).mean()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        output, total, energy = ctx.saved_tensors
        constant = 2 * gradient * total / (energy * output.numel())  # numel = N times the batch of the mean
        shape = (-1,) + (1,) * (output.dim() - 1)
        slope = (-constant * total / energy).to(output.dtype).view(shape)
        result: Tensor = (output * slope).add_(constant.to(output.dtype).view(shape))
        return result


def _flat(output: Tensor) -> Tensor:
    """`(batch, N)`, without a copy also when channels lie next to each other in memory; the order does not matter."""
    if output.dim() == 4 and output.is_contiguous(memory_format=torch.channels_last):
        output = output.permute(0, 2, 3, 1)
    return output.flatten(1)
