"""Codes in torch: the engine's own spikes, with the gradient of their mean."""

import numpy as np
import pytest
import torch

from spikewright import InvalidInput, InvalidNetwork
from spikewright.snn import (
    AddressEvents,
    Bursts,
    Direct,
    Identity,
    Integrator,
    JitteredPeriodic,
    PhaseCode,
    Poisson,
    RateCode,
    SingleBurst,
    TtfsCode,
)
from spikewright.snn.codes import CODES
from spikewright.snn.reference.codes import encode as encode_reference
from spikewright.snn.twin.codes import MEANS, check_code, encode
from tests.snn.small import single

PIXELS = torch.tensor([[0.0, 0.3, 0.6, 1.0]])
SLOPES = {
    RateCode(8): 8.0,
    Bursts(8, 3): 24.0,
    Poisson(8, 0.5): 4.0,
    JitteredPeriodic(8, 2.0, 4.0): 2.0,
    PhaseCode(4): 4.0,
    Direct(8, 255): 255.0,
}


def network(code):
    return single(((4,), (4,)), Integrator(), Identity(), code)


@pytest.mark.parametrize("code", SLOPES, ids=repr)
def test_spikes_are_the_engine_s_and_the_gradient_that_of_their_mean(code) -> None:
    pixels = PIXELS.clone().requires_grad_()
    sent = encode(network(code), pixels, torch.float64)
    assert np.array_equal(sent.detach().numpy(), encode_reference(network(code), PIXELS.numpy()))
    sent[:, 0, 2].sum().backward()
    assert pixels.grad is not None and pixels.grad[0, 2].item() == pytest.approx(SLOPES[code])


def test_a_brighter_pixel_fires_earlier() -> None:
    pixels = PIXELS.clone().requires_grad_()
    sent = encode(network(SingleBurst(8)), pixels, torch.float64)
    (sent[:, 0, 1] * torch.arange(8)).sum().backward()
    assert pixels.grad is not None and pixels.grad[0, 1].item() == pytest.approx(-7.0)


def test_codes_without_images_are_refused() -> None:
    for kind in CODES:
        assert kind in MEANS or kind.sends != "spikes" or kind.takes != "images"
    check_code(TtfsCode())
    with pytest.raises(InvalidNetwork, match="a code of images in a differentiable twin, got AddressEvents"):
        check_code(AddressEvents(3, 10))


def test_pixels_lie_in_their_range() -> None:
    with pytest.raises(InvalidInput, match=r"inputs in \[0, 1\], got 0 to 2"):
        encode(network(RateCode(3)), 2 * PIXELS, torch.float32)
    assert encode(network(Direct(3)), 2 * PIXELS, torch.float32).max().item() == 2.0
