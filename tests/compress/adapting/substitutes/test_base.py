"""The contract of every substitute: a layer of the place's shape that a file can hold and `convert` can read."""

import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.compress import SUBSTITUTES, trace
from spikewright.compress.adapting.places import Place, gate_places, other_places
from spikewright.compress.adapting.seen import seen_at
from spikewright.compress.adapting.substitutes.base import AUTOMATIC
from spikewright.compress.graph.standing import built, written
from tests.compress.adapting.modern import images, modern

VIEW = trace(modern(), images(3))
PLACES = {place.kind: place for place in (*gate_places(VIEW), *other_places(VIEW, gate_places(VIEW)))}
SEEN = seen_at(VIEW.graph_module, PLACES.values(), images())
EACH = pytest.mark.parametrize("name", SUBSTITUTES)


def made(name: str) -> tuple[Place, nn.Module]:
    record = SUBSTITUTES.make(name, {})
    place = PLACES[record.kind]
    return place, record.made(place, SEEN[place.node])


@EACH
def test_it_gives_the_shape_of_its_place(name: str) -> None:
    place, layer = made(name)
    entering = VIEW.node(place.source).shape
    assert layer.eval()(torch.rand(2, *entering)).shape == (2, *place.shape)


@EACH
def test_a_file_can_hold_it(name: str) -> None:
    place, layer = made(name)
    again, source = built(written(layer, place.source))
    assert source == place.source
    again.load_state_dict(layer.state_dict())


@EACH
def test_it_has_a_spiking_form(name: str) -> None:
    place, layer = made(name)
    kinds = [node.kind for node in trace(nn.Sequential(layer), torch.rand(2, *VIEW.node(place.source).shape))]
    assert not set(kinds) & {"unsupported", "maxpool"}


def test_each_kind_of_place_has_one_that_is_automatic() -> None:
    assert {SUBSTITUTES[name].kind: name for name in AUTOMATIC.values()} == AUTOMATIC


def test_settings_out_of_range_are_told() -> None:
    with pytest.raises(InvalidInput, match="levels"):
        SUBSTITUTES.make("qcfs", {"levels": 0})
