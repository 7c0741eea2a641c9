"""Index maps that go into weights: a layer of a moved value is another layer of the value itself."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from spikewright.conversion import Rate, Ttfs, convert
from spikewright.conversion.reading.geometry import DENSE, ConvGeometry, Kernel
from spikewright.conversion.reading.geometry.kernels import Sparse
from spikewright.conversion.reading.layer import AffineLayer
from spikewright.conversion.reading.map_folding import (
    depthwise_in_place,
    folded,
    of_channels,
    picking,
)
from spikewright.conversion.reading.terms import mapped
from spikewright.index_maps import IndexMap
from spikewright.snn import simulate
from tests.conversion.reading.helpers import plan_for

SOURCE = (4, 6, 6)
NUMBERS = np.arange(144).reshape(SOURCE)
X = np.random.default_rng(3).normal(size=SOURCE)


def convolution(shape: tuple[int, ...], padding: int, stride: int, groups: int = 1) -> AffineLayer:
    """A 2x2 convolution of a moved value of `shape` to four channels."""
    values = np.random.default_rng(0).normal(size=(4, shape[0] // groups, 2, 2))
    geometry, kernel = ConvGeometry((stride, stride), (padding, padding), groups=groups), Kernel(values)
    return AffineLayer("conv", geometry, kernel, np.zeros(()), shape, geometry.output_shape(kernel, shape))


@given(
    channels=st.lists(st.integers(0, 3), min_size=1, max_size=5),
    start=st.integers(0, 1),
    stop=st.integers(4, 6),
    step=st.integers(1, 2),
    padding=st.integers(0, 1),
    stride=st.integers(1, 2),
)
def test_a_convolution_takes_in_slices_of_channels(
    channels: list[int], start: int, stop: int, step: int, padding: int, stride: int
) -> None:
    moved = IndexMap.of(SOURCE, NUMBERS[channels, start:stop:step, ::step])
    layer = convolution(moved.shape, padding, stride)
    found = folded(layer, moved)
    if found is None:  # zeros are padded where the source has numbers
        assert padding and (start >= step or len(range(start, stop, step)) < len(range(start, 6, step)))
        return
    wanted = mapped(layer.term(), moved.apply(X), moved.shape)
    np.testing.assert_allclose(mapped(found.layer.term(), X, SOURCE), wanted, atol=1e-12)


@given(first=st.integers(0, 8), width=st.sampled_from([1, 2, 4]), integer=st.booleans())
def test_grouped_kernels_over_a_slice_of_channels_take_no_more_memory(first: int, width: int, integer: bool) -> None:
    """Channels of a large map are read by their groups: the zeros for all the others are not held."""
    moved = of_channels(first + np.arange(8), (64, 3, 3))
    values = np.random.default_rng(0).integers(-4, 5, (8, width, 2, 2)).astype(np.int8 if integer else float)
    geometry, kernel = ConvGeometry(groups=8 // width), Kernel(values, np.ones(8) if integer else None)
    layer = AffineLayer("conv", geometry, kernel, np.zeros(()), moved.shape, (8, 2, 2))
    found = folded(layer, moved)
    assert found is not None and isinstance(found.layer.kernel.held, Sparse) and found.layer.kernel.integer is integer
    x = np.random.default_rng(1).normal(size=moved.source)
    wanted = mapped(layer.term(), moved.apply(x), moved.shape)
    np.testing.assert_allclose(mapped(found.layer.term(), x, moved.source), wanted, atol=1e-12)


@given(places=st.lists(st.integers(-1, 143), min_size=1, max_size=9))
def test_a_matrix_takes_in_any_places(places: list[int]) -> None:
    addresses = np.array(places)
    moved = IndexMap(SOURCE, addresses, np.where(addresses < 0, 2.0, 0.0))
    kernel = Kernel(np.random.default_rng(1).normal(size=(3, len(places))))
    layer = AffineLayer("fc", DENSE, kernel, np.zeros(()), moved.shape, (3,))
    found = folded(layer, moved)
    assert found is not None
    got = mapped(found.layer.term(), X.ravel(), (144,)) + (0 if found.offset is None else found.offset)
    np.testing.assert_allclose(got, kernel.values @ moved.apply(X), atol=1e-12)


def test_integers_stay_integers_unless_two_of_them_meet() -> None:
    kernel = Kernel(np.array([[1, 2, 3]], np.int8), np.array([0.5]))
    layer = AffineLayer("fc", DENSE, kernel, np.zeros(()), (3,), (1,))
    found = folded(layer, IndexMap.of((4,), np.array([3, 0, 1])))
    assert found is not None and found.layer.kernel.values.dtype == np.int8
    assert found.layer.kernel.values.tolist() == [[2, 3, 0, 1]]
    assert folded(layer, IndexMap.of((4,), np.array([3, 3, 1]))) is None


@pytest.mark.parametrize("order", [[1, 0, 3, 2], [3, 2, 1, 0]])
def test_groups_stay_where_each_reads_its_own_part(order: list[int]) -> None:
    moved = IndexMap.of(SOURCE, NUMBERS[order])
    layer = convolution(SOURCE, 0, 1, groups=2)
    found = folded(layer, moved)
    assert found is not None and found.layer.geometry.group_count == (2 if order[0] == 1 else 1)
    wanted = mapped(layer.term(), moved.apply(X), SOURCE)
    np.testing.assert_allclose(mapped(found.layer.term(), X, SOURCE), wanted, atol=1e-12)


@pytest.mark.parametrize("picked", [NUMBERS[[2, 0]], NUMBERS[:, 1::2, 2:3], NUMBERS[::-1], NUMBERS.reshape(-1)[5::7]])
def test_a_map_is_a_layer_with_single_ones(picked: np.ndarray) -> None:
    source = SOURCE if picked.ndim == 3 else (144,)
    moved = IndexMap.of(source, picked)
    found = picking("picked", moved)
    assert found is not None
    np.testing.assert_array_equal(mapped(found.layer.term(), X.reshape(source), source), moved.apply(X))


@given(order=st.permutations(range(4)), count=st.integers(1, 2), padding=st.integers(0, 1))
def test_a_depthwise_convolution_stays_one_where_its_channels_are(order: list[int], count: int, padding: int) -> None:
    moved = IndexMap.of(SOURCE, NUMBERS[order])
    geometry, kernel = ConvGeometry(padding=(padding, padding), groups=4), Kernel(X.ravel()[:32].reshape(8, 1, 2, 2))
    kernel = kernel.changed(lambda values: values[: 4 * count])
    bias = np.arange(4.0 * count)
    layer = AffineLayer("conv", geometry, kernel, bias, SOURCE, geometry.output_shape(kernel, SOURCE))
    found = depthwise_in_place(layer, moved)
    if order == [0, 1, 2, 3]:
        assert found is None
        return
    assert found is not None and found.layer.kernel.values.shape == kernel.values.shape
    wanted = mapped(layer.term(), moved.apply(X), SOURCE) + layer.bias_map
    got = mapped(found.layer.term(), X, SOURCE) + found.layer.bias_map
    np.testing.assert_allclose(found.back.apply(got), wanted, atol=1e-12)
    assert depthwise_in_place(convolution(SOURCE, 0, 1, groups=2), moved) is None


class Moved(nn.Module):
    """Two layers with a step between them."""

    def __init__(self, step: Callable[[Tensor], Tensor], layer: nn.Module, first: nn.Module | None = None) -> None:
        super().__init__()
        self.first, self.step, self.layer = first or nn.Conv2d(1, 4, 3), step, layer

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.layer(self.step(torch.relu(self.first(x))))).flatten(1)


class Tokens(nn.Module):
    """A learned vector is joined to the features."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.token = nn.Linear(18, 4), nn.Parameter(torch.rand(1, 4))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.fc(x.flatten(1)))
        return torch.cat([x, self.token.expand(x.shape[0], 4)], 1)


