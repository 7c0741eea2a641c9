"""Time to first spike: exact, and clipped where it says so."""

from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikewright.conversion import Ttfs, check_times, convert
from spikewright.snn import Integrator, Network, simulate
from spikewright.snn.twin.network import Twin
from tests.conversion.architectures import CASES, Case, build, images, stacks
from tests.conversion.signs import SIZE, networks


def test_one_spike_at_most_in_a_time_code() -> None:
    case = CASES["residual"]
    activity = simulate(convert(build(case), images(case), Ttfs()), images(case).numpy(), engine="reference")
    assert all(rate <= 1.0 for rate in activity.spikes_per_neuron.values())


def test_more_samples_never_narrow_a_window() -> None:
    case = CASES["lenet"]
    model, x = build(case), images(case, 40)
    few, many = (convert(model, x[:count], Ttfs()) for count in (5, 40))
    for one, other in zip(few.populations[1:-1], many.populations[1:-1], strict=True):
        assert one.neuron.window <= other.neuron.window


TOLERANCE = 1e-4


def logits(model: nn.Module, x: Tensor) -> np.ndarray:
    with torch.no_grad():
        return model(x).flatten(1).double().numpy()


def answers(network: Network, x: Tensor) -> np.ndarray:
    return simulate(network, x.numpy(), engine="reference").logits * network.logit_scale


def error(case: Case, recipe: Ttfs, seed: int = 0) -> float:
    """Largest difference of logits, relative to the largest logit."""
    model, x = build(case, seed), images(case)
    truth = logits(model, x)
    if (
        type(model).__name__ == "Functional"
    ):  # it ends in a log-softmax, which conversion drops: logits up to a constant
        found = answers(convert(model, x, recipe), x)
        return float(np.abs((found - found.mean(1, keepdims=True)) - (truth - truth.mean(1, keepdims=True))).max())
    return float(np.abs(answers(convert(model, x, recipe), x) - truth).max() / np.abs(truth).max())


@pytest.mark.parametrize("name", CASES)
def test_the_time_coded_network_is_the_model(name: str) -> None:
    assert error(CASES[name], Ttfs(ranges="interval")) < TOLERANCE


@pytest.mark.parametrize("name", ["lenet", "residual", "standardised", "overlapping pool"])
def test_windows_from_the_data_are_exact_on_these_data(name: str) -> None:
    assert error(CASES[name], Ttfs(margin=0.01)) < TOLERANCE


@settings(max_examples=40)
@given(case=stacks(), seed=st.integers(0, 99))
def test_random_stacks_convert_exactly(case: Case, seed: int) -> None:
    model, x = build(case, seed), images(case)
    truth = logits(model, x)
    found = answers(convert(model, x, Ttfs(ranges="interval")), x)
    np.testing.assert_allclose(found, truth, atol=TOLERANCE * max(1.0, float(np.abs(truth).max())))


@settings(max_examples=60)
@given(model=networks())
def test_values_below_zero_convert_exactly(model: nn.Module) -> None:
    """Clamps, slopes of every kind, negative norms, maxima of both signs, padding, affine layers in a row."""
    x = torch.rand(4, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    truth = logits(model, x)
    network = convert(model, x, Ttfs(ranges="interval"))
    np.testing.assert_allclose(answers(network, x), truth, atol=1e-5 * max(1.0, float(np.abs(truth).max())))
    np.testing.assert_allclose(
        simulate(network, x.numpy()).logits, simulate(network, x.numpy(), engine="reference").logits, atol=1e-4
    )


def test_what_is_shifted_says_so_and_what_is_clipped_is_counted() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 3, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 2)).eval()
    x = torch.rand(20, 1, SIZE, SIZE)
    network = convert(model, x / 4, Ttfs(margin=0.0))
    below = float(np.asarray(network.by_name["_0"].below))
    assert f"shifted by {below:.4g}, per layer: the lowest value on the samples: smaller ones are clipped" in str(
        network.report
    )
    with torch.no_grad():
        values = model[0](x).numpy()
    clipped = check_times(model, network, x).clipped["clipped"][0]
    assert clipped == ((values < -below) | (values > network.by_name["_0"].neuron.window - below)).sum() > 0
    assert "no input goes further" in str(convert(model, x, Ttfs(ranges="interval")).report)


@pytest.mark.parametrize("ranges", ["data", "interval", "least-squares"])
def test_spike_times_on_a_grid_and_in_integers_have_shifts_too(
    ranges: Literal["data", "interval", "least-squares"],
) -> None:
    torch.manual_seed(0)
    layers = nn.Conv2d(1, 3, 3), nn.PReLU(3, -0.3), nn.Conv2d(3, 2, 1), nn.MaxPool2d(2), nn.Hardtanh(-0.2, 0.2)
    model, x = nn.Sequential(*layers, nn.Flatten(), nn.Linear(18, 2)).eval(), torch.rand(8, 1, SIZE, SIZE)
    truth = logits(model, x)
    network = convert(model, x, Ttfs(ranges=ranges, levels=4095, input_levels=4095))
    fixed = network.to_fixed(weight_bits=14, time_levels=4095, input_levels=4095)
    for one in (network, fixed):
        assert np.abs(answers(one, x) - truth).max() < 0.02 * np.abs(truth).max()
        assert np.array_equal(answers(one, x), simulate(one, x.numpy()).logits * one.logit_scale) or one is network
    with torch.no_grad():
        np.testing.assert_allclose(Twin(network)(x).numpy(), simulate(network, x.numpy()).logits, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_interval_windows_bound_every_image(name: str) -> None:
    case = CASES[name]
    network = convert(build(case), images(case), Ttfs(ranges="interval"))
    corners = torch.cat([torch.zeros(1, *case.shape), torch.ones(1, *case.shape), images(case, 8, 5).round()])
    activity = simulate(network, corners.numpy(), engine="reference", record=("potentials",))
    for population in network.populations[1:]:
        if not isinstance(population.neuron, Integrator):
            assert activity.potentials[population.name].max() <= population.neuron.window


def test_data_windows_clip_at_the_percentile() -> None:
    case = CASES["mlp"]
    model, x = build(case), images(case, 200)
    network = convert(model, x, Ttfs(percentile=90.0, margin=0.0))
    hidden = torch.relu(model[0](x)).detach()
    window = float(np.percentile(hidden[hidden > 0].numpy(), 90.0))
    clipped = logits(model[2], hidden.clamp(max=window))
    np.testing.assert_allclose(answers(network, x), clipped, atol=1e-5)
    assert "are clipped" in str(network.report)


def test_spike_times_on_a_grid_quantise_activations() -> None:
    case = CASES["mlp"]
    model, x = build(case), images(case)
    network = convert(model, x, Ttfs(ranges="interval", levels=5))
    window = network.by_name["_0"].neuron.window
    hidden = torch.floor(torch.relu(model[0](x)).detach().double() * 5 / window + 0.5) * window / 5
    np.testing.assert_allclose(answers(network, x), logits(model[2].double(), hidden), atol=1e-5)
