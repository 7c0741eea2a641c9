"""Weights are quantised without data where batch norms stand right behind layers; else an input shape is enough."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import Compressed, prune, quantize
from spikewright.compress.exact.channel_maps import NORMS
from spikewright.compress.exact.fold_adjacent import fold_plain
from spikewright.compress.quantisers.uniform import QuantizeSettings
from spikewright.compress.storing.file import load, save
from tests.conversion import known
from tests.conversion.architectures import Case, lively, seq

X = torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(0))


class Written(nn.Module):
    """Its forward pass is a function, with Python that reads sizes where `sizes` says so."""

    def __init__(self, forward: Callable[[Any, Tensor], Tensor], norms: int = 4) -> None:
        super().__init__()
        self.conv, self.norm, self.fc = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(norms), nn.Linear(4, 3)
        self.body = forward

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.body(self, x).mean((2, 3)))


BEHIND: dict[str, Callable[[], nn.Module]] = {
    "a stack": lambda: seq(
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(784, 5), nn.BatchNorm1d(5)
    ),
    "residual": lambda: known.ResNet(4, (1, 1)),
    "inverted residuals": lambda: known.MobileNetV2(0.25, 16, stages=2),
    "transposed": lambda: seq(
        nn.ConvTranspose2d(3, 4, 3, 2, bias=False), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 2, 3)
    ),
    "without scales": lambda: seq(
        nn.Conv2d(3, 4, 3, groups=1), nn.BatchNorm2d(4, affine=False), nn.ReLU(), nn.Conv2d(4, 2, 3)
    ),
    "a function between modules": lambda: Written(lambda m, x: F.relu(m.norm(m.conv(x)))),
}
ELSEWHERE: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "in front of its layer": (lambda: Written(lambda m, x: m.conv(m.norm(x)), 3), "behind x, which is no layer"),
    "behind a ReLU": (lambda: Written(lambda m, x: m.norm(F.relu(m.conv(x)))), "behind relu"),
    "beside another reader": (lambda: Written(lambda m, x: m.norm(h := m.conv(x)) + h), "conv is also read elsewhere"),
    "called twice": (lambda: Written(lambda m, x: m.norm(m.conv(x)) + m.norm(m.conv(x))), "used more than once"),
    "behind Python that reads sizes": (
        lambda: Written(lambda m, x: m.norm(m.conv(x)) if x.shape[2] > 3 else x),
        "control flow",
    ),
}


def answers(model: Any, x: Tensor = X) -> Tensor:
    with torch.no_grad():
        result: Tensor = model(x)
    return result


def made(make: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    plain = make().eval()
    scaled = all(norm.weight is not None for norm in plain.modules() if isinstance(norm, NORMS))
    return lively(Case(make, (3, 16, 16))) if scaled else plain


@pytest.mark.parametrize("name", BEHIND)
def test_batch_norms_behind_layers_fold_without_an_image(name: str, tmp_path: Any) -> None:
    model = made(BEHIND[name])
    folded = made(BEHIND[name])
    rows, _ = fold_plain(folded)
    assert rows and all(row.action == "folded" for row in rows)
    torch.testing.assert_close(answers(folded), answers(model), rtol=1e-4, atol=1e-4)
    small = quantize(model, 8)
    assert not any(isinstance(module, NORMS) for module in small.model.modules())
    assert type(small.model) is type(model) and any("fold: batch norm" in step for step in small.steps)
    spread = answers(model).std()
    assert float((answers(small) - answers(model)).abs().max()) < 0.1 * float(spread)
    save(small, tmp_path / "small")
    assert torch.equal(answers(load(tmp_path / "small", made(BEHIND[name]))), answers(small))


@pytest.mark.parametrize("name", ELSEWHERE)
def test_elsewhere_a_shape_is_asked_for_and_is_enough(name: str) -> None:
    make, reason = ELSEWHERE[name]
    model = made(make)
    with pytest.raises(InvalidInput, match=rf"{reason}.*QuantizeSettings\(input_shape="):
        quantize(model, 8)
    small = quantize(model, 8, settings=QuantizeSettings(input_shape=(3, 16, 16)))
    assert small.input_shape == (3, 16, 16)
    assert float((answers(small) - answers(model)).abs().max()) < 0.1 * float(answers(model).std())


def test_masks_stay_and_a_second_time_needs_nothing() -> None:
    small = quantize(prune(made(BEHIND["residual"]), 0.5), 8)
    again: Compressed = quantize(small, 6)
    for path, mask in small.masks.items():
        assert not again.model.get_parameter(f"{path}.weight")[~mask].any()


def test_activations_need_images() -> None:
    with pytest.raises(InvalidInput, match=r"range of the activations.*data=\(images, labels\)"):
        quantize(made(BEHIND["a stack"]), 8, activation_bits=4)
