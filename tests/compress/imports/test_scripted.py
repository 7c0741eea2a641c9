"""TorchScript modules as ordinary layers."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import from_torchscript, prune, quantize
from spikewright.conversion import Ttfs, convert, rewritten
from spikewright.snn import simulate


class Branching(nn.Module):
    """Layers, functions, a branch over a size, a loop over layers, a sum and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
        self.more = nn.ModuleList(nn.Conv2d(4, 4, 3, padding=1) for _ in range(2))
        self.register_buffer("scale", torch.tensor([0.5, 1.0, 2.0, 1.5]).view(1, 4, 1, 1))
        self.fc = nn.Linear(36, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.body(x)
        for layer in self.more:
            h = F.relu(layer(h) + h)
        if h.shape[1] > 2:
            h = h * self.scale
        return self.fc(F.max_pool2d(h, 2).flatten(1))


def loaded(scripted: Any) -> Any:
    file = io.BytesIO()
    torch.jit.save(scripted, file)
    file.seek(0)
    return torch.jit.load(file)


IMAGES = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
WAYS: dict[str, Callable[[nn.Module], Any]] = {
    "script": torch.jit.script,
    "trace": lambda model: torch.jit.trace(model, IMAGES),
    "frozen": lambda model: torch.jit.freeze(torch.jit.script(model)),
    "loaded": lambda model: loaded(torch.jit.script(model)),
    "training": lambda model: torch.jit.script(model.train()),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", WAYS)
def test_the_layers_compute_what_the_module_does(way: str) -> None:
    model = Branching().eval()
    scripted = WAYS[way](model)
    found, expected = from_torchscript(scripted, IMAGES.numpy()), model.eval()(IMAGES)
    assert torch.allclose(found(IMAGES), expected, atol=1e-6)
    if way not in ("frozen", "loaded"):
        assert {"body.0", "more.1", "fc"} <= dict(found.named_modules()).keys()


def test_they_convert_as_they_are_and_are_compressed_once_read() -> None:
    model = Branching().eval()
    scripted = torch.jit.script(model)
    network = convert(scripted, IMAGES, Ttfs(ranges="interval"))
    logits = torch.from_numpy(simulate(network, IMAGES).logits * network.logit_scale)
    assert torch.allclose(logits.double(), model(IMAGES).double(), atol=1e-4)
    assert torch.allclose(rewritten(scripted, IMAGES)(IMAGES), model(IMAGES).double(), atol=1e-5)
    small = prune(from_torchscript(scripted, IMAGES), 0.5)
    assert small.footprint.sparsity == pytest.approx(0.5, abs=0.01)
    for compress in (lambda: prune(scripted, 0.5), lambda: quantize(scripted, 8)):
        with pytest.raises(InvalidInput, match=r"TorchScript.*from_torchscript\(model, images\)"):
            compress()


class Looping(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        while bool(x.sum() > 1.0):
            x = x * 0.5
        return x


def test_what_cannot_be_read_is_one_sentence() -> None:
    with pytest.raises(InvalidInput, match="expected a TorchScript module, got Sequential; try"):
        from_torchscript(nn.Sequential(nn.Linear(2, 2)), IMAGES)
    with pytest.raises(InvalidInput, match="; try"):
        from_torchscript(torch.jit.script(Looping()), IMAGES)
    with pytest.raises(InvalidInput, match="expected a TorchScript module of layers that run on inputs"):
        from_torchscript(torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3))), IMAGES)


class Several(nn.Module):
    """A map and a vector of it, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 3, 3), nn.Linear(108, 4)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        found = self.conv(x).relu()
        return {"map": found, "logits": self.head(found.flatten(1))}


@pytest.mark.parametrize(
    "compiled", [torch.jit.script, lambda m: torch.jit.trace(m, torch.rand(2, 1, 8, 8), strict=False)]
)
def test_several_outputs_are_chosen_from_by_name(compiled: Any) -> None:
    x = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    model = Several().eval()
    network = convert(compiled(model), x, Ttfs(), output=["logits", "map"])
    activity, wanted = simulate(network, x), model(x)
    for name in ("logits", "map"):
        np.testing.assert_allclose(activity.head(name).answers, wanted[name].detach().numpy(), atol=1e-5)
