"""Percentiles are numpy's, whatever the batches; neurons answer constant currents as their law says."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright.compress import trace
from spikewright.conversion import Rate, Ttfs, convert
from spikewright.conversion.ranges import percentiles
from spikewright.snn import IF, simulate
from tests.conversion.architectures import CASES, build, images, seq


def expected(values: np.ndarray, percentile: float) -> float:
    positive = values[values > 0]
    return float(np.percentile(positive.astype(np.float64), percentile)) if positive.size else 0.0


@settings(max_examples=30)
@given(
    count=st.integers(1, 150),
    percentile=st.sampled_from([1.0, 50.0, 90.0, 99.0, 99.9, 100.0]),
    by_channel=st.booleans(),
    seed=st.integers(0, 99),
)
def test_percentiles_are_those_of_numpy(count: int, percentile: float, by_channel: bool, seed: int) -> None:
    x = torch.randn(count, 3, 2, 2, generator=torch.Generator().manual_seed(seed)) - torch.tensor([0.0, 1.0, 5.0]).view(
        3, 1, 1
    )
    view = trace(seq(nn.ReLU(), nn.Identity()), x)
    node = view.nodes[1].name
    found = percentiles(view, x, {node: 3 if by_channel else 1}, percentile)[node]
    values = torch.relu(x).numpy().swapaxes(0, 1).reshape(3 if by_channel else 1, -1)
    np.testing.assert_allclose(found, [expected(row, percentile) for row in values], rtol=1e-6)


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
