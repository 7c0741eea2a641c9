"""Random graphs out of the blocks that convert: drawn as a program of small steps over named values."""

from collections.abc import Callable

import torch
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from tests.conversion.architectures import Case

Step = Callable[[nn.Module, Tensor], Tensor]


class Drawn(nn.Module):
    """A chain of blocks on maps, then a linear layer; each block is a name and its numbers."""

    def __init__(self, channels: int, size: int, program: list[tuple[str, int, int]]) -> None:
        super().__init__()
        self.program, self.layers = [], nn.ModuleList()
        x = torch.zeros(1, channels, size, size)
        for name, one, two in program:
            layer = BLOCK_MAKERS[name](x.shape[1], one, two) if name in BLOCK_MAKERS else nn.Identity()
            try:
                shape = self._applied(name, layer.eval(), x).shape
            except RuntimeError:  # the map has become too small for this block
                continue
            self.program.append(name)
            self.layers.append(layer)
            x = torch.zeros(shape)
        self.fc = nn.Linear(x[0].numel(), 3)

    def forward(self, x: Tensor) -> Tensor:
        for name, layer in zip(self.program, self.layers, strict=True):
            x = self._applied(name, layer, x)
        return self.fc(x.flatten(1))

    @staticmethod
    def _applied(name: str, layer: nn.Module, x: Tensor) -> Tensor:
        return APPLIED[name](layer, x) if name in APPLIED else layer(x)


def _conv(channels: int, one: int, two: int) -> nn.Module:
    kernel, groups = 1 + one % 3, (1, channels)[two % 2]
    outputs = groups * (1 + two % 3) if groups > 1 else 1 + (one + two) % 4
    return nn.Conv2d(
        channels, outputs, kernel, 1 + one // 3 % 2, "same" if two % 5 == 4 and one < 3 else two % 2, groups=groups
    )


def _pair(channels: int, one: int, two: int) -> nn.Module:
    return nn.ModuleList([nn.Conv2d(channels, 1 + one % 3, 1), nn.Conv2d(channels, 1 + two % 3, 3, padding=1)])


def _twin(channels: int, one: int, two: int) -> nn.Module:
    return nn.ModuleList([nn.Conv2d(channels, channels, 3, padding=1), nn.Conv2d(channels, channels, 1)])


BLOCK_MAKERS: dict[str, Callable[[int, int, int], nn.Module]] = {
    "conv": _conv,
    "conv and relu": lambda channels, one, two: nn.Sequential(_conv(channels, one, two), nn.ReLU()),
    "conv, norm and relu6": lambda channels, one, two: nn.Sequential(
        conv := _conv(channels, one, two), nn.BatchNorm2d(conv.out_channels), nn.ReLU6()
    ),
    "norm": lambda channels, one, two: nn.BatchNorm2d(channels),
    "side by side": _pair,
    "sums side by side": _pair,
    "residual": _twin,
    "average": lambda channels, one, two: nn.AvgPool2d(1 + one % 3, 1 + two % 2, (one % 3) // 2),
    "leaky": lambda channels, one, two: nn.LeakyReLU(0.25),
    "transposed": lambda channels, one, two: nn.Sequential(
        nn.ConvTranspose2d(channels, 1 + one % 3, 2 + two % 2, 1 + one % 2), nn.ReLU()
    ),
}
APPLIED: dict[str, Step] = {
    "side by side": lambda layers, x: torch.cat([F.relu(layers[0](x)), x, F.relu(layers[1](x))], 1),
    "sums side by side": lambda layers, x: F.relu(torch.cat([layers[0](x), layers[1](x)], 1)),
    "residual": lambda layers, x: x + layers[1](F.relu(layers[0](x))),
    "relu": lambda layer, x: F.relu(x),
    "maximum": lambda layer, x: F.max_pool2d(F.relu(x), 2, 2, ceil_mode=True),
    "maximum before relu": lambda layer, x: F.relu(F.max_pool2d(x, (2, 1), 1, (1, 0))),
    "zeros": lambda layer, x: F.pad(x, (1, 0, 0, 1)),
    "twice as large": lambda layer, x: F.interpolate(x, scale_factor=2),
    "shifted": lambda layer, x: 0.5 * x + 0.25,
}


@st.composite
def graphs(draw: st.DrawFn) -> Case:
    """One to five blocks on a small map; the first has weights and a ReLU."""
    channels, size = draw(st.integers(1, 3)), draw(st.integers(4, 7))
    numbers = st.integers(0, 5)
    names = st.sampled_from(sorted({*BLOCK_MAKERS, *APPLIED}))
    first = [("conv and relu", draw(numbers), draw(numbers))]
    more = draw(st.lists(st.tuples(names, numbers, numbers), max_size=4))
    return Case(lambda: Drawn(channels, size, first + more), (channels, size, size))
