"""A small network that every kind of change was made to, and its file."""

from pathlib import Path

import pytest
import torch

from spikewright.compress import (
    Compressed,
    PruneSettings,
    QuantizeSettings,
    prune,
    quantize,
    save,
)
from tests.compress.storing.files import SHORT, architecture


@pytest.fixture(scope="package")
def data() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.rand(32, 1, 8, 8, generator=generator), torch.arange(32) % 3


@pytest.fixture(scope="package")
def small(data: tuple[torch.Tensor, torch.Tensor]) -> Compressed:
    """Pruned, quantised, quantised again, pruned again: every kind of change is in its history."""
    pruned = prune(architecture(), 0.5, data, settings=PruneSettings(rounds=1, final_epochs=1, training=SHORT))
    settings = QuantizeSettings(training=SHORT)
    coarse = quantize(pruned, 5, data, activation_bits=3, settings=settings)
    return prune(quantize(coarse, 4, data, activation_bits=4, settings=settings), 0.7)


@pytest.fixture
def file(small: Compressed, tmp_path: Path) -> Path:
    save(small, tmp_path / "small.safetensors")
    return tmp_path / "small.safetensors"
