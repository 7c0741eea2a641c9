"""Time-coded networks against their models: clips and ties are told, windows on a grid, few spikes by training."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import FewSpike, Rate, Ttfs, check_times, convert
from spikewright.conversion.recipes.activation_samples import least_squares_window
from spikewright.conversion.recipes.few_spike_fit import binary, fitted
from spikewright.conversion.tuning.times import TimesTuning, tune_times
from spikewright.snn import FewSpikeIF, simulate


def model(activation: nn.Module | None = None) -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        activation or nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(36, 8),
        nn.ReLU(),
        nn.Linear(8, 3),
    ).eval()


def images(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((count, 1, 8, 8)).astype(np.float32)


def test_exact_times_are_the_model_and_nothing_is_clipped() -> None:
    check = check_times(model(), convert(model(), images(30), Ttfs("interval")), images(40, 1))
    assert check.identical and not check.ties and not any(check.clipped["clipped"])
    assert check.largest_error < 1e-5
    assert 0 < check.spikes_per_neuron <= 1
    assert "40 of 40 predictions identical, 0 ties, 0 values clipped" in str(check)


def test_clipped_values_are_told_by_population() -> None:
    """Windows from dark images, then bright ones: what is above a window is counted, value by value."""
    network = convert(model(), images(30) / 4, Ttfs(margin=0.0))
    check = check_times(model(), network, images(40, 1))
    first = next(iter(check.clipped))
    with torch.no_grad():
        values = torch.relu(model()[0](torch.from_numpy(images(40, 1)))).numpy()
    assert first["clipped"] == int((values > first["window"]).sum()) > 0
    assert first["images"] == int((values > first["window"]).any(axis=(1, 2, 3)).sum())
    assert first["largest"] == pytest.approx(values.max(), rel=1e-6)


def test_what_the_model_clips_itself_is_no_clip() -> None:
    clipped = model(nn.Hardtanh(0.0, 0.2))
    network = convert(clipped, images(30), Ttfs())
    check = check_times(clipped, network, images(40, 1))
    assert check.identical and check.largest_error < 1e-5
    assert next(iter(check.clipped))["window"] == pytest.approx(0.2)
    assert next(iter(check.clipped))["clipped"] == 0


def test_ties_are_told() -> None:
    same = model()
    with torch.no_grad():
        same[6].weight[1], same[6].bias[1] = same[6].weight[0], same[6].bias[0]
        same[6].weight[2], same[6].bias[2] = 0, -100
    check = check_times(same, convert(same, images(30), Ttfs("interval")), images(10))
    assert check.ties == tuple(range(10)) and not check.unexplained


def test_fixed_point_windows_are_in_the_models_units() -> None:
    network = convert(model(), images(30), Ttfs(margin=0.0))
    fixed = network.to_fixed(weight_bits=12, potential_bits=24, time_levels=1023)
    one, two = (check_times(model(), n, images(40, 1)).clipped for n in (network, fixed))
    np.testing.assert_allclose(one["window"], two["window"], rtol=0.01)
    np.testing.assert_allclose(one["largest"], two["largest"], rtol=0.05)


def test_only_time_coded_networks_are_checked() -> None:
    with pytest.raises(InvalidInput, match="time-coded network"):
        check_times(model(), convert(model(), images(9), Rate(4)), images(2))


@settings(max_examples=30)
@given(st.integers(0, 2**20), st.sampled_from([3, 15, 255]))
def test_least_squares_windows_are_no_worse_than_the_largest_value(seed: int, levels: int) -> None:
    values = np.random.default_rng(seed).exponential(size=500)

    def loss(window: float) -> float:
        step = window / levels
        return float(np.mean((step * np.clip(np.floor(values / step + 0.5), 0, levels) - values) ** 2))

    top = float(values.max())
    assert loss(least_squares_window(values, levels, top)) <= loss(top) * (1 + 1e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**20), st.integers(1, 5))
def test_fitted_spikes_are_better_than_binary_ones(seed: int, steps: int) -> None:
    values = np.random.default_rng(seed).normal(size=2000)
    start = binary(float(values.max()), steps)

    def loss(factors) -> float:
        return float(np.mean((factors(values) - np.maximum(values, 0)) ** 2))

    assert loss(fitted(lambda x: np.maximum(x, 0.0), values, start, 0)) < loss(start)


def test_fits_are_seeded_and_any_function_will_do() -> None:
    values = np.random.default_rng(0).normal(size=4000) * 2
    start = binary(float(values.max()), 6)

    def sigmoid(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    one, two = (fitted(sigmoid, values, start, 5) for _ in range(2))
    assert one == two
    error = np.sqrt(np.mean((one(values) - sigmoid(values)) ** 2))
    assert error < 0.5 * np.std(sigmoid(values))


def test_the_network_sends_what_the_fit_says() -> None:
    network = convert(model_without_max(), images(50), FewSpike(3, "learned"))
    activity = simulate(network, images(5), record=("rasters", "potentials"))
    first = network.populations[1]
    assert isinstance(first.neuron, FewSpikeIF)
    assert activity.rasters[first.name].max() == 1
    assert set(first.neuron.amplitudes) == {float(round(x)) for x in first.neuron.amplitudes}


def model_without_max() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3)).eval()


def test_tuning_makes_spikes_few_and_keeps_what_was_learned() -> None:
    """Bright above or below: labels that a few neurons can tell."""
    shown = images(200)
    shown[:100, :, 4:] *= 0.2
    shown[100:, :, :4] *= 0.2
    labels = np.repeat([0, 1], 100)
    network = convert(model(), shown, Ttfs(levels=15))
    settings_ = TimesTuning(epochs=6, lr=0.02, sparsity=1.0, batch_size=20)
    tuned = tune_times(network, (shown, labels), settings_)
    before, after = (simulate(n, shown) for n in (network, tuned))
    assert after.accuracy(labels) > 0.95
    spikes = [sum(a.spikes[n].mean() for n in ("_0", "_4")) for a in (before, after)]
    assert spikes[1] < 0.6 * spikes[0]
    again = tune_times(network, (shown, labels), settings_)
    np.testing.assert_array_equal(simulate(again, shown).logits, after.logits)


def test_pruned_weights_stay_zero() -> None:
    pruned = model()
    with torch.no_grad():
        pruned[4].weight[:, ::2] = 0
        pruned[4].weight[:, 1::4] = 0
    network = convert(pruned, images(20), Ttfs())
    tuned = tune_times(network, (images(20), np.zeros(20, np.int64)), TimesTuning(lr=0.1))
    weights = [q.synapse.weights for q in tuned.projections if hasattr(q.synapse, "weights")]
    stored = [one.stored for one in weights if one.stored < one.size]
    assert len(stored) == 1 and stored[0] == np.count_nonzero(pruned[4].weight.detach().numpy())


def test_bad_tuning_is_refused() -> None:
    network, data = convert(model(), images(20), Ttfs()), (images(4), np.zeros(4, np.int64))
    with pytest.raises(InvalidInput, match="time-coded network in float32"):
        tune_times(network.to_fixed(), data)
    with pytest.raises(InvalidInput, match=r"sparsity .* of at least 0"):
        TimesTuning(sparsity=-1.0)
    with pytest.raises(InvalidInput, match=r"epochs .* of at least 1"):
        replace(TimesTuning(), epochs=0)
