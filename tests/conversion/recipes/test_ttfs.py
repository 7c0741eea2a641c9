"""Time to first spike: exact, and clipped where it says so."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikewright.conversion import Ttfs, convert
from spikewright.snn import Integrator, Network, simulate
from tests.conversion.architectures import CASES, Case, build, images, stacks


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
