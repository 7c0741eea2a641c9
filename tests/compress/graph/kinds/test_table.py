"""Every common way to write a layer gets its kind, and nothing unknown passes for something known."""

import pytest
import torch
from torch import fx, nn
from torch.nn import functional as F

from spikewright.compress import QuantizedFrom, QuantizedHalves, QuantizedReLU, trace
from spikewright.compress.graph.kinds.call import GraphCall
from spikewright.compress.graph.kinds.table import activation_of
from spikewright.compress.graph.tracing import traced

SAMPLE = torch.zeros(1, 2, 8, 8)


def kinds(model: nn.Module, sample: torch.Tensor = SAMPLE) -> list[str]:
    return [node.kind for node in trace(model, sample)]


def only(function, sample: torch.Tensor = SAMPLE):  # type: ignore[no-untyped-def]
    """The one node after the input of a model that applies `function`, or of a model of one module."""
    if isinstance(function, nn.Module):
        return trace(nn.Sequential(function), sample).nodes[-1]

    class Wrapper(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return function(x)

    return trace(Wrapper(), sample).nodes[-1]


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (torch.relu, "relu"),
        (lambda x: x.relu_(), "relu"),
        (lambda x: x.clamp(min=0), "relu"),
        (lambda x: x.clamp(0, 1), "clamp"),
        (lambda x: x.clamp(-1, 1), "clip"),
        (lambda x: x.clamp(0, x.shape[0]), "unsupported"),
        (F.relu6, "clamp"),
        (F.hardtanh, "clip"),
        (lambda x: F.hardtanh(x, 0, 2), "clamp"),
        (F.leaky_relu, "leaky_relu"),
        (lambda x: F.leaky_relu(x, 0.0), "relu"),
        (lambda x: F.leaky_relu(x, negative_slope=-1.0), "prelu"),
        (torch.abs, "prelu"),
        (lambda x: x - F.relu(x), "sub"),
        (lambda x: torch.split(x, 1, 1)[0], "moved"),
        (lambda x: F.pad(x, (1, 0)), "pad"),
        (lambda x: F.pad(x, (1, 0), value=1.0), "moved"),
        (lambda x: F.pad(x, (1, 1, 1, 1), mode="reflect"), "moved"),
        (lambda x: F.pad(x, (-1, 0)), "moved"),
        (lambda x: F.pad(x, (0, 0, 0, 0, 1, 0)), "pad"),
        (lambda x: F.interpolate(x, scale_factor=2), "upsample"),
        (lambda x: F.interpolate(x, size=(16, 24)), "upsample"),
        (lambda x: F.interpolate(x, size=(12, 8)), "moved"),
        (lambda x: F.interpolate(x, scale_factor=2.1), "moved"),
        (lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"), "resampled"),
        (lambda x: F.max_pool2d(x, 3, ceil_mode=True), "maxpool"),
        (lambda x: F.max_pool2d(x, 3, return_indices=True)[0], "unsupported"),
        (lambda x: x.amax((2, 3)), "maxpool"),
        (lambda x: x.amax(1), "unsupported"),
        (lambda x: torch.flatten(x, 1), "flatten"),
        (lambda x: x.reshape(x.shape[0], 128), "flatten"),
        (lambda x: x.reshape(-1, 128), "flatten"),
        (lambda x: x.flatten(2), "reshape"),
        (lambda x: x[:, :, ::2], "moved"),
        (lambda x: x[:, [1, 0]], "moved"),
        (lambda x: torch.zeros(x.size(0), 2), "filled"),
        (torch.tanh, "rising"),
        (lambda x: x.view(x.size(0), 8, 4, 4), "reshape"),
        (lambda x: x.transpose(2, 3), "moved"),
        (lambda x: x + x, "add"),
        (lambda x: torch.add(x, x, alpha=2), "unsupported"),
        (lambda x: x + 1, "unsupported"),
        (lambda x: x + x.mean((2, 3), keepdim=True), "unsupported"),
        (lambda x: x.mean((-1, -2)), "mean"),
        (lambda x: x * 2, "unsupported"),
        (lambda x: F.adaptive_avg_pool2d(x, 2), "adaptive_avgpool"),
        (lambda x: F.adaptive_avg_pool2d(x, 3), "avgpool_map"),
        (lambda x: F.avg_pool2d(x, 3, ceil_mode=True), "avgpool_map"),
        (lambda x: F.avg_pool2d(x, 2, padding=1, count_include_pad=False), "avgpool_map"),
        (lambda x: F.dropout(x), "unsupported"),
        (lambda x: torch.cat([x, x], 1), "concat"),
        (lambda x: x.contiguous(), "identity"),
    ],
)
def test_kind_of_one_operation(function, kind: str) -> None:  # type: ignore[no-untyped-def]
    node = only(function)
    assert node.kind == kind
    assert bool(node.detail) == (kind == "unsupported")


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"), "conv2d"),
        pytest.param(
            nn.Conv2d(2, 2, 4, padding="same"),
            "conv2d",
            marks=pytest.mark.filterwarnings("ignore:Using padding='same'"),  # torch's own word on it
        ),
        (nn.BatchNorm2d(2, track_running_stats=False), "unsupported"),
        (nn.AdaptiveAvgPool2d(1), "adaptive_avgpool"),
        (QuantizedReLU(7, 1.0), "quantised_relu"),
        (QuantizedHalves(7, 2), "quantised_halves"),
        (QuantizedFrom(7), "quantised_from"),
        (nn.ConvTranspose2d(2, 2, 2), "conv_transpose2d"),
        (nn.PReLU(), "leaky_relu"),
        (nn.ReLU6(), "clamp"),
        (nn.Hardtanh(), "clip"),
        (nn.RReLU(), "leaky_relu"),
        (nn.AdaptiveMaxPool2d(1), "maxpool"),
        (nn.AdaptiveMaxPool2d(3), "unsupported"),
        (nn.ZeroPad2d((1, 0, 2, 0)), "pad"),
        (nn.Upsample(scale_factor=3), "upsample"),
        (nn.Sigmoid(), "rising"),
        (nn.GELU(), "unsupported"),
        (nn.Linear(8, 3), "linear_map"),  # over the last axis of a larger tensor
        (nn.Sequential(nn.Flatten(), nn.Softmax(1)), "softmax"),
    ],
)
def test_kind_of_one_module(module: nn.Module, kind: str) -> None:
    assert kinds(module)[-1] == kind


