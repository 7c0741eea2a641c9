"""Products that are one thing are told by it: norms, activations and gates."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion.reading.obstacles import products
from spikewright.conversion.reading.obstacles.wiring import Wiring
from tests.conversion.reading.obstacles import graphs


def _found(finder: object, forward: Callable[..., Tensor], *layers: nn.Module) -> list[products.Span]:
    wiring = Wiring(graphs.view_of(forward, *layers))
    return [span for node in wiring.view if (span := finder(wiring, node.name)) is not None]


@pytest.mark.parametrize(
    ("forward", "what"), [(graphs.layer_norm, "layer norm written out"), (graphs.rms_norm, "RMS norm written out")]
)
def test_norms(forward: Callable[..., Tensor], what: str) -> None:
    (span,) = _found(products.norm, forward)
    assert span.advice.what == what and span.reads == "relu" and len(span.nodes) >= 5


@pytest.mark.parametrize(
    ("forward", "what"),
    [
        (lambda x: x * torch.sigmoid(x), "SiLU written out"),
        (lambda x: 0.5 * x * (1 + torch.tanh(0.8 * (x + 0.04 * x**3))), "GELU written out"),
        (lambda x: 0.5 * x * (1 + torch.erf(x / 1.41)), "GELU written out"),
        (lambda x: x * torch.tanh(F.softplus(x)), "Mish written out"),
        (lambda x: x * F.relu6(x + 3) / 6, "Hardswish written out"),
        (lambda x: x * (x + 1), "activation written out"),
        (lambda x: torch.where(x > 0, x, torch.exp(x) - 1), "activation written out"),
    ],
)
def test_activations(forward: Callable[..., Tensor], what: str) -> None:
    assert what in [span.advice.what for span in _found(products.written, forward)]
    assert all(span.reads == "relu" for span in _found(products.written, forward))


def test_gates_by_what_opens_them() -> None:
    (channels,) = _found(products.gate, graphs.opened, nn.Conv2d(4, 2, 1), nn.Conv2d(2, 4, 1))
    assert (
        channels.advice.what == "squeeze-excite gate"
        and channels.reads == "relu"
        and channels.told == "sigmoid in sigmoid"
    )
    assert "mean" in channels.nodes and "silu" in channels.nodes
    (plain,) = _found(products.gate, lambda x, conv: x * torch.sigmoid(conv(x)), nn.Conv2d(4, 4, 1))
    assert plain.advice.what == "gate" and plain.nodes == ("sigmoid", "mul")
    (clipped,) = _found(
        products.gate, lambda x, conv: x * (F.relu6(conv(F.adaptive_avg_pool2d(x, 1)) + 3) / 6), nn.Conv2d(4, 4, 1)
    )
    assert clipped.advice.what == "squeeze-excite gate"


def test_other_products_are_none_of_them() -> None:
    for finder in (products.norm, products.written, products.gate):
        assert _found(finder, lambda x, conv: x * conv(x), nn.Conv2d(4, 4, 1)) == []
        assert _found(finder, lambda x: 2.0 * x + 1.0) == []


def test_a_gate_that_is_enlarged_on_its_way_is_a_gate() -> None:
    def enlarged(x: Tensor, conv: nn.Module) -> Tensor:
        small = torch.sigmoid(conv(F.avg_pool2d(x, 2)))
        return x * F.interpolate(small, size=(x.shape[2], x.shape[3]), mode="nearest")

    (found,) = _found(products.gate, enlarged, nn.Conv2d(4, 4, 1))
    assert found.advice.what == "squeeze-excite gate"
