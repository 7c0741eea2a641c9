"""A small linear model with something around it, images and labels for it."""

from typing import Any

import torch
from torch import Tensor, nn

LABELS = torch.tensor([0, 1, 2, 0, 1])


def images(count: int = 5) -> Tensor:
    return torch.rand(count, 9, generator=torch.Generator().manual_seed(3))


def linear() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(9, 3))


class Wrapped(nn.Module):
    """A model with something in front of it and behind it."""

    def __init__(self, before: Any = None, after: Any = None) -> None:
        super().__init__()
        self.inner, self.before, self.after = linear(), before, after

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x) if self.before else x
        return self.after(self.inner(x)) if self.after else self.inner(x)
