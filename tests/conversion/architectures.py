"""Small architectures that convert, each with something of its own, and one drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

Shape = tuple[int, ...]


def seq(*layers: nn.Module) -> nn.Module:
    return nn.Sequential(*layers)


class Functional(nn.Module):
    """F.relu, torch.flatten, x.view, F.avg_pool2d and a dropout that is off in evaluation."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 4, 3, padding=1), nn.Conv2d(4, 5, 3)
        self.fc1, self.fc2 = nn.Linear(5 * 2 * 2, 7), nn.Linear(7, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = torch.relu(self.conv2(x)).view(x.shape[0], -1)
        x = F.dropout(self.fc1(x).relu(), 0.5, self.training)
        return F.log_softmax(self.fc2(torch.flatten(x, 1)), dim=1)


class Block(nn.Module):
    """Residual block with batch norm; a strided 1x1 convolution as shortcut when the shape changes."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(outputs), nn.BatchNorm2d(outputs)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = seq(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        out = F.relu(self.norm1(self.conv1(x)))
        out = self.norm2(self.conv2(out))
        out += self.shortcut(x)
        return F.relu(out)


class ResNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = seq(nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.block1, self.block2, self.fc = Block(4, 4, 1), Block(4, 6, 2), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.block2(self.block1(self.stem(x))).mean(dim=(2, 3)))


class PooledShortcut(nn.Module):
    """The shortcut is an average pool, the sum of both paths is read by a layer without a ReLU in between."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.conv = nn.Conv2d(1, 3, 3, padding=1), nn.Conv2d(3, 3, 3, 2, 1)
        self.fc = nn.Linear(3 * 4 * 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.stem(x))
        return self.fc((F.avg_pool2d(x, 2) + F.relu(self.conv(x))).flatten(1))


class Reused(nn.Module):
    """One convolution and one linear layer called twice each."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.conv, self.fc = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3, padding=1), nn.Linear(108, 108)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.stem(x))
        x = torch.relu(self.conv(torch.relu(self.conv(x)))).flatten(1)
        return self.fc(F.relu(self.fc(x)))


class Standardised(nn.Module):
    """(x - mean) / std per channel inside the model, in front of a convolution that pads with zeros."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.3, 0.5, 0.4]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.2, 0.3, 0.25]))
        self.conv, self.fc = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4 * 6 * 6, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = (x - self.mean) / self.std[None, :, None, None]
        return self.fc(F.relu(self.conv(x)).flatten(1))


class Constants(nn.Module):
    """Inverted input, scaled activations, a shifted sum."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fc = nn.Conv2d(1, 3, 3, padding=1), nn.Linear(3 * 4 * 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(2.0 * self.conv(1.0 - x) + 0.1)
        return self.fc((x * 0.5 - 0.25).flatten(1)) / 3


class Twice(nn.Module):
    """x + x, and a normalised activation in front of a layer that pads: nothing folds into it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 3, 3), nn.Conv2d(3, 3, 3, padding=1)
        self.norm, self.fc = nn.BatchNorm2d(3), nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(F.relu(self.conv1(x)))
        x = F.relu(self.conv2(x))
        return self.fc(F.adaptive_avg_pool2d(F.relu(x + x), 1).flatten(1))


def lenet() -> nn.Module:
    return seq(
        *(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(4, 6, 3), nn.ReLU(), nn.AvgPool2d(2)),
        *(nn.Flatten(), nn.Linear(24, 10), nn.ReLU(), nn.Linear(10, 4)),
    )


@dataclass(frozen=True)
class Case:
    """A factory and the shape of its input; what it shows."""

    make: Callable[[], nn.Module]
    shape: Shape
    shows: str = ""


