"""A network and the plan behind it, read again: the same units, in halves and shifted as the network has them."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, Recipe, Ttfs, convert
from spikewright.conversion.diagnosis.rereading import plan_behind
from spikewright.conversion.forward import Rewritten

X = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("recipe", [Ttfs(), Ttfs("interval"), Rate(8, calibration=None), Rate(8, neuron="burst")])
def test_every_population_has_its_unit(recipe: Recipe) -> None:
    torch.manual_seed(1)
    layers = nn.Conv2d(1, 3, 3), nn.LeakyReLU(0.2), nn.MaxPool2d(2), nn.Hardtanh(-0.1, 0.2), nn.Flatten()
    model = nn.Sequential(*layers, nn.Linear(27, 2), nn.Hardtanh(-0.3, 0.3)).eval()
    network = convert(model, X, recipe)
    plan = plan_behind(network, model, X)
    assert [unit.name for unit in plan.units] == [population.name for population in network.populations[1:]]
    for unit in plan.units:
        below = network.by_name[unit.name].below
        assert (below is None) == (unit.below is None)
        assert unit.below is None or np.array_equal(np.asarray(below), unit.below.by)
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(X), model.double()(X.double()), rtol=1e-5, atol=1e-6)
