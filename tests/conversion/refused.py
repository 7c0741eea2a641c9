"""Models that have no spiking form, each with the words that its refusal must have."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.architectures import seq

X = torch.rand(4, 2, 8, 8, generator=torch.Generator().manual_seed(0))
"""The samples of `REFUSED`; those of `REFUSED_SEQUENCES` are `SEQUENCES`."""
SEQUENCES = torch.rand(4, 6, 8, generator=torch.Generator().manual_seed(0))


class Written(nn.Module):
    """A convolution, then whatever `forward` does with its ReLU."""

    def __init__(self, after: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.conv, self.after = nn.Conv2d(2, 4, 3, padding=1), after

    def forward(self, x: Tensor) -> Tensor:
        return self.after(torch.relu(self.conv(x)))


class Branching(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class TwoOutputs(nn.Module):
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x, x


class TwoInputs(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class Attending(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.attention(x, x, x)[0].flatten(1)


def after(*layers: nn.Module) -> nn.Module:
    return seq(nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), *layers)


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(8, 5, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.gru(x)[0].flatten(1)


class Gated(nn.Module):
    """Squeeze and excitation: activations times activations."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.gate = nn.Conv2d(2, 4, 3), nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(x))
        return x * F.hardtanh(self.gate(F.adaptive_avg_pool2d(x, 1)), 0, 1)


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "max pool with gaps": (lambda: after(nn.MaxPool2d(2, dilation=2)), "_2 .*dilation"),
    "max pool with indices": (lambda: Written(lambda x: F.max_pool2d(x, 2, return_indices=True)[0]), "indices"),
    "adaptive max pool": (lambda: after(nn.AdaptiveMaxPool2d(3)), "unequal size.*divides the map"),
    "sigmoid": (
        lambda: after(nn.Sigmoid(), nn.Conv2d(4, 2, 1)),
        r"_2 \(sigmoid\): sigmoid inside.*ReLU6 inside.*very end",
    ),
    "tanh": (lambda: Written(lambda x: torch.tanh(x) + x), r"tanh \(tanh\): tanh inside.*ReLU inside.*very end"),
    "hard sigmoid": (lambda: after(nn.Hardsigmoid()), "Hardsigmoid.*try ReLU"),
    "gelu": (lambda: after(nn.GELU()), "GELU.*try ReLU"),
    "silu": (lambda: after(nn.SiLU()), "SiLU.*try ReLU"),
    "hard swish": (lambda: after(nn.Hardswish()), "Hardswish.*try ReLU"),
    "elu": (lambda: after(nn.ELU()), "ELU.*try ReLU"),
    "clamp to nothing": (lambda: Written(lambda x: x.clamp(0, -1)), "one number or none.*ReLU6"),
    "layer norm": (lambda: after(nn.LayerNorm(8)), "layer norm.*BatchNorm2d"),
    "group norm": (lambda: after(nn.GroupNorm(2, 4)), "group norm.*BatchNorm2d"),
    "instance norm": (lambda: after(nn.InstanceNorm2d(4)), "instance norm.*BatchNorm2d"),
    "attention": (lambda: Written(lambda x: F.scaled_dot_product_attention(x, x, x)), "attention.*convolutions"),
    "squeeze and excitation": (Gated, r"mul \(squeeze-excite gate\).*no gate"),
    "random numbers": (lambda: Written(lambda x: x + torch.rand(8)), "other outputs than the model itself"),
    "product": (lambda: Written(lambda x: x * x), "mul.*product or quotient"),
    "power": (lambda: Written(lambda x: x**2), "pow"),
    "reciprocal": (lambda: Written(lambda x: 1.0 / (x + 1.0)), "product or quotient"),
    "softmax inside": (lambda: after(nn.Softmax(1), nn.Conv2d(4, 2, 1)), "softmax inside the model"),
    "softmax over pixels": (lambda: after(nn.Softmax(-1)), "softmax over the classes"),
    "branch on data": (Branching, "control flow"),
    "two outputs": (TwoOutputs, "one output"),
    "two inputs": (TwoInputs, "one input"),
    "batch norm of the batch": (lambda: after(nn.BatchNorm2d(4, track_running_stats=False)), "running statistics"),
}

REFUSED_SEQUENCES: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "recurrence": (Recurrent, r"gru \(GRU\).*convolutions over time"),
    "attention module": (Attending, r"attention \(softmax attention\).*try convolutions"),
}