STEPS: dict[str, Callable[[Tensor], Tensor]] = {
    "shuffle": nn.ChannelShuffle(2),
    "half": lambda h: h.chunk(2, 1)[1].repeat(1, 2, 1, 1),
    "rows": lambda h: h[:, :, 1::2, :3],
    "first rows": lambda h: h[:, :, :4] + h[:, :, 2:],
    "unshuffle": lambda h: F.pixel_unshuffle(h, 2)[:, 3:7],
    "pooled shuffle": lambda h: F.max_pool2d(torch.channel_shuffle(h, 2), 2),
    "mean of a shuffle": lambda h: F.avg_pool2d(torch.channel_shuffle(h, 2), 2),
    "constants": lambda h: torch.cat([h[:, 1:], torch.ones(h.shape[0], 1, 6, 6)], 1),
    "twice": lambda h: torch.cat([h[:, 2:], h[:, :2]], 1)[:, [3, 0, 1, 2]],
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_between_convolutions(name: str) -> None:
    model = Moved(STEPS[name], nn.Conv2d(4, 3, 2, padding=0 if name == "rows" else 1))
    plan_for(model, 1, 8, 8)


def test_a_learned_vector_beside_the_features_is_a_bias() -> None:
    plan = plan_for(nn.Sequential(Tokens(), nn.Linear(8, 3)), 2, 3, 3)
    assert [unit.shape for unit in plan.units] == [(4,), (3,)]


@pytest.mark.parametrize("order", [(0, 2, 3, 1), (0, 3, 2, 1), (0, 1, 3, 2)])
def test_orders_in_front_of_a_matrix(order: tuple[int, ...]) -> None:
    plan = plan_for(Moved(lambda h: h.permute(*order).flatten(1), nn.Linear(144, 3)), 1, 8, 8)
    assert [unit.shape for unit in plan.units[:2]] == [(4, 6, 6), (3,)]


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(4)), groups=st.sampled_from([1, 2, 4]))
def test_spiking_networks_of_drawn_orders_answer_as_the_model(order: list[int], groups: int) -> None:
    torch.manual_seed(0)
    model = Moved(lambda h: h[:, order], nn.Conv2d(4, 4, 3, groups=groups)).eval()
    x = torch.rand(6, 1, 8, 8)
    wanted = model(x).detach().numpy()
    timed = convert(model, x, Ttfs(ranges="interval"))
    np.testing.assert_allclose(simulate(timed, x).logits * timed.logit_scale, wanted, atol=1e-4)
    counted = convert(model, x, Rate(steps=64))
    np.testing.assert_allclose(simulate(counted, x).logits * counted.logit_scale, wanted, atol=0.02)


