"""Each substitute that the catalogue can name is tried: the obstacle is refused by its name, its substitute converts."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.compress import GraphNode
from spikewright.conversion import Rate, convert, obstacles
from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE, advice_of, advice_of_layer
from tests.conversion.reading.obstacles import graphs
from tests.conversion.reading.obstacles.graphs import Inside

X = torch.rand(3, *graphs.SHAPE, generator=torch.Generator().manual_seed(0))
Made = Callable[[], nn.Module]


class Trial(NamedTuple):
    """A model with an obstacle, and the same with its substitute."""

    refused: Made
    instead: Made
    samples: Tensor = X


def inside(function: Callable[..., Tensor], *layers: nn.Module) -> Made:
    return lambda: Inside(function, *layers)


def layer(one: nn.Module) -> Made:
    return inside(lambda x, inner: inner(x), one)


def after(*layers: nn.Module) -> Made:
    return lambda: nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU(), *layers)


RELU = inside(F.relu)
NORM = layer(nn.BatchNorm2d(4))
PLAIN = inside(lambda x: x)


class Sequence(nn.Module):
    """A sequence through a layer that may be recurrent."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return (self.inner(x)[0] if isinstance(self.inner, nn.RNNBase) else torch.relu(self.inner(x))).flatten(1)


class Table(nn.Module):
    """An embedding of what is largest, or a linear layer of what there is."""

    def __init__(self, picks: bool) -> None:
        super().__init__()
        self.table, self.fc, self.picks = nn.Embedding(4, 3), nn.Linear(4, 3), picks

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(x).mean((2, 3))
        return self.table(x.argmax(1)) if self.picks else self.fc(x)


class Deep(nn.Module):
    """Depth as a dimension, or as channels."""

    def __init__(self, deep: bool) -> None:
        super().__init__()
        self.conv: nn.Module = nn.Conv3d(1, 2, 3) if deep else nn.Conv2d(4, 2, 3)
        self.deep = deep

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.conv(x.unsqueeze(1) if self.deep else x)).flatten(1)


RECURRENT = {"lstm": nn.LSTM(6, 3, batch_first=True), "gru": nn.GRU(6, 3, batch_first=True), "rnn": nn.RNN(6, 3)}
FUNCTIONS = {
    **{
        name: getattr(torch, name)
        for name in ("exp", "log", "sqrt", "rsqrt", "erf", "sin", "cos", "reciprocal", "square")
    },
    "pow": lambda x: x**3,
    "written": lambda x: x * torch.sigmoid(x),
}
ACTIVATIONS = (
    *(
        nn.SiLU(),
        nn.GELU(),
        nn.Mish(),
        nn.ELU(),
        nn.SELU(),
        nn.CELU(),
        nn.Softplus(),
        nn.Sigmoid(),
        nn.LogSigmoid(),
        nn.Tanh(),
    ),
    *(nn.Hardsigmoid(), nn.Hardswish(), nn.Softsign(), nn.Tanhshrink()),
)
TRIALS: dict[str, Trial] = {
    **{type(one).__name__.lower(): Trial(layer(one), RELU) for one in ACTIVATIONS},
    **{name: Trial(inside(lambda x, f=function: f(x + 1.0)), RELU) for name, function in FUNCTIONS.items()},
    "softmax": Trial(
        layer(nn.Softmax(1)), after(nn.Conv2d(4, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(32, 3), nn.Softmax(1))
    ),
    "layernorm": Trial(layer(nn.LayerNorm(6)), NORM),
    "groupnorm": Trial(layer(nn.GroupNorm(2, 4)), NORM),
    "instancenorm1d": Trial(
        lambda: nn.Sequential(nn.Flatten(2), nn.InstanceNorm1d(4)),
        lambda: nn.Sequential(nn.Flatten(2), nn.BatchNorm1d(4)),
    ),
    "instancenorm2d": Trial(layer(nn.InstanceNorm2d(4)), NORM),
    "instancenorm": Trial(inside(F.instance_norm), NORM),
    "rmsnorm": Trial(layer(nn.RMSNorm(6)), NORM),
    "localresponsenorm": Trial(layer(nn.LocalResponseNorm(2)), NORM),
    "normalize": Trial(inside(lambda x: F.normalize(x, dim=1)), NORM),
    "batchnorm": Trial(layer(nn.BatchNorm2d(4, track_running_stats=False)), NORM),
    "attention": Trial(inside(graphs.attention), layer(nn.Conv2d(4, 4, 3, padding=1))),
    "attentionpooling": Trial(
        inside(
            lambda x, conv: (x.flatten(2) @ conv(x).flatten(2).softmax(2).transpose(1, 2)).unsqueeze(-1),
            nn.Conv2d(4, 1, 1),
        ),
        inside(lambda x: x.mean((2, 3), keepdim=True)),
    ),
    "gate": Trial(inside(lambda x, conv: x * torch.sigmoid(conv(x)), nn.Conv2d(4, 4, 1)), PLAIN),
    "channelgate": Trial(inside(graphs.opened, nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1)), inside(lambda x: 0.5 * x)),
    "product": Trial(
        inside(lambda x, conv: x * conv(x), nn.Conv2d(4, 4, 1)), inside(lambda x, conv: x + conv(x), nn.Conv2d(4, 4, 1))
    ),
    "glu": Trial(
        inside(lambda x, wide: F.glu(wide(x), 1), nn.Conv2d(4, 8, 1)),
        inside(lambda x, conv: F.relu(conv(x)), nn.Conv2d(4, 4, 1)),
    ),
    "bilinear": Trial(
        lambda: Inside(lambda x, two: two(x.mean(3), x.mean(2)).unsqueeze(-1), nn.Bilinear(6, 6, 6)),
        inside(lambda x, conv: conv(torch.cat([x, x], 1)), nn.Conv2d(8, 4, 1)),
    ),
    **{
        name: Trial(lambda one=one: Sequence(one), lambda: Sequence(nn.Conv1d(4, 3, 3)), X[:, :, 0])
        for name, one in RECURRENT.items()
    },
    "index": Trial(
        inside(lambda x: x.gather(1, x.argmax(1, keepdim=True).expand(-1, 4, -1, -1))),
        inside(lambda x: x[:, [0, 0, 2, 1]]),
    ),
    "sort": Trial(inside(lambda x: x.sort(1)[0]), layer(nn.MaxPool2d(2))),
    "comparison": Trial(inside(lambda x: torch.sign(x)), RELU),
    "maximum": Trial(
        inside(lambda x, conv: torch.maximum(x, conv(x)), nn.Conv2d(4, 4, 1)),
        inside(lambda x, conv: x + conv(x), nn.Conv2d(4, 4, 1)),
    ),
    "embedding": Trial(lambda: Table(True), lambda: Table(False)),
    "conv3d": Trial(lambda: Deep(True), lambda: Deep(False)),
    "displaced": Trial(
        inside(lambda x, conv: conv(x.reshape(-1, 4, 3, 6)).reshape(-1, 4, 6, 6), nn.Conv2d(4, 4, 1)),
        layer(nn.Conv2d(4, 4, 1)),
    ),
}


