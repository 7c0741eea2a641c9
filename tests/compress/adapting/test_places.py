"""The places of a model: what stands where, and what has no spiking form but stands at an end."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from spikewright.compress import trace
from spikewright.compress.adapting.operations import NONLINEAR
from spikewright.compress.adapting.operations import NORMS as NORM_NAMES
from spikewright.compress.adapting.places import gate_places, other_places, replaceable
from spikewright.conversion.reading.obstacles.catalogue import CATALOGUE
from tests.compress.adapting.modern import NORMS, around, images, modern


def test_all_places_in_their_order() -> None:
    view = trace(modern(), images(3))
    gates = gate_places(view)
    found = other_places(view, gates)
    assert [(place.kind, place.name) for place in gates] == [("gate", "mul")]
    assert [(place.kind, place.name) for place in found] == [
        ("norm", "norm"), ("activation", "act"), ("pooling", "pool"),
    ]  # fmt: skip
    assert [place.refused for place in found] == [True, True, False]


def test_what_only_a_gate_needs_is_a_place_while_the_gate_stays() -> None:
    view = trace(modern(), images(3))
    assert "silu" in [place.name for place in other_places(view, ())]


@pytest.mark.parametrize("name", NORMS)
def test_norms_have_channels_first_on_both_sides(name: str) -> None:
    inner, held = NORMS[name]
    view = trace(around(inner, *held), images(3))
    (place,) = other_places(view, ())
    assert (place.kind, place.source, place.shape) == ("norm", "conv", (4, 6, 6))
    assert place.what == name.split()[0].replace("batchnorm", "batchnorm2d")


@pytest.mark.parametrize("end", [nn.Sigmoid(), nn.Tanh(), nn.Softmax(1)])
def test_what_ends_a_model_stays(end: nn.Module) -> None:
    view = trace(nn.Sequential(nn.Flatten(), nn.Linear(72, 3), end), images(3))
    assert other_places(view, ()) == ()


def test_a_layer_norm_over_the_last_axis_alone_is_none_of_channels() -> None:
    tokens = nn.Sequential(nn.Conv2d(2, 4, 1), nn.Flatten(2), nn.LayerNorm(36), nn.Flatten(), nn.Linear(144, 3))
    assert other_places(trace(tokens, images(3)), ()) == ()


def test_what_a_substitute_can_stand_in_for_and_what_goes_with_it() -> None:
    found = replaceable(trace(modern(), images(3)))
    assert {"norm", "act", "mul", "sigmoid", "silu", "gate_squeeze"} <= found
    assert not found & {"conv", "pool", "fc"}
    assert replaceable(trace(around(torch.relu), images(3))) == frozenset()


def test_numbers_that_no_image_decides_and_values_without_the_batch_in_front_are_no_places() -> None:
    class Waves(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            windows = F.silu(x.reshape(-1, 3))  # the batch is no longer in front
            waves = torch.sin(torch.arange(72.0)) * torch.sigmoid(torch.ones(72))
            return windows.reshape(-1, 72) + waves

    view = trace(nn.Sequential(Waves(), nn.Linear(72, 3)), images(3))
    assert gate_places(view) == () and other_places(view, ()) == ()


def test_what_the_advice_of_refusals_replaces_is_known_here() -> None:
    """Operations for which `convert` advises a ReLU or a batch norm, but for patterns and what only tells their names."""
    smooth = {name for name, advice in CATALOGUE.items() if advice.goes_on == "relu"} - {"written"}
    norms = {name for name, advice in CATALOGUE.items() if "BatchNorm" in advice.substitute}
    assert smooth <= NONLINEAR and norms <= NORM_NAMES
