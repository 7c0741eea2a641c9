"""Units without spikes of their kind are obstacles where they stand."""

from torch import nn

from spikewright.conversion import Phase, Ttfs
from spikewright.conversion.recipes.refusals import maxima, refused, without_activations
from tests.conversion.reading.helpers import plan_for

PLAN = plan_for(nn.Sequential(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.5), nn.MaxPool2d(2), nn.Flatten()), 1, 6, 6)


def test_maxima_are_named_by_their_node() -> None:
    (found,) = maxima(PLAN, "not known", Phase())
    assert str(found) == "_2 (max pooling): Phase refuses it: not known; try AvgPool2d, or a strided convolution"
    assert found.reads == "_1" and refused(PLAN, (), "nothing", Phase()) == ()


def test_a_model_without_activations_is_one_obstacle_at_its_last_layer() -> None:
    plain = plan_for(nn.Sequential(nn.Linear(3, 2)), 3)
    (found,) = without_activations(plain, "nothing fires; try ReLU", Ttfs())
    assert found.node == plain.view.output and found.refuses == "Ttfs" and found.substitute == "ReLU"
    assert without_activations(PLAN, "nothing fires", Ttfs()) == ()
