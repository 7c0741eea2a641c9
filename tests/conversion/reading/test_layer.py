"""Affine layers before they read anything: parts of them, sums, copies."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.conversion.reading.geometry import ConvGeometry, Geometry, Kernel, TransposedGeometry
from spikewright.conversion.reading.layer import AffineLayer, identity_conv, over_vector, restricted, summing
from spikewright.conversion.reading.terms import mapped


def convolution(groups: int) -> AffineLayer:
    """Six channels to six, in groups."""
    values = np.random.default_rng(0).normal(size=(6, 6 // groups, 2, 2))
    return AffineLayer("conv", ConvGeometry(groups=groups), Kernel(values), np.arange(6.0), (6, 4, 4), (6, 3, 3))


def test_a_bias_is_there_for_every_neuron() -> None:
    assert np.array_equal(convolution(1).bias_map[:, 0, 0], np.arange(6)) and convolution(1).bias_map.shape == (6, 3, 3)


@given(groups=st.sampled_from([1, 2, 3, 6]), cut=st.integers(1, 5))
def test_parts_of_a_layer_add_up_to_it(groups: int, cut: int) -> None:
    layer, x = convolution(groups), np.random.default_rng(1).normal(size=(6, 4, 4))
    total = np.zeros(layer.shape)
    for start, stop in ((0, cut), (cut, 6)):
        part, rows = restricted(layer, start, stop)
        total[slice(*(rows or (0, 6)))] += mapped(part.term(), x[start:stop], (stop - start, 4, 4))
    np.testing.assert_allclose(total, mapped(layer.term(), x, layer.inputs))
    assert restricted(layer, 0, 6) == (layer, None)


def test_a_layer_without_zeros_around_its_input() -> None:
    layer = AffineLayer("conv", ConvGeometry(), Kernel(np.ones((1, 1, 2, 2))), np.zeros(()), (1, 4, 4), (1, 3, 3))
    inner = layer.framed((1, 0, 1, 1), (1, 3, 2))
    x = np.arange(6.0).reshape(1, 3, 2)
    wide = np.pad(x, ((0, 0), (1, 0), (1, 1)))
    np.testing.assert_array_equal(mapped(inner.term(), x, (1, 3, 2)), mapped(layer.term(), wide, (1, 4, 4)))


def test_sums_and_copies_by_hand() -> None:
    x = np.arange(32.0).reshape(2, 4, 4)
    pool = summing("pool", (2, 4, 4), ((2, 2), (2, 2), (0, 0)), 0.25)
    wanted = torch.nn.functional.avg_pool2d(torch.tensor(x), 2).numpy()
    np.testing.assert_array_equal(mapped(pool.term(), x, (2, 4, 4)), wanted)
    copied = identity_conv("copy", (2, 4, 4), (1, 2, 0, 1))
    np.testing.assert_array_equal(mapped(copied.term(), x, (2, 4, 4)), np.pad(x, ((0, 0), (1, 2), (0, 1))))


def test_a_convolution_of_single_pixels_is_a_matrix_of_its_middle_tap() -> None:
    values = np.random.default_rng(0).normal(size=(4, 3, 3, 3))
    layer = AffineLayer(
        "conv", ConvGeometry((1, 1), (1, 1), groups=2), Kernel(values), np.arange(4.0), (6, 1, 1), (4, 1, 1)
    )
    single = over_vector(layer)
    assert single is not None and single.inputs == (6,) and single.shape == (4,)
    x = np.random.default_rng(1).normal(size=6)
    wanted = mapped(layer.term(), x.reshape(6, 1, 1), (6, 1, 1)).reshape(4)
    np.testing.assert_allclose(mapped(single.term(), x, (6,)), wanted, atol=1e-12)
    assert over_vector(replace(layer, inputs=(6, 2, 1), shape=(4, 2, 1))) is None


@pytest.mark.parametrize("geometry", [ConvGeometry((1, 1), (1, 1)), TransposedGeometry((2, 2))])
def test_a_layer_that_makes_pixels_of_one_is_a_matrix_to_all_of_them(geometry: Geometry) -> None:
    kernel = Kernel(np.random.default_rng(0).normal(size=(4, 3, 2, 2)))
    layer = AffineLayer("layer", geometry, kernel, np.arange(4.0), (3, 1, 1), (4, 2, 2))
    single = over_vector(layer)
    assert single is not None and single.shape == (16,)
    x = np.random.default_rng(1).normal(size=3)
    np.testing.assert_allclose(
        mapped(single.term(), x, (3,)), mapped(layer.term(), x.reshape(3, 1, 1), layer.inputs).reshape(-1), atol=1e-12
    )
    np.testing.assert_array_equal(single.bias_map, layer.bias_map.reshape(-1))
    assert over_vector(single) is None
