"""Pools: address maps where they can be, else currents; always what torch computes."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from spikewright.conversion.reading.geometry import PoolGeometry
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import apply_term
from spikewright.conversion.reading.values import Current, Signal
from spikewright.conversion.reading.windows import (
    Window,
    after_gate,
    alignable,
    average_current,
    average_signal,
)

SHAPE = (2, 6, 6)
SIGNAL = Signal("a", SHAPE, gain=np.array([1.0, 2.0]), offset=np.arange(72.0).reshape(SHAPE), positive=True)
X = torch.rand(1, *SHAPE).double()
VALUES = X * torch.tensor([1.0, 2.0]).view(2, 1, 1) + torch.arange(72.0).reshape(SHAPE)


def current_value(current: Current) -> torch.Tensor:
    """What a current of one source says."""
    return sum((apply_term(term, X, SHAPE) for term in current.terms), torch.tensor(current.bias))  # type: ignore[return-value]


def test_disjoint_windows_are_an_address_map() -> None:
    found = average_signal(SIGNAL, Window((2, 3), (2, 3)), "pool")
    assert isinstance(found, Signal) and found.pool == (2, 3) and found.shape == (2, 3, 2)
    sums = F.avg_pool2d(X, (2, 3), divisor_override=1) * torch.tensor(found.gain).view(2, 1, 1)
    torch.testing.assert_close(sums + torch.tensor(found.offset), F.avg_pool2d(VALUES, (2, 3)))


@pytest.mark.parametrize("window", [Window((3, 3), (1, 2)), Window((3, 3), (2, 2), (1, 1))])
def test_other_windows_are_currents(window: Window) -> None:
    found = average_signal(SIGNAL, window, "pool")
    assert isinstance(found, Current) and found.positive
    wanted = F.avg_pool2d(VALUES, window.kernel, window.stride, window.padding)
    torch.testing.assert_close(current_value(found), wanted)


def test_a_pool_behind_a_sum_moves_in_front_of_it() -> None:
    total = Current((SourceTerm("a"), SourceTerm("a", gain_in=np.asarray(2.0))), np.ones(SHAPE), SHAPE, "sum")
    found = average_current(total, Window((2, 2), (2, 2)), "pool", {"a": SHAPE})
    assert found is not None and all(term.geometry == PoolGeometry((2, 2), (2, 2)) for term in found.terms)
    torch.testing.assert_close(current_value(found), F.avg_pool2d(3 * X + 1, 2))


def test_gates_read_what_has_one_scale_and_offset_for_each_channel() -> None:
    flat = replace(SIGNAL, offset=np.broadcast_to(np.array([1.0, 2.0]).reshape(2, 1, 1), SHAPE))
    assert alignable(flat) and not alignable(SIGNAL) and not alignable(replace(flat, gain=np.asarray(-1.0)))
    behind = after_gate(flat, "gate", (2, 3, 3))
    assert behind.source == "gate" and behind.offset is not None and behind.offset.shape == (2, 3, 3)


def test_one_window_may_be_a_whole_map() -> None:
    assert Window((6, 6), (6, 6)).covers(SHAPE) and not Window((6, 6), (6, 6), (1, 1)).covers(SHAPE)
