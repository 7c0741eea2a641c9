"""Starts, neurons and levels of rate codes."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import Cos, Rate, Srp, convert, two_phase
from spikewright.conversion.calibration.settings import Advanced, Light
from spikewright.snn import IF, Burst, Network, SignedIF, TernaryIF, simulate
from tests.conversion.architectures import CASES, build, images, seq
from tests.conversion.signs import SIZE, networks


def one_neuron(recipe: Rate) -> Network:
    """A neuron that integrates its input; its full activation is 1."""
    model = seq(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False))
    for layer in (model[0], model[2]):
        nn.init.ones_(layer.weight)
    return convert(model, torch.ones(1, 1), recipe)


def count(network: Network, current: float) -> int:
    return int(simulate(network, np.full((1, 1), current, dtype=np.float32), engine="reference").spikes["_0"][0])


@settings(max_examples=15)
@given(log_steps=st.integers(0, 5), eighths=st.integers(-16, 40))
def test_half_a_step_in_the_bias_counts_like_half_a_threshold(log_steps: int, eighths: int) -> None:
    """Dyadic, so that sums are exact: n = clip(floor(x steps + 1/2), 0, steps) either way."""
    steps, x = 2**log_steps, eighths / 16
    found = [
        count(one_neuron(Rate(steps, "max", initial=way, schedule=schedule)), x)
        for way in ("half", "shift")
        for schedule in ("synchronous", "layerwise")
    ]
    assert found == [int(np.clip(np.floor(x * steps + 0.5), 0, steps))] * 4


@settings(max_examples=40)
@given(log_steps=st.integers(0, 4), limit=st.sampled_from([1, 2, 4, 8]), sixteenths=st.integers(-8, 24))
def test_a_burst_neuron_has_limit_times_steps_levels(log_steps: int, limit: int, sixteenths: int) -> None:
    steps, x = 2**log_steps, sixteenths / 16
    network = one_neuron(Rate(steps, "max", neuron="burst", limit=limit))
    assert isinstance(network.by_name["_0"].neuron, Burst)
    assert count(network, x) == np.clip(np.floor(x * steps * limit + 0.5), 0, steps * limit)
    assert f"{limit * steps + 1} levels" in str(network.report)


def test_neurons_and_levels_are_those_of_the_recipe() -> None:
    case = CASES["lenet"]
    made = {neuron: convert(build(case), images(case), Rate(5, neuron=neuron)) for neuron in ("if", "signed")}
    assert isinstance(made["if"].populations[1].neuron, IF) and isinstance(
        made["signed"].populations[1].neuron, SignedIF
    )
    assert all("6 levels" in str(network.report) for network in made.values())
    leaky = seq(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.1), nn.Flatten(), nn.Linear(72, 3)).eval()
    network = convert(leaky, torch.rand(4, 1, 8, 8), Rate(5))
    assert isinstance(network.populations[1].neuron, TernaryIF) and "11 levels" in str(network.report)
    signed = convert(leaky, torch.rand(4, 1, 8, 8), Rate(5, neuron="signed"))
    assert [type(one.neuron) for one in signed.populations[1:3]] == [SignedIF, SignedIF]  # relu(x) and relu(-x)


@settings(max_examples=25)
@given(model=networks(), neuron=st.sampled_from(["if", "signed", "burst"]))
def test_values_below_zero_are_approached(model: nn.Module, neuron: Literal["if", "signed", "burst"]) -> None:
    """Shifted, or in spikes of two signs where there are any."""
    x = torch.rand(4, 1, SIZE, SIZE, generator=torch.Generator().manual_seed(0))
    try:
        network = convert(model, x, Rate(1024, "max", neuron=neuron, schedule="layerwise", calibration=None))
    except InvalidInput as error:  # a layer that is silent on all samples
        assert "some activation above zero" in str(error)
        return
    with torch.no_grad():
        truth = model(x).numpy()
    found = simulate(network, x.numpy()).logits * network.logit_scale
    assert np.abs(found - truth).max() < 0.02 * max(1.0, float(np.abs(truth).max()))


@pytest.fixture(scope="module")
def lenet() -> tuple[Network, np.ndarray]:
    case = CASES["lenet"]
    return convert(build(case), images(case, 40), Rate(6, calibration=None)), images(case, 9, 3).numpy()


BAD: dict[str, Callable[[], Any]] = {
    "threshold": lambda: Rate(4, "large"),
    "both": lambda: Rate(4, "max", percentile=99.0),
    "percentile": lambda: Rate(4, percentile=100.5),
    "neuron": lambda: Rate(4, neuron="lif"),
    "limit": lambda: Rate(4, neuron="burst", limit=0),
    "signed reset": lambda: Rate(4, neuron="signed", reset="zero"),
    "calibration": lambda: Rate(4, calibration="heavy"),
    "calibration number": lambda: Rate(4, calibration=3),
    "samples": lambda: Light(samples=3),
    "rounds": lambda: Advanced(rounds=0),
    "rate": lambda: Advanced(rate=float("nan")),
    "pre-steps": lambda: Srp(0),
    "all pre-steps": lambda: Rate(4, residual=Srp(4)),
    "more pre-steps than steps": lambda: Rate(7, residual=Cos(4)),
    "residual": lambda: Rate(8, residual=4),
    "residual layerwise": lambda: Rate(8, residual=Srp(4), schedule="layerwise"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_recipes_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="expected"):
        BAD[name]()


def test_a_residual_recipe_counts_its_pre_steps() -> None:
    case = CASES["lenet"]
    network = convert(build(case), images(case), Rate(8, residual=Srp(3)))
    assert network.steps == 5 and "make 8" in str(network.report)
    assert two_phase(network, images(case).numpy(), Srp(3)).steps == 8


@settings(max_examples=60)
@given(
    steps=st.integers(1, 40),
    current=st.floats(-1.0, 3.0, allow_nan=False, width=32),
    initial=st.sampled_from(["half", "zero"]),
)
def test_a_neuron_counts_its_clipped_relu(steps: int, current: float, initial: str) -> None:
    """n = clip(floor(x steps / a + v0 / a), 0, steps), with the threshold a = 1 that the sample 1.0 sets."""
    model = seq(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False))
    nn.init.ones_(model[0].weight)
    nn.init.ones_(model[2].weight)
    network = convert(model, torch.ones(1, 1), Rate(steps, "max", initial=initial, calibration=None))
    activity = simulate(network, np.array([[current]], dtype=np.float32), engine="reference")
    count = activity.logits[0, 0]
    ideal = np.clip(steps * current + (0.5 if initial == "half" else 0.0), 0, steps)
    assert ideal - 1.001 <= count <= ideal + 0.001
    assert activity.spikes["_0"][0] == count


def test_reset_and_initial_potential_reach_the_neurons() -> None:
    case = CASES["mlp"]
    network = convert(build(case), images(case), Rate(3, reset="zero", initial="zero", per_channel=False))
    hidden = network.by_name["_0"]
    assert isinstance(hidden.neuron, IF) and hidden.neuron.reset == "zero"
    assert hidden.initial == 0.0 and np.ndim(hidden.neuron.threshold) == 0
    half = convert(build(case), images(case), Rate(3)).by_name["_0"]
    np.testing.assert_allclose(half.initial, np.asarray(half.neuron.threshold) / 2)


@pytest.mark.parametrize("name", ["lenet", "residual"])
def test_input_levels_only_round_the_input(name: str) -> None:
    case = CASES[name]
    model, x = build(case), (images(case) * 15).round() / 15
    plain, levels = (convert(model, x, Rate(9, input_levels=grid)) for grid in (None, 15))
    one, other = (simulate(network, x.numpy(), engine="reference") for network in (plain, levels))
    np.testing.assert_allclose(one.logits, other.logits, atol=0.2 * np.abs(one.logits).max())
    np.testing.assert_array_equal(one.predictions, other.predictions)
    assert levels.code.levels == 15
