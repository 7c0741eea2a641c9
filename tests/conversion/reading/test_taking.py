"""Whole channels of sums are rows of their kernels, looked at where they are."""

from typing import Any

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikewright.conversion.forward import Rewritten
from spikewright.conversion.reading.geometry import ConvGeometry, Kernel, PoolGeometry
from spikewright.conversion.reading.model import plan_of
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.taking import taken
from spikewright.conversion.reading.values import Current, Parts, Signal
from spikewright.index_maps import IndexMap

X = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
SHAPE = (4, 2, 2)


class Dual(nn.Module):
    """Two sums split at drawn channels and put together again, as DPN does; `flat`: of vectors."""

    def __init__(self, cuts: tuple[int, int], layers: tuple[nn.Module, ...], forward: bool) -> None:
        super().__init__()
        self.first, self.second, self.last = layers
        self.cuts, self.forward_order = cuts, forward

    def forward(self, x: Tensor) -> Tensor:
        one, other = self.first(x), self.second(x)
        a, b = self.cuts
        parts = [one[:, :a] + other[:, :a], one[:, a:], other[:, b:]]
        whole = torch.cat(parts if self.forward_order else parts[::-1], dim=1)
        again = whole[:, 1:]
        return torch.cat([self.last(torch.relu(again)).flatten(1), again.flatten(1)], dim=1)


@settings(max_examples=40)
@given(
    cuts=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    kind=st.sampled_from(["1x1", "3x3", "grouped", "depthwise", "transposed", "flat"]),
    forward=st.booleans(),
    seed=st.integers(0, 99),
)
def test_split_sums_compute_what_the_model_computes(cuts: tuple[int, int], kind: str, forward: bool, seed: int) -> None:
    kinds: dict[str, Any] = {
        "1x1": lambda: nn.Conv2d(3, 5, 1),
        "3x3": lambda: nn.Conv2d(3, 5, 3, padding=1),
        "grouped": lambda: nn.Conv2d(3, 6, 1, groups=3),
        "depthwise": lambda: nn.Conv2d(3, 9, 3, padding=1, groups=3),
        "transposed": lambda: nn.ConvTranspose2d(3, 5, 2, stride=2),
        "flat": lambda: nn.Sequential(nn.Flatten(), nn.Linear(48, 5)),
    }
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        first, second = kinds[kind](), kinds[kind]()
        made = first(X).shape[1]
        wide = made + made - cuts[1] - 1
        last = nn.Linear(wide, 2) if kind == "flat" else nn.Conv2d(wide, 2, 1)
        model = Dual(cuts, (first, second, last), forward).eval()
    plan = plan_of(model, X)
    with torch.no_grad():
        torch.testing.assert_close(Rewritten(plan)(X), model.double()(X.double()), rtol=1e-5, atol=1e-6)


def test_rows_are_looked_at_and_stand_in_their_slices() -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 1, 1))
    whole = SourceTerm("in", ConvGeometry(), kernel=Kernel(values), gain_out=np.arange(4.0))
    lower = SourceTerm("in", ConvGeometry(), kernel=Kernel(values[:2]), channels=(2, 4))
    sums = Current((whole, lower), np.arange(16.0).reshape(SHAPE), SHAPE, "sums")
    places = np.arange(16).reshape(SHAPE)
    found = taken(sums, IndexMap.of(SHAPE, places[1:3]), "some", _refuse)
    assert found is not None and [term.channels for term in found.terms] == [(0, 2), (1, 2)]
    assert all(term.kernel is not None and np.shares_memory(term.kernel.values, values) for term in found.terms)
    np.testing.assert_array_equal(found.terms[0].gain_out, [1.0, 2.0])
    np.testing.assert_array_equal(found.bias, sums.bias[1:3])
    upper = taken(sums, IndexMap.of(SHAPE, places[:1]), "some", _refuse)
    assert upper is not None and len(upper.terms) == 1  # the other one drives none of it


def test_what_are_no_rows_is_a_layer_of_single_ones() -> None:
    pooled = Current((SourceTerm("in", PoolGeometry((2, 2), (2, 2))),), np.zeros(SHAPE), SHAPE, "pooled")
    asked = []

    def apply(piece: Any, layer: Any) -> Current:
        asked.append((piece, layer.kernel.values[:, :, 0, 0]))
        return Current((layer.term("relay"),), layer.bias_map, layer.shape, layer.name)

    found = taken(pooled, IndexMap.of(SHAPE, np.arange(16).reshape(SHAPE)[2:]), "some", apply)
    assert found is not None and found.terms[0].channels == (0, 2)
    assert asked[0][0] is pooled and asked[0][1].tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]


def test_other_maps_and_activations_alone_are_left_to_others() -> None:
    term = SourceTerm("in", ConvGeometry(), kernel=Kernel(np.ones((4, 3, 1, 1))))
    sums, places = Current((term,), np.zeros(SHAPE), SHAPE, "sums"), np.arange(16).reshape(SHAPE)
    beside = np.where(places > 3, places, -1)
    for other in (places[::2], places[[1, 1]], places[:, ::-1], places[:, :1], beside, places.reshape(4, 4, 1)):
        assert taken(sums, IndexMap.of(SHAPE, other), "some", _refuse) is None
    signals = Parts((Signal("in", SHAPE), Signal("on", SHAPE)))
    assert taken(signals, IndexMap.of((8, 2, 2), np.arange(32).reshape(8, 2, 2)[3:5]), "some", _refuse) is None
    large = Parts((Current((term,), np.zeros(2), (2,), "sums"), Signal("in", (1 << 20,))))
    every = IndexMap.of((2 + (1 << 20),), np.arange(1, 2 + (1 << 20)))
    assert taken(large, every, "some", _refuse) is None


def _refuse(piece: Any, layer: Any) -> Current:
    raise AssertionError(f"expected rows of {piece}, not {layer}")
