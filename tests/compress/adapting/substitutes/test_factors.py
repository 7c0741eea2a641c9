"""Gates that no longer depend on the image."""

import pytest
import torch

from spikewright import InvalidInput
from spikewright.compress.adapting.places import Place
from spikewright.compress.adapting.seen import Seen
from spikewright.compress.adapting.substitutes.factors import ConstantGate, NoGate

FACTORS = torch.tensor([[0.0, 0.5], [0.5, 1.0]]).reshape(2, 2, 1, 1)


def seen(factors: torch.Tensor) -> Seen:
    found = Seen()
    found.add(factors, None, 10)
    return found


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_each_channel_is_scaled_by_its_mean_factor(shape: tuple[int, ...]) -> None:
    place = Place("mul", "act", "gate", "gate", shape)
    x = torch.rand(4, *shape)
    scaled = ConstantGate().made(place, seen(FACTORS))(x)
    assert torch.allclose(scaled, x * torch.tensor([0.25, 0.75]).reshape(2, *[1] * (len(shape) - 1)))
    assert torch.equal(NoGate().made(place, seen(FACTORS))(x), x)


def test_factors_of_pixels_have_one_mean() -> None:
    place = Place("mul", "act", "gate", "gate", (2, 2, 1))
    scaled = ConstantGate().made(place, seen(FACTORS.reshape(2, 1, 2, 1)))(torch.ones(1, 2, 2, 1))
    assert scaled.unique().tolist() == [0.5]


def test_a_vector_has_no_constant_gate() -> None:
    with pytest.raises(InvalidInput, match="try no_gate"):
        ConstantGate().made(Place("mul", "act", "gate", "gate", (2,)), seen(FACTORS.flatten(1)))
