"""ResNet-20 for 32x32 images, with shortcuts that are convolutions so that every path converts."""

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """y = ReLU(norm(conv(ReLU(norm(conv(x))))) + s(x)), s the identity or a strided 1x1 convolution with batch norm."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or channels != width:
            self.shortcut = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """`(batch, channels, height, width)` to `(batch, width, height / stride, width / stride)`."""
        inner = self.relu1(self.norm1(self.conv1(x)))
        out: Tensor = self.relu2(self.norm2(self.conv2(inner)) + self.shortcut(x))
        return out


class ResNet(nn.Module):
    """The CIFAR network of He et al. 2016: one convolution, three stages of 16, 32, 64 channels, one linear layer."""

    def __init__(self, blocks: int, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.relu = nn.ReLU()
        self.stage1 = _stage(16, 16, blocks, stride=1)
        self.stage2 = _stage(16, 32, blocks, stride=2)
        self.stage3 = _stage(32, 64, blocks, stride=2)
        # A fixed window instead of an adaptive one: the layer's weights are then known from the layer alone.
        self.pool = nn.AvgPool2d(8)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(64, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Images `(batch, 3, 32, 32)` to logits `(batch, classes)`."""
        x = self.relu(self.norm(self.conv(x)))
        x = self.stage3(self.stage2(self.stage1(x)))
        logits: Tensor = self.fc(self.flatten(self.pool(x)))
        return logits


def resnet20(classes: int = 10) -> nn.Module:
    """ResNet-20 for `(batch, 3, 32, 32)`; 272,474 parameters.

    He et al. 2016 pad the shortcuts of a new stage with zero channels (option A); here they are strided 1x1
    convolutions (option B), which are layers like any other. That adds 2,752 parameters.
    """
    return ResNet(blocks=3, classes=classes)


def _stage(channels: int, width: int, blocks: int, stride: int) -> nn.Sequential:
    first = ResidualBlock(channels, width, stride)
    return nn.Sequential(first, *(ResidualBlock(width, width, 1) for _ in range(blocks - 1)))
