"""What cannot be converted is refused before anything runs, by name, with a reason and a substitute."""

import pickle
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from conversion import Quantized, Rate, Ttfs, Unconvertible, convert
from spikewright import InvalidInput, SpikewrightError
from tests.conversion.architectures import CASES, build, images, seq

X = torch.rand(4, 2, 8, 8, generator=torch.Generator().manual_seed(0))
Forward = Callable[[nn.Module, Tensor], Tensor]


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


def channel_slopes() -> nn.Module:
    layer = nn.PReLU(4)
    nn.init.uniform_(layer.weight, 0.1, 0.5)
    return layer


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
    "max pool of the image": (lambda: seq(nn.MaxPool2d(2), nn.Conv2d(2, 3, 3)), "_0 .*the image itself"),
    "max pool with gaps": (lambda: after(nn.MaxPool2d(2, dilation=2)), "_2 .*dilation"),
    "max pool with indices": (lambda: Written(lambda x: F.max_pool2d(x, 2, return_indices=True)[0]), "indices"),
    "max pool over signed borders": (
        lambda: seq(nn.Conv2d(2, 4, 2), nn.BatchNorm2d(4), nn.MaxPool2d(2, ceil_mode=True)),
        "ceil_mode.*ReLU before the pooling",
    ),
    "part of the channels": (lambda: Written(lambda x: x[:, 0]), "getitem"),
    "pool of unequal windows": (lambda: after(nn.AdaptiveAvgPool2d(3), nn.Conv2d(4, 2, 3)), "differ in size"),
    "pool with unequal divisors": (
        lambda: after(nn.AvgPool2d(3, 2, 1, count_include_pad=False), nn.Conv2d(4, 2, 3)),
        "differ in size or divisor",
    ),
    "adaptive max pool": (lambda: after(nn.AdaptiveMaxPool2d(3)), "unequal size.*divides the map"),
    "sigmoid": (lambda: after(nn.Sigmoid()), "Sigmoid.*try ReLU"),
    "tanh": (lambda: Written(torch.tanh), "tanh.*try ReLU"),
    "gelu": (lambda: after(nn.GELU()), "GELU.*try ReLU"),
    "silu": (lambda: after(nn.SiLU()), "SiLU.*try ReLU"),
    "hard swish": (lambda: after(nn.Hardswish()), "Hardswish.*try ReLU"),
    "elu": (lambda: after(nn.ELU()), "ELU.*try ReLU"),
    "clamp around zero": (lambda: after(nn.Hardtanh()), "does not begin at 0.*ReLU6"),
    "slopes of channels": (lambda: after(channel_slopes()), "slope of its own.*one slope"),
    "layer norm": (lambda: after(nn.LayerNorm(8)), "LayerNorm.*BatchNorm2d"),
    "group norm": (lambda: after(nn.GroupNorm(2, 4)), "GroupNorm.*BatchNorm2d"),
    "instance norm": (lambda: after(nn.InstanceNorm2d(4)), "InstanceNorm2d.*BatchNorm2d"),
    "attention": (lambda: Written(lambda x: F.scaled_dot_product_attention(x, x, x)), "attention.*convolutions"),
    "squeeze and excitation": (Gated, "product or quotient|mul"),
    "chunks": (lambda: Written(lambda x: torch.chunk(x, 2, 1)[0]), "chunk gives several tensors"),
    "rows side by side": (lambda: Written(lambda x: torch.cat([x, x], 2)), "concatenation.*dimension 1"),
    "bilinear upsampling": (lambda: after(nn.Upsample(scale_factor=2, mode="bilinear")), "bilinear.*nearest"),
    "product": (lambda: Written(lambda x: x * x), "mul.*product or quotient"),
    "power": (lambda: Written(lambda x: x**2), "pow"),
    "reciprocal": (lambda: Written(lambda x: 1.0 / (x + 1.0)), "product or quotient"),
    "softmax inside": (lambda: after(nn.Softmax(1), nn.Conv2d(4, 2, 1)), "follows a softmax"),
    "softmax over pixels": (lambda: after(nn.Softmax(-1)), "softmax over the classes"),
    "mean of channels": (lambda: Written(lambda x: x.mean(1)), "height and width"),
    "reflected padding": (lambda: seq(nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect")), "zero padding"),
    "padding with ones": (lambda: Written(lambda x: F.pad(x, (1, 1), value=1.0)), "zero padding"),
    "pixel weights": (lambda: Written(lambda x: x * torch.arange(8.0)), "pixel to pixel"),
    "linear over the last axis": (lambda: after(nn.Linear(8, 3)), "last axis.*1x1 convolution"),
    "reshape to a map": (lambda: Written(lambda x: x.flatten(1).view(-1, 4, 8, 8)), "reshape"),
    "branch on data": (Branching, "control flow"),
    "two outputs": (TwoOutputs, "one output"),
    "two inputs": (TwoInputs, "one input"),
    "transpose": (lambda: Written(lambda x: x.transpose(2, 3)), "transpose"),
    "batch norm of the batch": (lambda: after(nn.BatchNorm2d(4, track_running_stats=False)), "running statistics"),
}


@pytest.mark.parametrize("recipe", [Rate(4), Ttfs()], ids=["Rate", "Ttfs"])
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, recipe: Rate | Ttfs) -> None:
    make, message = REFUSED[name]
    with pytest.raises(Unconvertible, match=message) as caught:
        convert(make().eval(), X, recipe)
    assert isinstance(caught.value, SpikewrightError) and isinstance(caught.value, ValueError)
    assert "; try " in str(caught.value)
    assert any(row.action == "refused" for row in caught.value.report)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (Recurrent, r"gru \(unsupported\): GRU gives several tensors.*convolutions over time"),
        (Attending, r"attention \(unsupported\): MultiheadAttention gives several tensors.*try convolutions"),
        (lambda: seq(nn.Conv1d(6, 4, 3), nn.ReLU(), nn.MaxPool1d(2)), "max pooling of a sequence.*height 1"),
        (lambda: seq(nn.Conv1d(6, 4, 3), nn.ReLU(), nn.Upsample(scale_factor=2)), "upsampling from"),
    ],
)
def test_refused_on_sequences(make: Callable[[], nn.Module], message: str) -> None:
    with pytest.raises(Unconvertible, match=message):
        convert(make().eval(), torch.rand(4, 6, 8), Rate(4))


