"""Architectures whose layers are written as functions of parameters, and sequences with max pooling."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.architectures import Case, seq


class Functions(nn.Module):
    """F.conv2d, F.batch_norm, `x @ w + b` and F.linear on the module's own parameters."""

    mean: Tensor
    variance: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.kernel, self.shift = nn.Parameter(torch.randn(4, 1, 3, 3) / 3), nn.Parameter(torch.rand(4) / 4)
        self.gamma, self.beta = nn.Parameter(torch.randn(4)), nn.Parameter(torch.rand(4) / 4)
        self.register_buffer("mean", torch.rand(4) / 2)
        self.register_buffer("variance", torch.rand(4) + 0.5)
        self.matrix, self.bias = nn.Parameter(torch.randn(36, 7) / 6), nn.Parameter(torch.rand(7) / 4)
        self.readout = nn.Parameter(torch.randn(3, 7))

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(x, self.kernel, self.shift, padding="same")
        x = F.batch_norm(x, self.mean, self.variance, self.gamma, self.beta, self.training)
        x = F.avg_pool2d(F.relu(x), 2).flatten(1)
        return F.linear(torch.relu(x @ self.matrix + self.bias), self.readout)


class StandardisedWeights(nn.Conv2d):
    """Weight standardisation (Qiao et al. 2019): the kernel that convolves is computed of the parameter."""

    def forward(self, x: Tensor) -> Tensor:
        mean = self.weight.mean(dim=(1, 2, 3), keepdim=True)
        deviation = self.weight.std(dim=(1, 2, 3), keepdim=True) + 1e-5
        return self._conv_forward(x, (self.weight - mean) / deviation, self.bias)


class LearnedShift(nn.Module):
    """A scale and a shift for each channel, parameters that are reshaped on the way (FReLU and the like)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(2, 3, 3, padding=1), nn.Linear(48, 3)
        self.scale, self.shift = nn.Parameter(torch.rand(3) + 0.5), nn.Parameter(torch.rand(3) / 4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x) * self.scale.view(1, -1, 1, 1) + self.shift[:, None, None]
        return self.fc(torch.relu(x).flatten(1))


WRITTEN: dict[str, Case] = {
    "functions of parameters": Case(Functions, (1, 6, 6), "F.conv2d, F.batch_norm, x @ w + b, F.linear on parameters"),
    "standardised weights": Case(
        lambda: seq(
            StandardisedWeights(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3)
        ),
        (2, 4, 4),
        "a kernel that is computed of the parameter",
    ),
    "learned scale and shift": Case(LearnedShift, (2, 4, 4), "parameters that scale and shift each channel"),
    "max pools of sequences": Case(
        lambda: seq(
            *(nn.Conv1d(2, 6, 5, padding=2), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(3, 2, 1)),
            *(nn.Conv1d(6, 4, 3), nn.ReLU(), nn.MaxPool1d(2, ceil_mode=True), nn.Flatten(), nn.Linear(16, 3)),
        ),
        (2, 18),
        "MaxPool1d: padding, overlap, ceil_mode",
    ),
}
