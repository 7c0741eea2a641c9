"""Batch norms fold through sums, slices, pools and reshapes, in both directions, wherever that is exact and nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import fold_batchnorm, quantize, trace
from spikewright.compress.exact.fold import fold_view
from spikewright.compress.quantisers.uniform import QuantizeSettings
from spikewright.compress.training.loop import TrainSettings

SAMPLE = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(5))
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def shake(model: nn.Module, seed: int) -> None:
    """Statistics and weights as after training. `sign` and `shift` on a norm say what its map may be."""
    generator = torch.Generator().manual_seed(seed)
    for norm in (module for module in model.modules() if isinstance(module, NORMS)):
        norm.running_mean.normal_(generator=generator)
        norm.running_var.uniform_(0.3, 3, generator=generator)
        if norm.affine:
            signs = torch.randint(0, 2, norm.weight.shape, generator=generator) * 2 - 1
            norm.weight.data.uniform_(0.3, 2, generator=generator).mul_(signs)
            norm.bias.data.normal_(generator=generator)


def bn(channels: int = 4) -> nn.Module:
    return nn.BatchNorm2d(channels)


class Scale(nn.BatchNorm2d):
    """A batch norm that only scales, by positive numbers."""

    def __init__(self, channels: int = 4) -> None:
        super().__init__(channels)
        self.running_var.uniform_(0.3, 3)


def conv(*, inside: int = 4, out: int = 4, **given: Any) -> nn.Conv2d:
    return nn.Conv2d(inside, out, 3, **{"padding": 1, "bias": False, **given})


Join = Callable[[Any, torch.Tensor], torch.Tensor]


class Block(nn.Module):
    """Named layers and how they are joined."""

    def __init__(self, join: Join, layers: dict[str, nn.Module]) -> None:
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.join = join

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.join(self, x)


def both(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.n(m.a(x) + m.b(x))


def joined(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.n(torch.cat([m.a(x), m.b(x)], 1))


def fork(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.n(F.relu(x))
    return m.a(y) + m.b(y)


def slice_forward(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.a(torch.cat([m.n(F.relu(x)), F.relu(x)], 1))


def twice_joined(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.n(F.relu(x))
    return m.a(torch.cat([y, F.avg_pool2d(y, 1), y], 1))


def flat_head(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.head(m.n(F.relu(x)).view(x.size(0), -1))


def flat_norm(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.n(torch.flatten(m.a(x), 1))


def stopped(m: Any, x: torch.Tensor) -> torch.Tensor:
    return m.b(F.relu(m.a(x)) + m.n(F.relu(x)))


def overwritten(m: Any, x: torch.Tensor) -> torch.Tensor:
    y = m.a(x)
    z = m.n(y)
    return m.b(torch.cat([m.r(y) if hasattr(m, "r") else F.relu_(y), z], 1))


PLACES: dict[str, tuple[Join, dict[str, Callable[[], nn.Module]], str]] = {
    "sum, both branches": (both, {"a": conv, "b": lambda: conv(bias=True), "n": bn}, "into a, b (backward)"),
    "sum, shift to the branch that can": (
        lambda m, x: m.n(F.avg_pool2d(m.a(x), 3, 1, 1) + m.b(x)),
        {"a": conv, "b": conv, "n": bn},
        "into a, b (backward)",
    ),
    "difference, shift to the branch that can": (
        lambda m, x: m.n(F.avg_pool2d(m.a(x), 3, 1, 1) - m.b(x)),
        {"a": conv, "b": conv, "n": bn},
        "into a, b (backward)",
    ),
    "padding": (lambda m, x: m.n(F.pad(m.a(x), (1, 0, 2, 1))), {"a": conv, "n": bn}, "pads with zeros"),
    "padding, only a scale": (
        lambda m, x: m.n(F.pad(m.a(x), (1, 0, 2, 1))),
        {"a": conv, "n": Scale},
        "into a (backward)",
    ),
    "upsampling": (
        lambda m, x: m.n(F.interpolate(m.a(x), scale_factor=2.0)),
        {"a": conv, "n": bn},
        "into a (backward)",
    ),
    "windows that average to one": (
        lambda m, x: m.n(F.adaptive_avg_pool2d(F.avg_pool2d(m.a(x), 3, 2, 1, count_include_pad=False), 3)),
        {"a": conv, "n": bn},
        "into a (backward)",
    ),
    "sum with a ReLU": (
        lambda m, x: m.n(m.a(x) + F.relu(x)),
        {"a": conv, "n": bn},
        "relu is relu, no affine layer",
    ),
    "a value that is read again": (
        lambda m, x: (y := m.a(x)) + m.b(F.relu(m.n(y))),
        {"a": conv, "b": conv, "n": bn},
        "a is also read by add",
    ),
    "concatenation, a slice each": (joined, {"a": conv, "b": conv, "n": lambda: bn(8)}, "into a, b (backward)"),
    "concatenation after pools": (
        lambda m, x: m.n(
            torch.cat([F.avg_pool2d(m.a(x), 2), m.b(x).mean((2, 3), keepdim=True).expand(-1, -1, 4, 4)], 1)
        ),
        {"a": conv, "b": conv, "n": lambda: bn(8)},
        "no affine layer",
    ),
    "average pooling": (lambda m, x: m.n(F.avg_pool2d(m.a(x), 2)), {"a": conv, "n": bn}, "into a (backward)"),
    "average pooling of a border": (
        lambda m, x: m.n(F.avg_pool2d(m.a(x), 3, 2, 1)),
        {"a": conv, "n": bn},
        "zeros at the border",
    ),
    "adaptive pooling and flattening": (
        lambda m, x: m.n(torch.flatten(F.adaptive_avg_pool2d(m.a(x), 1), 1)),
        {"a": conv, "n": lambda: nn.BatchNorm1d(4)},
        "into a (backward)",
    ),
    "global mean": (
        lambda m, x: m.n(m.a(x).mean((2, 3))),
        {"a": conv, "n": lambda: nn.BatchNorm1d(4)},
        "into a (backward)",
    ),
    "pixels with scales of their own": (
        flat_norm,
        {"a": conv, "n": lambda: nn.BatchNorm1d(256)},
        "flattens a channel whose pixels have scales of their own",
    ),
    "identity and dropout": (
        lambda m, x: m.n(m.d(m.i(m.a(x)))),
        {"a": conv, "d": nn.Dropout, "i": nn.Identity, "n": bn},
        "into a (backward)",
    ),
    "positive scale through ReLU": (lambda m, x: m.n(F.relu(m.a(x))), {"a": conv, "n": Scale}, "into a (backward)"),
    "any batch norm after ReLU": (
        lambda m, x: m.n(F.relu(m.a(x))),
        {"a": conv, "n": bn},
        "only a positive scale without a shift may pass it",
    ),
    "positive scale through max pooling": (
        lambda m, x: m.n(F.max_pool2d(m.a(x), 3, 2, 1)),
        {"a": conv, "n": Scale},
        "into a (backward)",
    ),
    "signs and max pooling": (
        lambda m, x: m.n(F.max_pool2d(m.a(x), 2)),
        {"a": conv, "n": bn},
        "some channels have a negative scale",
    ),
    "transposed convolution": (
        lambda m, x: m.n(m.a(x)),
        {"a": lambda: nn.ConvTranspose2d(4, 8, 3, 2, 1, 1, groups=2), "n": lambda: bn(8)},
        "into a (backward)",
    ),
    "forward into two layers": (
        fork,
        {"a": lambda: conv(padding=0), "b": lambda: conv(padding=0), "n": bn},
        "into a, b (forward)",
    ),
    "forward, one pads": (fork, {"a": conv, "b": lambda: conv(padding=1), "n": bn}, "pads with zeros"),
    "forward, reflected border": (
        lambda m, x: m.a(m.n(F.relu(x))),
        {"a": lambda: conv(padding_mode="reflect"), "n": bn},
        "into a (forward)",
    ),
    "forward, only a scale and a border": (
        lambda m, x: m.a(m.n(F.relu(x))),
        {"a": conv, "n": Scale},
        "into a (forward)",
    ),
    "forward through a slice": (slice_forward, {"a": lambda: conv(inside=8, padding=0), "n": bn}, "into a (forward)"),
    "forward through slices": (twice_joined, {"a": lambda: conv(inside=12, padding=0), "n": bn}, "into a (forward)"),
    "forward through pools and flattening": (
        lambda m, x: m.head(torch.flatten(m.p(m.n(F.relu(x))), 1)),
        {"n": bn, "p": lambda: nn.AvgPool2d(2), "head": lambda: nn.Linear(64, 3, bias=False)},
        "into head (forward)",
    ),
    "forward through view": (flat_head, {"n": bn, "head": lambda: nn.Linear(256, 3)}, "into head (forward)"),
    "forward into a transposed convolution": (
        lambda m, x: m.a(m.n(F.relu(x))),
        {"a": lambda: nn.ConvTranspose2d(4, 6, 1, groups=2), "n": bn},
        "into a (forward)",
    ),
    "forward, a shift that spreads": (
        lambda m, x: m.a(m.n(F.relu(x))),
        {"a": lambda: nn.ConvTranspose2d(4, 6, 2, 2), "n": bn},
        "spreads a shift unevenly",
    ),
    "forward through a sum": (
        stopped,
        {"a": conv, "b": lambda: conv(padding=0), "n": bn},
        "would need the inverse scale",
    ),
    "a value that a function overwrites": (
        overwritten,
        {"a": conv, "n": bn, "b": lambda: conv(inside=8, padding=0)},
        "into b (forward)",
    ),
    "a value that a layer overwrites": (
        overwritten,
        {"a": conv, "n": bn, "b": lambda: conv(inside=8, padding=0), "r": lambda: nn.ReLU(inplace=True)},
        "into b (forward)",
    ),
    "the answer": (lambda m, x: m.n(F.relu(x)), {"n": bn}, "the output comes next"),
}


@pytest.mark.parametrize("place", PLACES)
def test_each_place(place: str) -> None:
    join, makers, expected = PLACES[place]
    torch.manual_seed(0)
    model = Block(join, {name: make() for name, make in makers.items()}).eval()
    if not any(isinstance(module, Scale) for module in model.modules()):
        shake(model, 1)
    folded, (row,) = fold_batchnorm(model, SAMPLE)
    assert expected in row.reason
    assert row.action == ("folded" if expected.startswith("into") else "kept")
    assert_same(model, folded)


def assert_same(model: nn.Module, folded: nn.Module) -> None:
    with torch.no_grad():
        before, after = model.double()(SAMPLE.double()), folded.double()(SAMPLE.double())
    assert float((before - after).abs().max()) <= 1e-5 * max(1.0, float(before.abs().max()))


def test_a_batch_norm_takes_in_another() -> None:
    """The first lies between a ReLU and the second, which has no weights of its own and cannot go on: it gets some."""
    model = nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4), nn.BatchNorm2d(4, affine=False), nn.ReLU()).eval()
    shake(model, 3)
    view = trace(model, SAMPLE)
    rows, changes = fold_view(view)
    assert [row.action for row in rows] == ["folded", "kept"]
    assert [change.op for change in changes] == ["affine", "erase"]
    assert_same(model, view.graph_module)


def test_quantised_models_fold_over_the_whole_graph() -> None:
    model = Block(
        lambda m, x: m.head(F.relu(m.n(m.a(x) + m.b(x))).mean((2, 3))),
        {"a": conv(), "b": conv(), "n": bn(), "head": nn.Linear(4, 3)},
    ).eval()
    shake(model, 2)
    small = quantize(model, 8, (SAMPLE, torch.arange(3)), settings=QuantizeSettings(training=TrainSettings(epochs=0)))
    assert any("into a, b (backward)" in step for step in small.steps)
    with torch.no_grad():
        assert torch.allclose(small(SAMPLE), model(SAMPLE), rtol=0.1, atol=0.1)
