"""Small networks, drawn, whose values go below zero: clamps, slopes of every kind, negative norms, signed maxima, padding."""

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

SIZE = 8
CLAMPS = ((-0.3, 0.4), (-0.5, None), (None, 0.25), (0.1, 0.6), (-2.0, -0.1), (-50.0, 50.0), (0.05, None))


class Clamp(nn.Module):
    """x.clamp(low, high)."""

    def __init__(self, low: float | None, high: float | None) -> None:
        super().__init__()
        self.low, self.high = low, high

    def forward(self, x: Tensor) -> Tensor:
        return x.clamp(self.low, self.high)


class Absolute(nn.Module):
    """|x|."""

    def forward(self, x: Tensor) -> Tensor:
        return x.abs()


@st.composite
def activations(draw: st.DrawFn, channels: int) -> list[nn.Module]:
    """An activation for maps of so many channels, or none, so that two affine layers meet."""
    name = draw(st.sampled_from(["relu", "none", "clamp", "prelu", "slope", "leaky", "absolute", "norm"]))
    if name == "prelu":
        layer = nn.PReLU(channels)
        slopes = draw(st.lists(st.floats(-2, 2, width=16), min_size=channels, max_size=channels))
        layer.weight.data = torch.tensor(slopes)
        return [layer]
    made: dict[str, list[nn.Module]] = {
        "relu": [nn.ReLU()],
        "none": [],
        "clamp": [Clamp(*draw(st.sampled_from(CLAMPS)))],
        "slope": [nn.PReLU(1, draw(st.floats(-1.5, 1.5, width=16)))],
        "leaky": [nn.LeakyReLU(draw(st.sampled_from([0.01, 0.2, 1.5])))],
        "absolute": [Absolute()],
        "norm": [nn.ReLU(), _norm(channels, draw(st.integers(0, 99)))],
    }
    return made[name]


@st.composite
def networks(draw: st.DrawFn) -> nn.Module:
    """Two or three convolutions on maps of one channel, 8 x 8, with what comes between, and a linear layer."""
    layers: list[nn.Module] = []
    channels, pixels = 1, SIZE
    for _ in range(draw(st.integers(2, 3))):
        depthwise, size, padding = draw(st.booleans()), draw(st.sampled_from([1, 3])), draw(st.integers(0, 1))
        padding = padding if pixels > 4 else 1
        pixels += 2 * padding - size + 1
        out = channels if depthwise else draw(st.integers(1, 3))
        layers += [nn.Conv2d(channels, out, size, padding=padding, groups=channels if depthwise else 1)]
        channels = out
        layers += draw(activations(channels))
        if draw(st.booleans()):
            layers += [nn.MaxPool2d(2, 1, padding=draw(st.integers(0, 1)) if pixels > 4 else 1)]
            pixels += 2 * layers[-1].padding - 1
    seed = draw(st.integers(0, 2**16))
    return _lively([*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(4 * channels, 3)], seed)


def _norm(channels: int, seed: int) -> nn.BatchNorm2d:
    """A batch norm whose scales have both signs."""
    norm, generator = nn.BatchNorm2d(channels), torch.Generator().manual_seed(seed)
    norm.weight.data, norm.bias.data = torch.randn(2, channels, generator=generator)
    return norm


def _lively(layers: list[nn.Module], seed: int) -> nn.Module:
    """The layers in evaluation mode, with weights of this seed."""
    model, generator = nn.Sequential(*layers).eval(), torch.Generator().manual_seed(seed)
    for layer in model:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            for values in layer.parameters():
                values.data = torch.randn(values.shape, generator=generator) / max(1.0, values[0].numel() ** 0.5)
    return model
