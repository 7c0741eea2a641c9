"""Units without spikes of their kind are refused where they stand."""

import pytest
from torch import nn

from spikewright.conversion import Unconvertible
from spikewright.conversion.recipes.refusals import refuse, refuse_maxima, refuse_unless_hidden
from tests.conversion.reading.helpers import plan_for

PLAN = plan_for(nn.Sequential(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.5), nn.MaxPool2d(2), nn.Flatten()), 1, 6, 6)


def test_maxima_are_named_by_their_node() -> None:
    with pytest.raises(Unconvertible, match=r"_2 \(maxpool\): not known; try AvgPool2d"):
        refuse_maxima(PLAN, "not known")
    refuse(PLAN, (), "nothing")


def test_a_model_without_activations_is_refused_at_its_last_layer() -> None:
    plain = plan_for(nn.Sequential(nn.Linear(3, 2)), 3)
    with pytest.raises(Unconvertible, match="nothing fires"):
        refuse_unless_hidden(plain, "nothing fires")
    refuse_unless_hidden(PLAN, "nothing fires")
