"""What is no program of one network is refused by name, and layers keep their names."""

import warnings
from typing import Any

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import choose, from_exported
from spikewright.conversion import Ttfs, convert

IMAGES = torch.rand(2, 3, 12, 12)


def exported(model: nn.Module, sample: torch.Tensor) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.export.export(model.eval() if not isinstance(model, nn.BatchNorm2d) else model, (sample,))


@pytest.mark.parametrize(("paths", "name"), [(False, "0_1"), (True, "0.1")])
def test_layers_keep_their_names(paths: bool, name: str) -> None:
    model = nn.Sequential(nn.Sequential(nn.ReLU(), nn.Conv2d(3, 4, 3)), nn.Flatten(1), nn.Linear(400, 2))
    layers = dict(from_exported(exported(model, IMAGES), paths=paths).named_modules())
    assert isinstance(layers["n0_1" if not paths else name], nn.Conv2d)


class Two(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return x + y


class Several(nn.Module):
    """Two tensors and two constants in some containers."""

    def __init__(self, pack: Any) -> None:
        super().__init__()
        self.pack, self.conv = pack, nn.Conv2d(3, 2, 1)

    def forward(self, x: torch.Tensor) -> Any:
        return self.pack(self.conv(x), self.conv(x).relu().flatten(1))


PACKED = {
    "tuple": (lambda a, b: (a, b), "0", "1"),
    "dict": (lambda a, b: {"map": a, "none": None, "in": [b, 3]}, "map", "in.0"),
}


@pytest.mark.parametrize("kind", PACKED)
def test_several_outputs_come_in_the_containers_of_the_program(kind: str) -> None:
    pack, one, other = PACKED[kind]
    model = Several(pack).eval()
    program = exported(model, IMAGES)
    chosen, wanted = choose(program, [one, other]), choose(model, [one, other])
    assert torch.allclose(chosen(IMAGES), wanted(IMAGES), atol=1e-6)
    heads = convert(program, IMAGES, Ttfs(), output=[one, other]).heads
    assert [head.shape for head in heads] == [(2, 12, 12), (288,)]


class Odd(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.fft.fft(x).real


@pytest.mark.parametrize(
    ("model", "match"),
    [
        (Odd(), r"operator that is not imported in node .*fft"),
        (nn.BatchNorm2d(3).train(), "batch norm in training mode"),
    ],
)
def test_programs_without_layers_are_refused(model: nn.Module, match: str) -> None:
    with pytest.raises(InvalidInput, match=match):
        from_exported(exported(model, torch.rand(2, 3, 4, 4)))


def test_volumes() -> None:
    model = nn.Sequential(nn.Conv3d(1, 2, 2, padding=1), nn.BatchNorm3d(2), nn.ReLU(), nn.MaxPool3d(2)).eval()
    sample = torch.rand(2, 1, 3, 4, 5)
    with torch.no_grad():
        assert torch.allclose(from_exported(exported(model, sample))(sample), model(sample), atol=1e-6)


def test_several_inputs_are_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"one input left for the images, got x, y; try choose\(program, fixed=\{'y'"
    ):
        from_exported(torch.export.export(Two(), (IMAGES, IMAGES)))


def test_other_things_are_no_program() -> None:
    with pytest.raises(InvalidInput, match=r"torch\.export\.export"):
        from_exported(nn.ReLU())
