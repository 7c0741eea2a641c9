"""No input in [0, 1] leaves the bounds of any layer, and those of the first are reached."""

import torch
from torch import nn

from spikewright.conversion.intervals import FURTHEST, bounds
from spikewright.conversion.reading.plan import INPUT
from tests.conversion.reading.helpers import plan_for


def layers() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU6(), nn.Linear(4, 3))


def test_bounds_hold_for_every_input() -> None:
    model = layers()
    plan = plan_for(model, 6)
    found = bounds(plan.units, (INPUT, plan.view.input_shape))
    x = torch.rand(500, 6, generator=torch.Generator().manual_seed(1)).round(decimals=1).double()
    model = model.double()
    for unit, values in zip(plan.units, (model[:2](x), model[:4](x), model(x)), strict=True):
        low, high = found[unit.name]
        assert low.shape == high.shape == (1, *unit.shape)
        assert bool((values >= low - 1e-9).all()) and bool((values <= high + 1e-9).all())


def test_those_of_the_first_layer_are_reached() -> None:
    model = layers()
    plan = plan_for(model, 6)
    low, high = bounds(plan.units, (INPUT, plan.view.input_shape))[plan.units[0].name]
    first = model[0].double()
    highest, lowest = (torch.where(first.weight * sign > 0, 1.0, 0.0).double() for sign in (1, -1))
    for ends, wanted in ((high, highest), (low, lowest)):
        torch.testing.assert_close(ends[0], torch.stack([first(x)[o] for o, x in enumerate(wanted)]).relu())


def test_a_grid_moves_values_by_half_a_level() -> None:
    """Never beyond the largest value of the layer, nor below zero."""
    plan = plan_for(layers(), 6)
    name = plan.units[0].name
    (low, high), (near, far) = (
        bounds(plan.units, (INPUT, plan.view.input_shape), levels)[name] for levels in (None, 4)
    )
    top = float(high.max())
    torch.testing.assert_close(far, (high + top / 8).clamp(max=top))
    torch.testing.assert_close(near, (low - top / 8).clamp(min=0.0))


def test_bounds_stay_finite() -> None:
    model = layers()
    with torch.no_grad():
        model[0].weight.fill_(3e38)
        model[2].weight.fill_(1.0)
    model[3] = nn.ReLU()
    plan = plan_for(nn.Sequential(*list(model)[:3], nn.ReLU(), nn.Linear(4, 3)), 6)
    found = bounds(plan.units, (INPUT, plan.view.input_shape))
    assert float(found[plan.units[0].name][1].max()) == FURTHEST
    assert all(bool(torch.isfinite(high).all()) for _, high in found.values())
