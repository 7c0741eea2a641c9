"""Samples and models as people have them, through the same door as everywhere."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import check_data
from spikewright.compress.training.data import accuracy
from spikewright.conversion import Rate, convert, diagnose
from spikewright.snn import Network, simulate

SAMPLES = torch.rand(24, 1, 8, 8, generator=torch.Generator().manual_seed(0))


class InPlace(nn.Module):
    def __init__(self, change: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.change, self.first, self.last = change, nn.Conv2d(1, 4, 3), nn.Linear(144, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.sub_(0.1307).div_(0.3081) if self.change else (x - 0.1307) / 0.3081
        return self.last(torch.relu(self.first(x)).flatten(1))


def test_a_model_that_works_in_place_changes_nobodys_samples() -> None:
    kept, labels = SAMPLES.clone(), torch.zeros(len(SAMPLES), dtype=torch.int64)
    given = SAMPLES.clone()
    assert accuracy(InPlace().eval(), (given, labels)) == accuracy(InPlace(False).eval(), (given, labels))
    network = convert(InPlace(), given, Rate(8, calibration=None))
    diagnose(InPlace(), network, given)
    assert torch.equal(given, kept)
    plain = convert(InPlace(False), given, Rate(8, calibration=None))
    np.testing.assert_array_equal(simulate(network, kept).logits, simulate(plain, kept).logits)


def test_a_network_remembers_how_large_its_samples_were(tmp_path: object) -> None:
    network = convert(InPlace(False), SAMPLES, Rate(8, calibration=None))
    assert network.run.largest == float(SAMPLES.max())
    network.save(f"{tmp_path}/network.spike")
    assert Network.load(f"{tmp_path}/network.spike").run.largest == network.run.largest
    assert network.to_fixed().run.largest == network.run.largest
    with pytest.raises(InvalidInput, match="about as large as the samples"):
        simulate(network, SAMPLES * 255)


@pytest.mark.parametrize("change", [lambda x: x.requires_grad_(), lambda x: x.double().numpy(), lambda x: list(x)])
def test_samples_of_any_kind(change: object) -> None:
    wanted = convert(InPlace(False), SAMPLES, Rate(8, calibration=None))
    network = convert(InPlace(False), change(SAMPLES.clone()), Rate(8, calibration=None))  # type: ignore[operator]
    np.testing.assert_array_equal(simulate(network, SAMPLES).logits, simulate(wanted, SAMPLES).logits)


def test_pixels_are_refused_everywhere() -> None:
    pixels = (SAMPLES * 255).to(torch.uint8)
    with pytest.raises(InvalidInput, match="samples / 255"):
        convert(InPlace(False), pixels, Rate(8))
    with pytest.raises(InvalidInput, match="images / 255"):
        check_data((pixels, torch.zeros(len(pixels), dtype=torch.int64)))


def test_a_loader_has_a_way_out() -> None:
    labels = torch.zeros(len(SAMPLES), dtype=torch.int64)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(SAMPLES, labels), batch_size=7)
    with pytest.raises(InvalidInput, match=r"map\(torch.cat, zip\(\*loader\)\)"):
        check_data(loader)  # type: ignore[arg-type]
    images, known = check_data(tuple(map(torch.cat, zip(*loader, strict=True))))  # type: ignore[arg-type]
    assert torch.equal(images, SAMPLES) and torch.equal(known, labels)
