"""Files and programs as the real exporters write them: same outputs as the model, and everything works on them."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import (
    QuantizedReLU,
    fold_batchnorm,
    from_exported,
    from_onnx,
    learned_thresholds,
    prune,
    trace,
)
from spikewright.conversion import Rate, convert

IMAGES = torch.rand(6, 3, 12, 12, generator=torch.Generator().manual_seed(2))


class Wide(nn.Module):
    """As many kinds of layers as fit: standardisation, groups, residual sum, concatenation, pooling, resizing."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor([0.4, 0.5, 0.6]).view(1, 3, 1, 1))
        self.stem, self.one = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.deep, self.two = nn.Conv2d(8, 8, (3, 1), padding=(1, 0), groups=8), nn.BatchNorm2d(8)
        self.point, self.grow = nn.Conv2d(16, 8, 1), nn.ConvTranspose2d(8, 6, 3, 2, 1, 1)
        self.same = nn.Conv2d(6, 6, 2, padding="same", dilation=2)
        self.drop, self.hidden, self.three = nn.Dropout(0.2), nn.Linear(24, 10), nn.BatchNorm1d(10)
        self.head = nn.Linear(10, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = (x - self.mean) / 0.25
        x = F.relu(self.one(self.stem(x)))
        x = torch.cat([x, F.relu6(self.two(self.deep(x))) + x], 1)
        x = F.max_pool2d(F.relu(self.point(x)), 3, 2, 1)
        x = F.relu(self.grow(x))
        x = F.leaky_relu(self.same(F.pad(x, (1, 0, 0, 1))), 0.1)
        x = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="nearest")
        x = F.avg_pool2d(F.avg_pool2d(x, 2, 2), 3, 2)
        x = torch.clamp(self.three(self.hidden(self.drop(x.view(x.size(0), -1)))), min=0)
        return F.log_softmax(self.head(x), 1)


class Plain(nn.Module):
    """One that converts as it is: modules only, global mean, in-place ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 3, stride=2, bias=False),
            nn.BatchNorm2d(6),
            nn.ReLU(inplace=True),
            nn.Conv2d(6, 8, 3, padding=1),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(1),
        )
        self.head = nn.Linear(8, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x).flatten(1))


class Sounds(nn.Module):
    """One dimension."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.n, self.b = nn.Conv1d(2, 4, 5, 2, 2), nn.BatchNorm1d(4), nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.b(F.max_pool1d(F.relu(self.n(self.a(x))), 2).mean(2))


def trained(make: type[nn.Module]) -> Any:
    """Batch norms that have seen images."""
    torch.manual_seed(4)
    model = make().train()
    with torch.no_grad():
        for _ in range(3):
            model(IMAGES if make is not Sounds else torch.rand(6, 2, 16))
    return model.eval()


@contextmanager
def quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def exported(model: nn.Module, sample: torch.Tensor, *, batch: bool = True) -> Any:
    with quiet():
        dynamic = ({0: torch.export.Dim("n")},) if batch else None
        return torch.export.export(model, (sample,), dynamic_shapes=dynamic)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The networks as each exporter writes them."""
    path = tmp_path_factory.mktemp("onnx")
    with quiet():
        for name, make in (("wide", Wide), ("plain", Plain)):
            model = trained(make)
            torch.onnx.export(
                model,
                (IMAGES[:2],),
                path / f"{name}-script.onnx",
                dynamo=False,
                input_names=["x"],
                dynamic_axes={"x": {0: "n"}},
                verbose=False,
            )
        torch.onnx.export(
            trained(Wide),
            (IMAGES[:2],),
            path / "wide-fixed.onnx",
            dynamo=False,
            do_constant_folding=False,
        )
        torch.onnx.export(
            trained(Wide),
            (IMAGES[:2],),
            path / "wide-dynamo.onnx",
            dynamo=True,
            verbose=False,
            dynamic_shapes=({0: torch.export.Dim("n")},),
        )
    return path


def same(imported: nn.Module, model: nn.Module, images: torch.Tensor) -> bool:
    with torch.no_grad():
        one, two = imported(images), model(images)
    return one.shape == two.shape and float((one - two).abs().max()) <= 1e-5 * float(two.abs().max())


@pytest.mark.parametrize("name", ["wide-script", "wide-fixed", "wide-dynamo", "plain-script"])
def test_files_of_the_exporters(name: str, folder: Path) -> None:
    model = trained(Wide if "wide" in name else Plain)
    imported = from_onnx(folder / f"{name}.onnx")
    assert same(imported, model, IMAGES) and same(imported, model, IMAGES[:1])
    assert not any(node.kind == "unsupported" and node.module is not None for node in trace(imported, IMAGES))


@pytest.mark.parametrize("make", [Wide, Plain, Sounds])
@pytest.mark.parametrize("batch", [True, False])
@pytest.mark.parametrize("decomposed", [True, False])
def test_programs(make: type[nn.Module], batch: bool, decomposed: bool) -> None:
    model, images = trained(make), IMAGES if make is not Sounds else torch.rand(6, 2, 16)
    program = exported(model, images[:2], batch=batch)
    with quiet():
        program = program.run_decompositions() if decomposed else program
    imported = from_exported(program)
    assert same(imported, model, images) and same(imported, model, images[:1])
    assert next(imported.parameters()) is not next(iter(program.state_dict.values()))


def test_everything_works_on_them(folder: Path) -> None:
    model = trained(Plain)
    sources = [from_onnx(folder / "plain-script.onnx"), exported(model, IMAGES[:2])]
    wanted = convert(model, IMAGES.numpy(), Rate(steps=8))
    for source in sources:
        network = convert(source, IMAGES.numpy(), Rate(steps=8))
        assert [p.shape for p in network.populations] == [p.shape for p in wanted.populations]
        assert prune(source, 0.5).footprint.sparsity == pytest.approx(0.5, abs=0.01)
        assert len([m for m in learned_thresholds(source, 4, IMAGES).modules() if isinstance(m, QuantizedReLU)]) == 2
    folded, rows = fold_batchnorm(exported(model, IMAGES[:2]), IMAGES)
    assert [row.action for row in rows] == ["folded", "folded"] and same(folded, model, IMAGES)


def test_wide_networks_convert(folder: Path) -> None:
    wanted = convert(trained(Wide), IMAGES.numpy(), Rate(steps=4))
    network = convert(from_onnx(folder / "wide-dynamo.onnx"), IMAGES.numpy(), Rate(steps=4))
    assert [p.shape for p in network.populations] == [p.shape for p in wanted.populations]


def test_what_conversion_refuses_is_imported_as_it_is() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GELU(), nn.GroupNorm(2, 4), nn.SiLU()).eval()
    imported = from_exported(exported(model, IMAGES[:2]))
    assert same(imported, model, IMAGES)
    kinds = [node.detail for node in trace(imported, IMAGES) if node.kind == "unsupported"]
    assert [text.split()[0] for text in kinds] == ["GELU", "GroupNorm", "SiLU"]
    assert np.isfinite(imported(IMAGES).detach().numpy()).all()
