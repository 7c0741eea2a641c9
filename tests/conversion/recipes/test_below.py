"""How far below zero units go: on the samples, for every input, and never further than their clamp."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch import nn

from spikewright.conversion import Ttfs, check_times, convert
from spikewright.conversion.forward import activations
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.plan import CodeTraits
from spikewright.conversion.recipes.below import Lows, bounded_below, measured_below, with_lows
from spikewright.snn import Ramp, simulate
from tests.conversion.signs import SIZE, Clamp, networks

X = torch.rand(6, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0))


@settings(max_examples=30)
@given(model=networks())
def test_no_sample_goes_further_than_measured_and_no_input_further_than_bounded(model: nn.Module) -> None:
    plan = plan_of(model, X, traits=CodeTraits(two_sided=False))
    units = with_lows(plan)
    measured, bounded = measured_below(plan, X, units, Lows()), bounded_below(plan, X, None)
    corners = torch.cat([X, X.round(), torch.zeros_like(X[:1]), torch.ones_like(X[:1])])
    seen, wide = activations(plan, X), activations(plan, corners)
    assert set(measured) == set(bounded) == {unit.name for unit in units}
    for unit in units:
        if bounded[unit.name].halves:
            continue
        for known, values in ((measured[unit.name], seen[unit.name]), (bounded[unit.name], wide[unit.name])):
            lowest = values.amin(0).numpy() + known.over(unit.shape)
            assert lowest.min() >= -1e-5 * max(1.0, float(values.abs().max()))


def only(layer: nn.Module, how: Lows) -> tuple[float, str]:
    """Of -2 x + 1/2, whose lowest value on x in [0, 1] is -1.5."""
    conv = nn.Conv2d(1, 1, 1)
    conv.weight.data, conv.bias.data = torch.tensor([[[[-2.0]]]]), torch.tensor([0.5])
    plan = plan_of(nn.Sequential(conv, layer, nn.Flatten()).eval(), torch.linspace(0, 1, 8).reshape(1, 1, 2, 4))
    (found,) = measured_below(plan, torch.ones(1, 1, 2, 4), with_lows(plan), how).values()
    return float(np.max(found.by)), found.told


def test_a_clamp_ends_where_it_ends() -> None:
    assert only(Clamp(0.25, 2.0), Lows()) == (-0.25, "where its clamp begins")
    assert only(Clamp(-0.3, 1.0), Lows()) == (0.3, "where its clamp begins")
    assert only(Clamp(-1e6, 1e6), Lows(margin=0.5)) == (
        2.25,
        "the lowest value on the samples times 1.5: smaller ones are clipped",
    )
    assert only(Clamp(-1e6, 1e6), Lows(50.0)) == (1.5, "percentile 50 below zero: smaller ones are clipped")


@pytest.mark.parametrize("per_channel", [True, False])
def test_one_for_each_channel_or_for_the_layer(per_channel: bool) -> None:
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.MaxPool2d(2), nn.Flatten()).eval()
    plan = plan_of(model, X)
    found = measured_below(plan, X, with_lows(plan), Lows(per_channel=per_channel))["_0"].by
    assert found.shape == ((3,) if per_channel else ())
    assert bounded_below(plan, X, None)["_0"].by.shape == (3,) and bounded_below(plan, X, 15)["_0"].by.shape == ()


def test_what_ends_above_has_one_number() -> None:
    """Its end, raised, has to be one number as well."""
    plan = plan_of(nn.Sequential(nn.Conv2d(1, 3, 3), Clamp(None, 0.1), nn.Flatten()).eval(), X)
    assert measured_below(plan, X, with_lows(plan), Lows())["_0"].by.shape == ()
    assert bounded_below(plan, X, None)["_0"].by.shape == ()


def deep(last: nn.Module, layers: int, end: float = 1e9) -> nn.Module:
    """A bound that is three times as far with every layer, of values that stay: 2 x - x of two equal channels."""
    conv = nn.Conv2d(2, 2, 1, bias=False)
    conv.weight.data = torch.tensor([[2.0, -1.0], [-1.0, 2.0]])[:, :, None, None]
    first = nn.Conv2d(1, 2, 1, bias=False)
    first.weight.data = torch.ones(2, 1, 1, 1)
    shared = [layer for _ in range(layers) for layer in (conv, nn.Hardtanh(-end, end))]
    return nn.Sequential(first, nn.ReLU(), *shared, nn.Conv2d(2, 2, 1), last, nn.Flatten(), nn.Linear(32, 2)).eval()


@pytest.mark.parametrize("last", [nn.AvgPool2d(2), nn.MaxPool2d(2)])
def test_a_bound_that_is_far_too_far_is_not_added(last: nn.Module) -> None:
    """Added to values of one, it would take their digits; halves need none, and a gate goes as far as it says."""
    model = deep(last, 14)
    network = convert(model, X, Ttfs(ranges="interval"))
    with torch.no_grad():
        truth = model.double()(X.double()).numpy()
    assert np.abs(simulate(network, X.numpy()).logits - truth).max() < 1e-5
    assert "times its values on the samples" in str(network.report)
    compared = isinstance(last, nn.MaxPool2d)
    assert ("and so far it goes: smaller ones are clipped" in str(network.report)) == compared
    assert any(population.name.endswith("_turned") for population in network.populations)
    assert not any(check_times(model.float(), network, X).clipped["clipped"])


@pytest.mark.parametrize("last", [nn.AvgPool2d(2), nn.MaxPool2d(2)])
def test_a_bound_that_is_a_thousand_times_too_far_is_added_and_taken_off(last: nn.Module) -> None:
    model = deep(last, 7)
    network = convert(model, X, Ttfs(ranges="interval"), judge=False)
    assert max(np.max(p.below) for p in network.populations if p.below is not None) > 1000
    assert "on the samples" not in str(network.report)
    with torch.no_grad():
        truth = model.double()(X.double()).numpy()
    assert np.abs(simulate(network, X.numpy()).logits - truth).max() < 1e-7


@pytest.mark.parametrize("layers", [60, 150])
def test_bounds_that_no_number_holds_are_finite_windows(layers: int) -> None:
    """3**150 is far from what float32 holds, and what no value of the model can be."""
    model = deep(nn.AvgPool2d(2), layers, 3e38)
    network = convert(model, X, Ttfs(ranges="interval"), judge=False)
    windows = [np.float32(p.neuron.window) for p in network.populations if isinstance(p.neuron, Ramp)]
    assert np.all(np.isfinite(windows)) and max(windows) > 1e28
    with torch.no_grad():
        truth = model.double()(X.double()).numpy()
    assert np.abs(simulate(network, X.numpy()).logits - truth).max() < 1e-5