def test_units_have_the_order_of_their_nodes() -> None:
    """What is measured at a node is measured of its unit, channel by channel."""
    torch.manual_seed(0)
    first, x = nn.Conv2d(1, 4, 3), torch.rand(16, 1, 8, 8)
    first.weight.data *= torch.tensor([1.0, 10.0, 0.1, 1.0]).reshape(4, 1, 1, 1)

    class Late(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.fc = first, nn.Linear(36, 3)

        def forward(self, x: Tensor) -> Tensor:
            h = torch.relu(self.first(x)[:, [3, 1, 0, 2]])
            return self.fc(F.max_pool2d(h, 2).flatten(1))  # type: ignore[no-any-return]

    model = Late().eval()
    counted = convert(model, x, Rate(steps=64))
    wanted = model(x).detach().numpy()
    got = simulate(counted, x).logits * counted.logit_scale
    assert np.abs(got - wanted).max() < 0.03 * np.abs(wanted).max()


def test_pixels_as_channels_of_single_pixels() -> None:
    layers = (nn.Conv2d(1, 2, 3), nn.ReLU(), nn.PixelUnshuffle(2), nn.Conv2d(8, 3, 3, padding=1), nn.Flatten())
    plan_for(nn.Sequential(*layers), 1, 4, 4)


def test_a_network_that_reads_only_constants_answers_for_each_image() -> None:
    class Blind(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(16, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.fc(torch.cat([x, torch.ones(x.shape[0], 1, 4, 4)], 1)[:, 1:].flatten(1))  # type: ignore[no-any-return]

    plan_for(Blind(), 1, 4, 4)


def test_places_that_no_weights_can_say_are_named() -> None:
    assert folded(convolution(SOURCE, 0, 1), IndexMap.of(SOURCE, NUMBERS[:, ::-1])) is None
    inner = replace(convolution((4, 4, 6), 1, 1), name="inner")
    assert folded(inner, IndexMap.of(SOURCE, NUMBERS[:, 1:5])) is None
