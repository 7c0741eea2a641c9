"""A time-coded network against its model: clips and ties are told."""

import numpy as np
import pytest
import torch
from torch import nn

from spikewright import InvalidInput
from spikewright.conversion import Rate, Ttfs, check_times, convert
from tests.conversion.timed import images, model


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
