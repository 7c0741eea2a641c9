"""A small CNN of today's habits, none of which a spiking network has: SiLU, squeeze-and-excite gates, max pooling."""

from torch import Tensor, nn


class SqueezeExcite(nn.Module):
    """y = x * sigmoid(W2 silu(W1 mean(x))): each channel times a number from 0 to 1 that the whole map decides.

    Squeeze-and-excite (Hu et al., arXiv 1709.01507), with 1x1 convolutions for the two layers.
    """

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.squeeze = nn.Conv2d(channels, squeezed, 1)
        self.act = nn.SiLU()
        self.excite = nn.Conv2d(squeezed, channels, 1)
        self.gate = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels, height, width)` to the same shape."""
        gate: Tensor = self.gate(self.excite(self.act(self.squeeze(self.pool(x)))))
        return x * gate


class GatedBlock(nn.Module):
    """3x3 convolution, batch norm, SiLU, and a squeeze-and-excite gate of an eighth of the channels."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.act = nn.SiLU()
        self.excite = SqueezeExcite(width, width // 8)

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels, height, width)` to `(batch, width, height, width)`."""
        found: Tensor = self.excite(self.act(self.norm(self.conv(x))))
        return found


def gated_cnn(classes: int = 10) -> nn.Module:
    """Gated blocks of 16, 32 and 64 channels with max pooling between them, for `(batch, 1, 28, 28)`; 25,528 parameters.

    `convert` refuses its SiLUs and gates; `adapt` replaces them, and the max pooling for hardware.
    """
    return nn.Sequential(
        GatedBlock(1, 16),
        nn.MaxPool2d(2),
        GatedBlock(16, 32),
        nn.MaxPool2d(2),
        GatedBlock(32, 64),
        nn.AvgPool2d(7),
        nn.Flatten(),
        nn.Linear(64, classes),
    )
