"""Well-known architectures in small and in full: LeNet-5, VGG-16, ResNet-18 and -20, MobileNetV2, and two of their kind."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def lenet5() -> nn.Module:
    """28 x 28, with max pooling and ReLU."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


def vgg16(width: int = 64) -> nn.Module:
    """Thirteen convolutions with batch norm and five max pools, for 32 x 32."""
    layers: list[nn.Module] = []
    inputs = 3
    for repeat, times in ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8)):
        for _ in range(repeat):
            outputs = width * times
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(inputs, inputs), nn.ReLU())
    return nn.Sequential(*layers, *head, nn.Dropout(), nn.Linear(inputs, 10))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    """A residual network for 32 x 32: stages of basic blocks, global average pooling."""

    def __init__(self, width: int, stages: tuple[int, ...]) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width)
        blocks, inputs = [], width
        for stage, repeat in enumerate(stages):
            outputs = width * 2**stage
            for place in range(repeat):
                blocks.append(BasicBlock(inputs, outputs, 2 if stage and not place else 1))
                inputs = outputs
        self.layers, self.avgpool, self.fc = nn.Sequential(*blocks), nn.AdaptiveAvgPool2d(1), nn.Linear(inputs, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layers(F.relu(self.bn1(self.conv1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def resnet18(width: int = 64) -> nn.Module:
    return ResNet(width, (2, 2, 2, 2))


def resnet20(width: int = 16) -> nn.Module:
    return ResNet(width, (3, 3, 3))


class InvertedResidual(nn.Module):
    """Expansion, depthwise convolution, linear bottleneck; a shortcut where shapes agree (arXiv 1801.04381)."""

    def __init__(self, inputs: int, outputs: int, stride: int, expand: int) -> None:
        super().__init__()
        hidden = inputs * expand
        layers: list[nn.Module] = []
        if expand != 1:
            layers += [nn.Conv2d(inputs, hidden, 1, bias=False), nn.BatchNorm2d(hidden), nn.ReLU6(inplace=True)]
        layers += [nn.Conv2d(hidden, hidden, 3, stride, 1, groups=hidden, bias=False), nn.BatchNorm2d(hidden)]
        layers += [nn.ReLU6(inplace=True), nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv, self.shortcut = nn.Sequential(*layers), stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.shortcut else self.conv(x)


class MobileNetV2(nn.Module):
    """MobileNetV2 for 32 x 32: the strides of the stem and of the second stage are 1."""

    STAGES = ((1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))

    def __init__(self, width: float = 1.0, last: int = 1280, stages: int = 7) -> None:
        super().__init__()
        inputs = max(int(32 * width), 4)
        layers: list[nn.Module] = [nn.Conv2d(3, inputs, 3, 1, 1, bias=False), nn.BatchNorm2d(inputs), nn.ReLU6()]
        for expand, channels, repeat, stride in self.STAGES[:stages]:
            outputs = max(int(channels * width), 4)
            for place in range(repeat):
                layers.append(InvertedResidual(inputs, outputs, stride if place == 0 else 1, expand))
                inputs = outputs
        layers += [nn.Conv2d(inputs, last, 1, bias=False), nn.BatchNorm2d(last), nn.ReLU6()]
        self.features, self.classifier = nn.Sequential(*layers), nn.Sequential(nn.Dropout(0.2), nn.Linear(last, 10))

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.features(x).mean([2, 3]))


class DenseLayer(nn.Module):
    """Batch norm, ReLU, 1x1; batch norm, ReLU, 3x3; its output is put beside its input (arXiv 1608.06993)."""

    def __init__(self, inputs: int, growth: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2, self.conv2 = nn.BatchNorm2d(4 * growth), nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        new = self.conv2(F.relu(self.norm2(self.conv1(F.relu(self.norm1(x))))))
        return torch.cat([x, new], 1)


def densenet(growth: int = 12, layers: int = 6) -> nn.Module:
    """Three dense blocks for 32 x 32 with compressing transitions between them."""
    channels = 2 * growth
    modules: list[nn.Module] = [nn.Conv2d(3, channels, 3, padding=1, bias=False)]
    for block in range(3):
        for _ in range(layers):
            modules.append(DenseLayer(channels, growth))
            channels += growth
        modules += [nn.BatchNorm2d(channels), nn.ReLU()]
        if block < 2:
            modules += [nn.Conv2d(channels, channels // 2, 1, bias=False), nn.AvgPool2d(2)]
            channels //= 2
    return nn.Sequential(*modules, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


class Inception(nn.Module):
    """Four branches side by side: 1x1, 3x3, 5x5, and a max pool with a 1x1 (arXiv 1409.4842)."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.one = self._conv(inputs, width, 1)
        self.three = nn.Sequential(self._conv(inputs, width, 1), self._conv(width, 2 * width, 3))
        self.five = nn.Sequential(self._conv(inputs, width // 2, 1), self._conv(width // 2, width, 5))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1), self._conv(inputs, width, 1))

    @staticmethod
    def _conv(inputs: int, outputs: int, kernel: int) -> nn.Module:
        conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat((self.one(x), self.three(x), self.five(x), self.pool(x)), dim=1)


def inception(width: int = 16) -> nn.Module:
    """A stem, three inception blocks with max pools between, for 32 x 32."""
    stem = Inception._conv(3, width, 3)
    blocks = (Inception(width, width), nn.MaxPool2d(3, 2, ceil_mode=True), Inception(5 * width, width))
    end = (nn.MaxPool2d(2), Inception(5 * width, width), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Sequential(stem, *blocks, *end, nn.Dropout(), nn.Linear(5 * width, 10))
