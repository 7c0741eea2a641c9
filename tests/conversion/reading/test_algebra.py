"""The arithmetic of signals, sums and concatenations: exact, whatever they are."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from spikewright.conversion.reading import algebra
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import add_term, apply_term
from spikewright.conversion.reading.values import Current, Flow, Parts, Signal

SHAPES = {"a": (2, 4, 4), "b": (3, 4, 4)}
SENT = {name: torch.rand(1, *shape).double() for name, shape in SHAPES.items()}
A = Signal("a", (2, 4, 4), gain=np.array([2.0, 1.0]), positive=True)
B = Current((SourceTerm("b", gain_in=np.array([1.0, 0.0, 2.0])),), np.ones((3, 4, 4)), (3, 4, 4), "b", node="b")
FLOWS: Mapping[str, Flow] = {
    "signal": A,
    "offset": Signal("a", (2, 4, 4), offset=np.arange(32.0).reshape(2, 4, 4)),
    "border": Signal("a", (2, 5, 7), border=(1, 0, 2, 1)),
    "pool": Signal("a", (2, 2, 2), (2, 2)),
    "sum": B,
    "parts": Parts((A, B)),
}


def value_of(flow: Flow) -> torch.Tensor:
    """The numbers of a flow, flat, through its current."""
    current = algebra.as_current(flow, dict(SHAPES), "x")
    total = torch.tensor(current.bias)[None]
    for term in current.terms:
        total = add_term(total, term, apply_term(term, SENT[term.source], SHAPES[term.source]))
    return total.flatten(1)


def test_a_current_says_what_its_signal_says() -> None:
    x = SENT["a"]
    torch.testing.assert_close(value_of(A), (x * torch.tensor([2.0, 1.0]).view(2, 1, 1)).flatten(1))
    torch.testing.assert_close(value_of(FLOWS["border"]), torch.nn.functional.pad(x, (2, 1, 1, 0)).flatten(1))
    torch.testing.assert_close(value_of(FLOWS["pool"]), torch.nn.functional.lp_pool2d(x, 1, 2).flatten(1))
    torch.testing.assert_close(value_of(FLOWS["parts"]), torch.cat([value_of(A), value_of(B)], 1))


@pytest.mark.parametrize("name", FLOWS)
def test_gains_and_offsets_apply_to_every_flow(name: str) -> None:
    flow = FLOWS[name]
    channels, pixels = flow.view[0], int(np.prod(flow.view[1:]))
    gain, offset = np.arange(1.0, channels + 1), np.random.default_rng(0).normal(size=flow.view)
    found = value_of(algebra.affine(flow, gain, offset))
    wanted = value_of(flow) * torch.tensor(np.repeat(gain, pixels)) + torch.tensor(offset.ravel())
    torch.testing.assert_close(found, wanted)
    assert algebra.affine(flow, np.asarray(2.0), None).positive == flow.positive
    assert not algebra.affine(flow, np.asarray(-1.0), None).positive


@pytest.mark.parametrize("name", [name for name in FLOWS if name != "parts"])
def test_flattening_moves_no_number(name: str) -> None:
    flow = FLOWS[name]
    flat = algebra.flatten(flow, dict(SHAPES), "flat")
    assert flat.view == (int(np.prod(flow.view)),)
    torch.testing.assert_close(value_of(flat), value_of(flow))


def test_sums_of_maps_and_vectors() -> None:
    total = algebra.add(A, FLOWS["offset"], dict(SHAPES), "sum")
    torch.testing.assert_close(value_of(total), value_of(A) + value_of(FLOWS["offset"]))
    vector = algebra.as_vector(
        algebra.as_current(algebra.flatten(A, dict(SHAPES), "f"), dict(SHAPES), "v"), dict(SHAPES)
    )
    assert vector.shape == (32,)
    torch.testing.assert_close(value_of(vector), value_of(A))


def test_channels_of_zeros() -> None:
    wide = algebra.with_zeros(A, (1, 2), dict(SHAPES), "pad")
    assert wide.view == (5, 4, 4)
    torch.testing.assert_close(value_of(wide), torch.nn.functional.pad(value_of(A), (16, 32)))


def test_borders_add_up_and_come_off() -> None:
    one = algebra.framed(algebra.framed(A, (1, 0, 0, 0)), (0, 2, 1, 0))
    assert one.border == (1, 2, 1, 0) and one.shape == (2, 7, 5) and algebra.unframed(one).shape == (2, 4, 4)