def test_each_entry_has_its_trial() -> None:
    assert set(TRIALS) == set(CATALOGUE)


@pytest.mark.parametrize("key", TRIALS)
def test_the_obstacle_is_named_and_its_substitute_converts(key: str) -> None:
    trial, advice = TRIALS[key], CATALOGUE[key]
    found = obstacles(trial.refused().eval(), trial.samples)
    named = [one for one in found if one.what.removesuffix(" written out") in (advice.what, "SiLU")]
    assert named and {one.substitute for one in named} == {advice.substitute}, [str(one) for one in found]
    instead = trial.instead().eval()
    torch.manual_seed(0)
    instead.apply(lambda part: part.reset_parameters() if hasattr(part, "reset_parameters") else None)
    assert not any(one.hinders for one in obstacles(instead, trial.samples))
    convert(instead, trial.samples, Rate(4, calibration=None))


@pytest.mark.parametrize("made", [nn.PixelShuffle(2), nn.Fold((3, 3), 2), nn.LPPool2d(2, 2), nn.ChannelShuffle(2)])
def test_letters_of_a_name_say_nothing(made: nn.Module) -> None:
    """PixelShuffle has the letters of ELU."""
    assert advice_of_layer(made) is None
    node = GraphNode("x", "unsupported", (), (3,), made, "x", {}, "no rule", type(made).__name__.lower())
    assert not advice_of(node).substitute.startswith("ReLU, and train again")


def test_layers_are_known_by_their_type() -> None:
    assert (
        advice_of_layer(nn.SiLU()) is CATALOGUE["silu"]
        and advice_of_layer(nn.MultiheadAttention(4, 2)) is CATALOGUE["attention"]
    )
    assert advice_of_layer(nn.Conv2d(1, 1, 1)) is None

    class Gelu(nn.Module):
        pass

    assert advice_of_layer(Gelu()) is None


def test_hooks_are_what_stands_in_the_way() -> None:
    hooked = nn.Conv2d(4, 4, 1)
    hooked.register_forward_hook(lambda *_: None)
    (found,) = obstacles(Inside(lambda x, inner: inner(x), hooked).eval(), X)
    assert "forward hooks" in found.reason and "handle.remove()" in found.substitute
