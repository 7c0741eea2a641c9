"""Channels of different scale: whole factors go into the integers, and what that moves is said."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from spikewright.conversion.integers.gains import whole_gains
from spikewright.conversion.reading.geometry import DENSE, Kernel
from spikewright.conversion.reading.plan import Plan
from spikewright.conversion.reading.source_term import SourceTerm
from tests.conversion.reading.helpers import plan_for


def with_gains(gains: list[float], kernel: Kernel) -> Plan:
    """A layer whose inputs have these gains."""
    plan = plan_for(nn.Sequential(nn.Linear(3, 2)), 3)
    term = SourceTerm("input", DENSE, kernel=kernel, gain_in=np.asarray(gains))
    return replace(plan, units=(replace(plan.units[0], terms=(term,)),))


WHOLE = Kernel(np.array([[1, -2, 3], [0, 5, -7]], np.int8), np.array([0.5, 0.25]))


def test_whole_multiples_are_exact() -> None:
    (unit,) = whole_gains(with_gains([0.5, 1.0, 1.5], WHOLE)).units
    (term,) = unit.terms
    assert term.kernel is not None and term.kernel.integer and term.gain_in.ndim == 0
    np.testing.assert_allclose(term.kernel.real() * term.gain_in, WHOLE.real() * np.array([0.5, 1.0, 1.5]))


def test_what_is_snapped_is_said_and_small() -> None:
    plan = whole_gains(with_gains([0.5, 0.7071, 1.9], WHOLE))
    row = plan.rows[-1]
    assert row.action == "rounded" and "gains snapped by at most" in row.detail
    (term,) = plan.units[0].terms
    assert term.kernel is not None
    wanted = WHOLE.real() * np.array([0.5, 0.7071, 1.9])
    np.testing.assert_allclose(term.kernel.real() * term.gain_in, wanted, rtol=0.004)


def test_one_gain_and_real_numbers_stay_as_they_are() -> None:
    for plan in (
        with_gains([2.0, 2.0, 2.0], WHOLE),
        with_gains([1.0, 2.0, 3.0], Kernel(torch.randn(2, 3).double().numpy())),
    ):
        assert whole_gains(plan).units[0].terms == plan.units[0].terms and whole_gains(plan).rows == plan.rows


def test_sums_are_integers_with_a_scale() -> None:
    plan = whole_gains(with_gains([1.0, 1.0, 1.0], Kernel(np.array([[0.25, 0.0, 0.25], [0.0, 0.5, 0.0]]))))
    (term,) = plan.units[0].terms
    assert term.kernel is not None and term.kernel.integer
    np.testing.assert_array_equal(term.kernel.real(), [[0.25, 0.0, 0.25], [0.0, 0.5, 0.0]])


def test_a_gain_that_has_decayed_is_rounded_with_the_others_and_said() -> None:
    plan = whole_gains(with_gains([1.0, 1e-30, 1.5], WHOLE))
    (term,) = plan.units[0].terms
    assert term.kernel is not None and term.kernel.integer
    np.testing.assert_allclose(term.kernel.real() * term.gain_in, WHOLE.real() * np.array([1.0, 0.0, 1.5]))
    assert "1 of them too faint" in plan.rows[-1].detail
