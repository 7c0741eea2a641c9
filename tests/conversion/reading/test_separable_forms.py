"""Terms and layers as matrices for rows and columns: they compute what they computed, or are none."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.conversion.reading.geometry import (
    DENSE,
    IDENTITY,
    ConvGeometry,
    Geometry,
    Kernel,
    PoolGeometry,
    SeparableGeometry,
    UpsampleGeometry,
)
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.separable_forms import behind_separable, form_of, selection, separable_behind
from spikewright.conversion.reading.source_term import SourceTerm
from spikewright.conversion.reading.terms import apply_term
from spikewright.index_maps import IndexMap

SHAPE = (3, 7, 6)
X = torch.rand(2, *SHAPE, generator=torch.Generator().manual_seed(0)).double()
BLUR = np.multiply.outer(np.array([1.0, -2.0, 0.5]), np.multiply.outer(np.array([1.0, 2.0, 1.0]), np.array([1.0, 3.0])))
PLAIN = (
    IDENTITY,
    PoolGeometry((3, 2), (2, 1)),
    UpsampleGeometry((2, 3)),
    SeparableGeometry(np.tri(4, 7), np.eye(9, 6)),
)


def kernel() -> Kernel:
    return Kernel(BLUR[:, None])


@pytest.mark.parametrize("geometry", PLAIN)
def test_maps_without_a_kernel(geometry: Geometry) -> None:
    found = form_of(geometry, None, SHAPE)
    assert found is not None
    one = torch.ones(()).double()
    torch.testing.assert_close(found.map.apply(X, one) * float(found.gain), geometry.apply(X, one))


@given(st.tuples(st.integers(1, 3), st.integers(1, 2)), st.tuples(st.integers(0, 3), st.integers(0, 2)))
def test_outer_products_with_a_factor_for_each_channel(stride: tuple[int, int], padding: tuple[int, int]) -> None:
    geometry = ConvGeometry(stride, padding, (1, 2), groups=3)
    found = form_of(geometry, kernel(), SHAPE)
    assert found is not None
    made = found.map.apply(X, torch.tensor(found.gain).reshape(3, 1, 1))
    torch.testing.assert_close(made, geometry.apply(X, torch.tensor(BLUR[:, None])))


def test_other_kernels_have_no_such_form() -> None:
    bent = BLUR[:, None].copy()
    bent[1, 0, 0, 0] += 0.01
    assert form_of(ConvGeometry(groups=3), Kernel(bent), SHAPE) is None
    assert form_of(ConvGeometry(groups=3), Kernel(np.zeros((3, 1, 2, 2))), SHAPE) is None
    assert form_of(ConvGeometry(), Kernel(np.ones((3, 3, 1, 1))), SHAPE) is None
    assert form_of(ConvGeometry(groups=3), Kernel(np.ones((3, 1, 1, 1), np.int8), np.ones(3)), SHAPE) is None
    assert form_of(DENSE, Kernel(np.ones((2, 126))), SHAPE) is None


def test_a_blur_behind_a_map_and_a_map_behind_a_blur_are_one() -> None:
    wide = SeparableGeometry(np.tri(9, 7), np.eye(8, 6))
    term = SourceTerm("a", wide, gain_in=np.array([1.0, 2.0, 3.0]))
    plain = ConvGeometry((2, 1), (1, 1), groups=3)
    layer = AffineLayer("blur", plain, kernel(), np.zeros(()), (3, 9, 8), (3, 5, 9))
    found = behind_separable(term, layer, SHAPE)
    assert found is not None and found.kernel is None
    wanted = plain.apply(apply_term(term, X, SHAPE), torch.tensor(BLUR[:, None]))
    torch.testing.assert_close(apply_term(found, X, SHAPE), wanted)
    first = SourceTerm("a", ConvGeometry(padding=(1, 0), groups=3), kernel=kernel(), gain_out=np.array([1.0, 2.0, 3.0]))
    second = SeparableGeometry(np.tri(2, 7), np.eye(3, 5))
    back = separable_behind(first, second, SHAPE)
    assert back is not None
    one = torch.ones(()).double()
    torch.testing.assert_close(apply_term(back, X, SHAPE), second.apply(apply_term(first, X, SHAPE), one))


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=5), st.lists(st.integers(-1, 5), min_size=1, max_size=5))
def test_rows_and_columns_that_are_picked(rows: list[int], columns: list[int]) -> None:
    down, across = np.array(rows), np.array(columns)
    place = np.where((down[:, None] >= 0) & (across >= 0), down[:, None] * 6 + across, -1)
    every = np.where(place >= 0, place + np.arange(3)[:, None, None] * 42, -1)
    moved = IndexMap.of(SHAPE, every)
    found = selection(moved)
    assert found is not None and found.copies(None)
    wanted = np.stack([moved.apply(one) for one in X.numpy()])
    np.testing.assert_allclose(found.apply(X, torch.ones(()).double()).numpy(), wanted)


def test_what_mixes_axes_is_no_selection() -> None:
    places = np.arange(48).reshape(3, 4, 4)
    assert selection(IndexMap.of((3, 4, 4), places.transpose(0, 2, 1))) is None
    assert selection(IndexMap.of((3, 4, 4), places[::-1])) is None
    assert selection(IndexMap.of((3, 4, 4), places.reshape(-1))) is None
