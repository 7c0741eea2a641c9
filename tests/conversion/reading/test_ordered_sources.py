"""Sources in another order: what a Signal says there is what the map makes of what it says."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from spikewright.conversion.reading.ordered_sources import OrderedSource, OrderedSources
from spikewright.conversion.reading.shapes import spread
from spikewright.conversion.reading.values import Signal
from spikewright.index_maps import IndexMap

SHAPE = (2, 4, 6)
X = np.random.default_rng(0).random(SHAPE)


def said(value: Signal, source: np.ndarray) -> np.ndarray:
    """gain * border(sums over windows) + offset, of the numbers of a source."""
    (channels, rows, columns), (high, wide) = source.shape, value.pool
    x = source.reshape(channels, rows // high, high, columns // wide, wide).sum(axis=(2, 4))
    top, bottom, left, right = value.border
    x = np.pad(x, ((0, 0), (top, bottom), (left, right))).reshape(value.shape)
    return x * spread(value.gain, value.shape) + (0 if value.offset is None else value.offset)


@given(
    pool=st.sampled_from([(1, 1), (2, 3), (2, 1)]),
    border=st.sampled_from([(0, 0, 0, 0), (1, 0, 2, 1)]),
    scaled=st.booleans(),
    shifted=st.booleans(),
    seed=st.integers(0, 2**20),
)
def test_a_signal_in_other_places(
    pool: tuple[int, int], border: tuple[int, int, int, int], scaled: bool, shifted: bool, seed: int
) -> None:
    random = np.random.default_rng(seed)
    shape = (2, 4 // pool[0] + border[0] + border[1], 6 // pool[1] + border[2] + border[3])
    gain = np.array([2.0, 0.5]) if scaled else np.ones(())
    value = Signal("a", shape, pool, gain, random.random(shape) if shifted else None, True, border)
    pixels = shape[1] * shape[2]
    places = random.integers(-1, pixels, (3, 2, 5))
    addresses = np.where(places >= 0, places + pixels * np.array([1, 0, 1])[:, None, None], -1)
    moved = IndexMap(shape, addresses, np.where(addresses < 0, 3.0, 0.0))
    sources = OrderedSources({"a": SHAPE})
    found = sources.signal(value, moved, "step")
    assert found is not None and sources.population(found.source) == "a" and found.positive
    ordered = sources.by_name[found.source]
    read = ordered.apply(torch.tensor(X)[None])[0].numpy()
    assert read.shape == sources.shapes[found.source]
    np.testing.assert_allclose(said(found, read), moved.apply(said(value, X)))
    assert ordered.channels is not None


def test_an_order_of_an_order_reads_the_population_and_the_same_one_is_there_once() -> None:
    sources = OrderedSources({"a": SHAPE})
    turned = IndexMap.of(SHAPE, np.arange(48).reshape(SHAPE)[:, ::-1])
    once = sources.signal(Signal("a", SHAPE), turned, "flip")
    assert once is not None and sources.signal(Signal("a", SHAPE), turned, "again") is not None
    assert list(sources.by_name) == ["a by flip"]
    wide = IndexMap.of(SHAPE, np.arange(48).reshape(SHAPE)[:, :, ::-1])
    twice = sources.signal(once, wide, "flip")
    assert twice is not None and twice.source == "a by flip 2" and sources.by_name[twice.source].source == "a"
    np.testing.assert_array_equal(sources.by_name[twice.source].order.apply(X), X[:, ::-1, ::-1])


def test_scales_that_would_differ_inside_a_channel_have_no_signal() -> None:
    sources, mixed = OrderedSources({"a": SHAPE}), IndexMap.of(SHAPE, np.arange(48).reshape(SHAPE).transpose(1, 0, 2))
    assert sources.signal(Signal("a", SHAPE, gain=np.array([1.0, 2.0])), mixed, "step") is None
    assert sources.signal(Signal("a", SHAPE, gain=np.array([2.0, 2.0])), mixed, "step") is not None
    assert OrderedSource("b", "a", mixed).channels is None
    assert sources.signal(Signal("a", SHAPE), mixed.reshaped((4, 2, 2, 3)), "step") is None
    assert sources.signal(Signal("a", (2, 2, 3), (2, 2)), IndexMap.of((2, 2, 3), np.zeros((2, 3))), "step") is None


@pytest.mark.parametrize("channel", [-1, 1])
def test_channels_say_where_their_numbers_come_from(channel: int) -> None:
    addresses = np.full((1, 3), -1) if channel < 0 else np.array([[24, -1, 47]])
    assert OrderedSource("b", "a", IndexMap.of(SHAPE, addresses)).channels.tolist() == [channel]  # type: ignore[union-attr]
