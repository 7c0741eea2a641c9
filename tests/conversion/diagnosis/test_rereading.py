"""A network and the plan behind it, read again: the same units, in halves and shifted as the network has them."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright.conversion import Rate, Recipe, Ttfs, baseline, convert, diagnose
from spikewright.conversion.diagnosis.rereading import in_plan, plan_behind
from spikewright.conversion.forward import Rewritten
from spikewright.snn import simulate

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
        assert (below is None) == (unit.below is None or unit.below.halves)
        assert below is None or unit.below is None or np.array_equal(np.asarray(below), unit.below.by)
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(X), model.double()(X.double()), rtol=1e-5, atol=1e-6)


def test_inputs_of_another_range_are_read_as_the_network_takes_them() -> None:
    """Max pooling on the image itself stands in another place of the plan where there is a range."""
    torch.manual_seed(1)
    model = nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(12, 3)).eval()
    x, labels = X * 4 - 3, [0, 1, 2, 0, 1]
    for recipe, close in ((Ttfs(), 1e-5), (Rate(256, calibration=None), 0.05)):
        network = convert(model, x, recipe, input_range=(-3.0, 1.0))
        wanted = model(x).detach().numpy()
        np.testing.assert_allclose(simulate(network, x).answers, wanted, atol=close * np.abs(wanted).max())
        assert [unit.name for unit in plan_behind(network, model, x).units] == [p.name for p in network.populations[1:]]
        assert in_plan(network, x).min() >= 0 and in_plan(network, x).max() <= 1
        rows = {row["network"]: row for row in diagnose(model, network, x, labels).networks}
        assert rows["rewritten"]["agreement"] == 1.0 and rows["rewritten"]["largest_logit_error"] < 1e-5


def test_the_cnn_at_equal_information_takes_the_same_range() -> None:
    torch.manual_seed(2)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(108, 3)).eval()
    x = X * 4 - 3
    network = convert(model, x, Rate(64, calibration=None), input_range=(-3.0, 1.0))
    for one in (network, network.to_fixed()):
        found = baseline(model, one, x, (x, model(x).argmax(1)))
        assert found.cnn.accuracy == 1.0
