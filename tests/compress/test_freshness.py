"""What a Compressed says is what its model holds, also after somebody else trained it; zeros and transposed layers are kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright import InvalidInput
from spikewright.compress import Compressed, QuantizeSettings, TrainSettings, fresh, load, prune, quantize, save
from spikewright.conversion import Exact, Quantized, Rate, convert
from spikewright.robustness.corruptions.bitflips import flip_compressed
from spikewright.snn import simulate

X = torch.rand(32, 1, 8, 8, generator=torch.Generator().manual_seed(0))
Y = torch.arange(32) % 3
PLAIN = QuantizeSettings(training=TrainSettings(epochs=0))


def made() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(64, 3))


def trained_by_hand(small: Compressed) -> Compressed:
    optimizer = torch.optim.SGD(small.model.parameters(), lr=0.1)
    F.cross_entropy(small.model(X), Y).backward()
    optimizer.step()
    return small


READERS: dict[str, Callable[[Compressed, Path], object]] = {
    "save": lambda small, path: save(small, path / "file"),
    "footprint": lambda small, path: small.footprint,
    "text": lambda small, path: str(small),
    "convert": lambda small, path: convert(small, X, Rate(steps=4)),
    "faults": lambda small, path: flip_compressed(small, 0.1, 0),
}


@pytest.mark.parametrize("reader", READERS)
def test_integers_of_before_are_not_used(reader: str, tmp_path: Path) -> None:
    small = trained_by_hand(quantize(made(), 4))
    with pytest.raises(InvalidInput, match=r"trained on by hand; try compress\.quantize\(small, 4\)"):
        READERS[reader](small, tmp_path)
    READERS[reader](quantize(small, 4), tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_masks_of_before_are_not_used(reader: str, tmp_path: Path) -> None:
    small = trained_by_hand(prune(made(), 0.5))
    with pytest.raises(InvalidInput, match=r"was pruned.* try compress\.prune\(small, 0\.0\)"):
        READERS[reader](small, tmp_path)
    READERS[reader](prune(small, 0.0), tmp_path)


def test_weights_that_are_still_integers_are_taken(tmp_path: Path) -> None:
    small = quantize(made(), 4)
    codes, scale = (torch.as_tensor(one) for one in small.integers["3"])
    moved = torch.where(codes > 0, codes - 1, codes)
    with torch.no_grad():
        small.model[3].weight.copy_(moved * scale[:, None])
        small.model[3].bias.add_(1.0)
    with pytest.raises(InvalidInput, match=r"try compress\.fresh\(small\)"):
        convert(small, X, Rate(steps=4))
    now = fresh(small)
    assert fresh(now) is now and np.array_equal(now.integers["3"][0], moved.numpy())
    assert convert(now, X, Rate(steps=4)) is not None
    save(small, tmp_path / "file")
    with torch.no_grad():
        assert torch.equal(load(tmp_path / "file", made())(X), small(X))


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("recipe", [Exact(), Quantized(), Quantized(integer=True)], ids=str)
def test_integers_of_transposed_layers_convert(groups: int, recipe: Exact | Quantized) -> None:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 4, 3, 2, 1), nn.ReLU(), nn.ConvTranspose2d(4, 6, 2, 2, groups=groups), nn.ReLU(), nn.Flatten()
    small = quantize(nn.Sequential(*layers, nn.Linear(384, 3)), 8, (X, Y), activation_bits=4, settings=PLAIN)
    assert len(small.integers) == 3
    network = convert(small, X, recipe)
    with torch.no_grad():
        truth = small(torch.round(X * 255) / 255).numpy()
    logits = simulate(network, X.numpy()).logits * network.logit_scale
    assert np.abs(logits - truth).max() < 0.1 * np.abs(truth).max()