def test_all_refusals_are_reported_not_only_the_first() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3)

        def forward(self, x: Tensor) -> Tensor:
            return torch.sigmoid(self.a(x)) + F.gelu(self.b(x))

    with pytest.raises(Unconvertible) as caught:
        convert(Model(), X, Rate(4))
    rows = {row.layer: row.action for row in caught.value.report}
    assert rows["sigmoid"] == rows["gelu"] == "refused"
    assert rows["a"] == rows["b"] == "kept"
    assert rows["add"] == "note"
    assert "sigmoid" in str(caught.value) and "gelu" in str(caught.value)


BAD_SAMPLES = {
    "wrong shape": (torch.rand(4, 3, 8, 8), "fit the model"),
    "one image": (torch.rand(2, 8, 8), r"\(n, C, H, W\)"),
    "empty": (torch.rand(0, 2, 8, 8), "shape"),
    "NaN": (torch.full((2, 2, 8, 8), float("nan")), "NaN"),
    "words": (["cat", "dog"], "array"),
}


@pytest.mark.parametrize("name", BAD_SAMPLES)
def test_bad_samples(name: str) -> None:
    samples, message = BAD_SAMPLES[name]
    with pytest.raises(InvalidInput, match=message):
        convert(after(), samples, Rate(4))


@pytest.mark.parametrize("recipe", [Ttfs(), Rate(4, input_levels=255)], ids=str)
def test_samples_outside_the_unit_range(recipe: Rate | Ttfs) -> None:
    with pytest.raises(InvalidInput, match=r"\[0, 1\].*inside the model"):
        convert(after(), X * 2, recipe)


def test_weights_that_are_not_finite() -> None:
    model = after()
    model[0].weight.data[0] = float("nan")
    with pytest.raises(InvalidInput, match=r"0\.weight"):
        convert(model, X, Rate(4))