def test_a_subclass_that_keeps_forward_is_the_layer_and_one_that_does_not_is_opened() -> None:
    class Renamed(nn.Conv2d):
        pass

    class Doubled(nn.Conv2d):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x) * 2

    assert kinds(Renamed(2, 2, 3)) == ["input", "conv2d"]
    assert kinds(Doubled(2, 2, 3)) == ["input", "conv2d", "unsupported"]


def test_hooks_make_a_layer_unsupported() -> None:
    layer = nn.Conv2d(2, 2, 3)
    layer.register_forward_hook(lambda module, given, out: out + 1)
    assert kinds(layer)[-1] == "unsupported"


def test_activations_are_known_without_shapes() -> None:
    def kind(function) -> str | None:  # type: ignore[no-untyped-def]
        call = fx.symbolic_trace(lambda x: function(x)).graph.nodes
        found = activation_of(GraphCall(list(call)[1], None, (), ()))
        return None if found is None else found.kind

    assert kind(F.relu6) == "clamp" and kind(torch.abs) == "prelu" and kind(lambda x: x.clamp(max=1)) == "clip"
    assert kind(torch.sigmoid) is None and kind(lambda x: x.clamp(min=1, max=0)) is None
    call = list(traced(nn.Sequential(nn.PReLU(3))).graph.nodes)[1]
    assert activation_of(GraphCall(call, nn.PReLU(3), (), ())) == ("leaky_relu", {"slope": 0.25}, "")
    assert activation_of(GraphCall(call, nn.Conv2d(1, 1, 1), (), ())) is None
