"""The places of a model: what stands where, and what has no spiking form but stands at an end."""

import pytest
import torch
from torch import nn

from spikewright.compress import trace
from spikewright.compress.adapting.places import gate_places, left_over, other_places, replaceable
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
    assert other_places(view, ()) == () and left_over(view) == ()


def test_what_no_substitute_knows_is_left_over() -> None:
    view = trace(around(lambda x: torch.cumsum(x, 2)), images(3))
    assert left_over(view) == ("cumsum (cumsum)",)


def test_what_a_substitute_can_stand_in_for_and_what_goes_with_it() -> None:
    found = replaceable(trace(modern(), images(3)))
    assert {"norm", "act", "mul", "sigmoid", "silu", "gate_squeeze"} <= found
    assert not found & {"conv", "pool", "fc"}
    assert replaceable(trace(around(torch.relu), images(3))) == frozenset()
