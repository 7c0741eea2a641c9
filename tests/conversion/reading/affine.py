"""Models of one step, and what is read of it."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from spikewright.compress import trace
from spikewright.conversion.reading.affine_steps import AffineStep, affine_step

W = torch.tensor([[1.0, 2.0], [0.5, -1.0], [0.0, 3.0], [0.25, 1.0]])


class Doing(nn.Module):
    def __init__(self, step: Callable[[nn.Module, Tensor], Tensor]) -> None:
        super().__init__()
        self.step = step
        self.register_buffer("w", W)
        self.register_buffer("mask", torch.arange(12.0).reshape(3, 4))

    def forward(self, x: Tensor) -> Tensor:
        return self.step(self, x)


def step_of(step: Callable[[nn.Module, Tensor], Tensor], *shape: int) -> AffineStep | None:
    view = trace(Doing(step), torch.rand(3, *shape))
    return affine_step(view, view.node(view.output))
