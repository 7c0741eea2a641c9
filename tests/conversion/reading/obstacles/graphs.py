"""Small graphs with one obstacle in them, for the finders."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from spikewright.compress import GraphView, trace

SHAPE = (4, 6, 6)


class Inside(nn.Module):
    """`forward` between two convolutions: `self.layers` are at its disposal."""

    def __init__(self, forward: Callable[..., Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.first, self.last, self.layers = nn.Conv2d(4, 4, 1), nn.Conv2d(4, 2, 1), nn.ModuleList(layers)
        self.inner = forward

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.inner(torch.relu(self.first(x)), *self.layers))


def view_of(forward: Callable[..., Tensor], *layers: nn.Module) -> GraphView:
    """The view of `Inside`."""
    return trace(Inside(forward, *layers).eval(), torch.rand(2, *SHAPE, generator=torch.Generator().manual_seed(0)))


def opened(x: Tensor, down: nn.Module, up: nn.Module) -> Tensor:
    """Squeeze and excitation."""
    return x * torch.sigmoid(up(nn.functional.silu(down(x.mean((2, 3), keepdim=True)))))


def layer_norm(x: Tensor) -> Tensor:
    """Layer norm over the channels, written out."""
    mean = x.mean(1, keepdim=True)
    return (x - mean) / torch.sqrt((x - mean).pow(2).mean(1, keepdim=True) + 1e-5)


def rms_norm(x: Tensor) -> Tensor:
    """RMS norm over all, written out."""
    return x * (x.pow(2).mean((1, 2, 3), keepdim=True) + 1e-5).rsqrt()


def attention(x: Tensor) -> Tensor:
    """Attention of pixels to pixels."""
    q = k = v = x.flatten(2).transpose(1, 2)
    weights = (q @ k.transpose(1, 2) * 0.5).softmax(-1)
    return (weights @ v).transpose(1, 2).reshape(x.shape)