def test_no_model_and_no_recipe() -> None:
    with pytest.raises(InvalidInput, match=r"nn\.Module or a Compressed"):
        convert("model", X, Rate(4))
    with pytest.raises(InvalidInput, match="try Rate"):
        convert(after(), X, "rate")


@pytest.mark.parametrize("recipe", [Rate(4), Ttfs()], ids=["Rate", "Ttfs"])
def test_a_silent_layer_is_named(recipe: Rate | Ttfs) -> None:
    model = after(nn.Flatten(), nn.Linear(256, 3))
    nn.init.constant_(model[0].weight, 0.0)
    nn.init.constant_(model[0].bias, -1.0)
    with pytest.raises(InvalidInput, match=r"'_0'.*dead layer"):
        convert(model, X, recipe)


def test_a_silent_channel_takes_the_largest_threshold() -> None:
    model = after(nn.Flatten(), nn.Linear(256, 3)).eval()
    nn.init.constant_(model[0].weight[1], 0.0)
    nn.init.constant_(model[0].bias[1:2], -1.0)
    network = convert(model, X, Rate(4))
    threshold = network.by_name["_0"].neuron.threshold
    assert threshold[1] == threshold.max() > threshold.min()
    assert "1 silent channels" in str(network.report)


def test_a_faint_channel_is_raised() -> None:
    """Its own threshold would let it fire at every noise, and could fall below a unit of fixed point."""
    model = after(nn.Flatten(), nn.Linear(256, 3), nn.ReLU(), nn.Linear(3, 2)).eval()
    with torch.no_grad():
        model[0].weight[1] *= 1e-3
        model[0].bias[1] = 1e-4
    network = convert(model, X, Rate(4))
    threshold = network.by_name["_0"].neuron.threshold
    assert threshold[1] == pytest.approx(threshold.max() / 100)
    assert "1 faint channels" in str(network.report)
    assert network.to_fixed().by_name["_0"].neuron.threshold.min() >= 1


def test_an_error_survives_another_process() -> None:
    with pytest.raises(Unconvertible) as caught:
        convert(after(nn.Sigmoid(), nn.Flatten(), nn.Linear(256, 3)), X, Rate(4))
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value) and len(copy.report) == len(caught.value.report)


def test_a_model_in_training_mode_is_read_in_evaluation_mode_and_left_alone() -> None:
    model = build(CASES["residual"]).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    network = convert(model, images(CASES["residual"]), Ttfs())
    assert model.training and "was in training mode" in str(network.report)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


BAD_RECIPES: dict[str, Callable[[], object]] = {
    "no steps": lambda: Rate(0),
    "half a step": lambda: Rate(1.5),
    "percentile 0": lambda: Rate(4, percentile=0.0),
    "percentile above 100": lambda: Ttfs(percentile=100.1),
    "percentile NaN": lambda: Rate(4, percentile=float("nan")),
    "unknown reset": lambda: Rate(4, reset="hard"),
    "unknown start": lambda: Rate(4, initial="full"),
    "unknown schedule": lambda: Rate(4, schedule="random"),
    "unknown ranges": lambda: Ttfs(ranges="guess"),
    "negative margin": lambda: Ttfs(margin=-0.1),
    "no levels": lambda: Ttfs(levels=0),
    "no input levels": lambda: Quantized(input_levels=0),
}


@pytest.mark.parametrize("name", BAD_RECIPES)
def test_bad_recipes(name: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        BAD_RECIPES[name]()


def test_report_has_a_row_for_every_layer() -> None:
    network = convert(build(CASES["lenet"]), images(CASES["lenet"]), Rate(5))
    layers = {f"_{place}" for place in range(10)}
    assert layers <= {row.layer for row in network.report}
    kept = [row for row in network.report if row.action == "kept" and row.parameters]
    assert sum(row.parameters for row in kept) == sum(p.numel() for p in build(CASES["lenet"]).parameters())
    neurons = {row.layer: row.neurons for row in network.report if row.action == "rewritten" and row.neurons}
    assert neurons == {"_1": 4 * 12 * 12, "_4": 6 * 4 * 4, "_8": 10, "output": 4}
    assert np.all([row.detail for row in network.report])