CASES: dict[str, Case] = {
    "mlp": Case(lambda: seq(nn.Linear(9, 8), nn.ReLU(), nn.Linear(8, 4)), (9,)),
    "mlp on images": Case(lambda: seq(nn.Flatten(), nn.Linear(18, 8), nn.ReLU(), nn.Linear(8, 4)), (2, 3, 3)),
    "mlp with norm": Case(
        lambda: seq(nn.Linear(9, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 4)), (9,)
    ),
    "lenet": Case(lenet, (1, 16, 16)),
    "functional": Case(Functional, (1, 8, 8)),
    "residual": Case(ResNet, (1, 8, 8)),
    "pooled shortcut": Case(PooledShortcut, (1, 8, 8)),
    "reused": Case(Reused, (1, 8, 8)),
    "standardised": Case(Standardised, (3, 6, 6)),
    "constants": Case(Constants, (1, 4, 4)),
    "twice": Case(Twice, (1, 6, 6)),
    "depthwise": Case(
        lambda: seq(
            *(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Conv2d(4, 8, 3, groups=4), nn.ReLU(), nn.Conv2d(8, 3, 1), nn.ReLU()),
            *(nn.Flatten(), nn.Linear(27, 3)),
        ),
        (2, 7, 7),
    ),
    "groups and dilation": Case(
        lambda: seq(nn.Conv2d(4, 6, 3, groups=2, dilation=2), nn.ReLU(), nn.Flatten(), nn.Linear(24, 3)), (4, 6, 6)
    ),
    "stride and uneven padding": Case(
        lambda: seq(nn.Conv2d(1, 4, (3, 5), (2, 1), (0, 2)), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 4 * 7, 3)),
        (1, 9, 7),
    ),
    "pool that does not fill the map": Case(
        lambda: seq(nn.Conv2d(1, 3, 2), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(27, 3)), (1, 8, 8)
    ),
    "pooled input": Case(
        lambda: seq(nn.AvgPool2d(2), nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 3)), (2, 8, 8)
    ),
    "pool of pool": Case(
        lambda: seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AvgPool2d(2), nn.AvgPool2d((1, 3)), nn.Conv2d(3, 2, 1)), (1, 8, 8)
    ),
    "overlapping pool": Case(
        lambda: seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AvgPool2d(3, 2), nn.Conv2d(3, 2, 2), nn.ReLU(), nn.Flatten()),
        (1, 8, 8),
    ),
    "padded pool": Case(
        lambda: seq(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AvgPool2d(3, 2, 1), nn.Flatten(), nn.Linear(27, 3)), (1, 8, 8)
    ),
    "all convolutional": Case(
        lambda: seq(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()), (1, 6, 6)
    ),
    "ends in relu": Case(
        lambda: seq(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8, 3), nn.ReLU()), (1, 4, 4)
    ),
    "relu of relu": Case(lambda: seq(nn.ReLU(), nn.Conv2d(1, 2, 3), nn.ReLU(), nn.ReLU(), nn.Flatten()), (1, 4, 4)),
    "relu after flattening": Case(lambda: seq(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.ReLU(), nn.Linear(8, 3)), (1, 4, 4)),
    "norm first": Case(
        lambda: seq(nn.BatchNorm2d(2), nn.Conv2d(2, 3, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(48, 3)),
        (2, 4, 4),
    ),
    "dropout and identity": Case(
        lambda: seq(nn.Flatten(), nn.Linear(8, 5), nn.ReLU(), nn.Dropout(), nn.Linear(5, 3), nn.Identity()), (2, 2, 2)
    ),
}


def build(case: Case, seed: int = 0) -> nn.Module:
    """The model in evaluation mode, with weights from `seed` and batch norms that do something."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = case.make()
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
                nn.init.uniform_(layer.bias, -0.1, 0.4)  # mostly above zero, so that small layers are not silent
        for norm in model.modules():
            if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
                for value, low, high in ((norm.running_mean, -0.3, 0.3), (norm.running_var, 0.5, 2.0)):
                    assert value is not None
                    value.uniform_(low, high)
                nn.init.uniform_(norm.weight, -1.5, 1.5)
                nn.init.uniform_(norm.bias, -0.3, 0.3)
    return model.eval()


def lively(case: Case, seed: int = 0) -> nn.Module:
    """`build`, with signals that survive any depth: weights after He, batch norms near the statistics of what they see.

    Each running mean is off by up to 0.3 deviations, each variance by up to a factor of 2; scales have both signs.
    """
    model = build(case, seed)
    norms = [one for one in model.modules() if isinstance(one, nn.BatchNorm1d | nn.BatchNorm2d)]
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        for layer in model.modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, mode="fan_in")
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None
            signs = torch.randint(0, 2, norm.weight.shape) * 2 - 1
            norm.weight.copy_(signs * (0.5 + torch.rand(norm.weight.shape)))
            norm.train()
        model(images(case, 16, seed + 7))
        for norm in norms:
            assert norm.running_mean is not None and norm.running_var is not None
            norm.running_mean += 0.6 * (torch.rand(norm.running_mean.shape) - 0.5) * norm.running_var.sqrt()
            norm.running_var *= 0.5 + 1.5 * torch.rand(norm.running_var.shape)
    return model.eval()


def images(case: Case, count: int = 6, seed: int = 1) -> Tensor:
    """Inputs in [0, 1]."""
    return torch.rand(count, *case.shape, generator=torch.Generator().manual_seed(seed))


@st.composite
def stacks(draw: st.DrawFn) -> Case:
    """Convolutions with stride, padding and groups, norms and pools at random, then one or two linear layers."""
    channels, size = draw(st.integers(1, 3)), draw(st.integers(6, 9))
    shape, layers = (channels, size, size), []
    for _ in range(draw(st.integers(1, 3))):
        groups = draw(st.sampled_from([1, channels]))
        outputs = groups * draw(st.integers(1, 3))
        options = {"stride": draw(st.integers(1, 2)), "padding": draw(st.integers(0, 1)), "groups": groups}
        kernel = draw(st.integers(1, 3))
        if size + 2 * options["padding"] < kernel:
            break
        layers.append((nn.Conv2d, (channels, outputs, kernel), options))
        channels, size = outputs, (size + 2 * options["padding"] - kernel) // options["stride"] + 1
        layers += [(nn.BatchNorm2d, (channels,), {})] if draw(st.booleans()) else []
        layers.append((nn.ReLU, (), {}))
        layers += [(nn.BatchNorm2d, (channels,), {})] if draw(st.booleans()) else []
        if size >= 2 and draw(st.booleans()):
            layers.append((nn.AvgPool2d, (2,), {}))
            size //= 2
    layers += [(nn.Flatten, (), {}), (nn.Linear, (channels * size * size, 3), {})]
    return Case(lambda: seq(*(layer(*places, **options) for layer, places, options in layers)), shape)
