"""Which neurons spikes come from: shares that have the measured mean, and bounds that hold for all that have it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.model.interval import Interval
from spikewright.hardware.model.spike_shares import SpikeShares, most_likely

numbers = st.lists(st.integers(0, 50), min_size=2, max_size=12).map(lambda given: np.array(given, np.float64))


@given(numbers, st.floats(0, 1))
def test_the_shares_have_the_mean_that_was_measured(additions, part: float) -> None:
    mean = additions.min() + part * np.ptp(additions)
    shares = most_likely(additions, mean)
    assert shares.sum() == pytest.approx(1) and (shares >= 0).all()
    assert shares @ additions == pytest.approx(mean, abs=1e-3 * max(np.ptp(additions), 1))


@given(numbers)
def test_at_the_mean_of_all_neurons_they_are_alike(additions) -> None:
    assert most_likely(additions, additions.mean()) == pytest.approx(1 / len(additions))


@given(numbers, st.data())
def test_the_bounds_hold_for_any_spikes_with_these_additions(additions, data) -> None:
    costs = np.array(data.draw(st.lists(st.integers(1, 9), min_size=len(additions), max_size=len(additions))), float)
    spikes = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(additions), max_size=len(additions))), float)
    spikes[0] += 1
    true, measured = spikes @ costs / spikes.sum(), float(spikes @ additions / spikes.sum())
    found = SpikeShares(most_likely(additions, measured), False, additions, measured).mean(costs)
    assert found.low - 1e-9 <= true <= found.high + 1e-9
    assert found.low <= found.value <= found.high
    loose = SpikeShares(most_likely(additions, measured), False, additions, measured).mean(costs, alike=False)
    assert (loose.low, loose.high) == (costs.min(), costs.max())


def test_additions_that_tell_the_costs_leave_no_doubt() -> None:
    """A pass for each addition: three of them in the mean are three passes, whichever neurons spiked."""
    additions = np.array([1.0, 2.0, 5.0])
    found = SpikeShares(most_likely(additions, 3.0), False, additions, 3.0).mean(additions)
    assert (found.low, found.value, found.high) == pytest.approx((3, 3, 3))


def test_counted_shares_are_exact_and_unknown_ones_open() -> None:
    costs = np.array([1.0, 3.0])
    assert SpikeShares(np.array([0.25, 0.75]), counted=True).mean(costs) == Interval.exact(2.5)
    assert SpikeShares(np.array([0.5, 0.5])).mean(costs) == Interval(1, 2, 3)
