"""The laws of stored weights: one file, one count, one set of memories, whatever the expression."""

import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import weights as w
from spikewright.weights.packing import size
from tests.spikewright.weights.strategies import SCALES, SHAPES, expressions, stored


@given(expressions())
def test_what_is_written_is_read_back(e: w.Expression) -> None:
    description, arrays = w.encode(e, "place")
    assert w.array_names(description) == set(arrays)
    back = w.decode(json.loads(json.dumps(description)), arrays)
    assert back == e and hash(back) == hash(e)
    assert back.values().dtype == e.values().dtype
    assert np.array_equal(back.values(), e.values())


@given(expressions())
def test_bits_are_those_of_the_file(e: w.Expression) -> None:
    _, arrays = w.encode(e)
    kept = w.memories(e)
    assert w.bits(e) == sum(memory.total_bits for memory in kept)
    assert w.bits(e) == sum(w.bits(e, holds) for holds in ("weights", "tables", "indices", "scales", "places"))
    assert w.bits(e) <= 8 * sum(array.size for array in arrays.values()) <= w.bits(e) + 7 * len(kept)


@given(expressions())
def test_words_that_stay_change_nothing(e: w.Expression) -> None:
    assert w.with_memories(e, {}) == e
    assert w.with_memories(e, {memory.name: memory.words for memory in w.memories(e)}) == e


@given(expressions())
def test_words_fit_their_width(e: w.Expression) -> None:
    for memory in w.memories(e):
        if memory.words.dtype.kind != "f" and memory.words.size:
            low, high = (-(2**memory.bits) // 2, 2**memory.bits // 2) if memory.signed else (0, 2**memory.bits)
            assert low <= memory.words.min() and memory.words.max() < high


@given(expressions())
def test_records_travel_and_compare_by_content(e: w.Expression) -> None:
    assert pickle.loads(pickle.dumps(e)) == e
    assert e.values().shape == e.shape and (e.values().dtype.kind == "f") == e.real
    assert e != w.Leaf(np.ones((7, 7)))


@given(expressions(), st.data())
def test_scaling_scales_the_values(e: w.Expression, data: st.DataObject) -> None:
    out = e.shape[0]
    outputs = data.draw(st.one_of(SCALES, st.lists(SCALES, min_size=out, max_size=out).map(np.array)))
    one = data.draw(SCALES)
    made = w.scaled(e, outputs, one)
    assert made is not None and made.shape == e.shape and (made is e or made.real)
    wanted = e.values() * np.reshape(outputs, (-1, *[1] * (len(e.shape) - 1))) * one
    assert np.allclose(made.values(), wanted, rtol=1e-5, atol=1e-5)


@given(stored((4, 3, 2, 2)), st.integers(0, 100))
def test_inputs_are_scaled_or_refused(e: w.Expression, seed: int) -> None:
    inputs = np.random.default_rng(seed).uniform(0.5, 2, 6)
    made = w.scaled(e, 1.0, inputs)
    if made is not None:
        spread = np.repeat(inputs.reshape(2, 1, 3, 1, 1), 2, 1).reshape(4, 3, 1, 1)
        assert np.allclose(made.values(), e.values() * spread, rtol=1e-5, atol=1e-6)
    else:
        assert not isinstance(e, w.Leaf) or not e.real


@given(stored((4, 1, 3)), st.integers(0, 100))
def test_a_depthwise_kernel_takes_any_factor_of_its_input(e: w.Expression, seed: int) -> None:
    inputs = np.random.default_rng(seed).uniform(0.5, 2, 4)
    made = w.scaled(e, 1.0, inputs)
    assert made is not None
    assert np.allclose(made.values(), e.values() * inputs.reshape(4, 1, 1), rtol=1e-5, atol=1e-6)


@given(expressions())
def test_values_put_back_stay(e: w.Expression) -> None:
    base, scale = w.unscaled(e)
    again = w.refilled(base, base.values())
    assert np.array_equal(again.values(), base.values())
    assert scale is None or scale.shape == e.shape[:1]


@given(expressions(), st.sampled_from([(-1,), "flat"]))
def test_another_shape_has_the_same_numbers(e: w.Expression, how: object) -> None:
    shape = (e.shape[0], e.size // e.shape[0]) if e.shape[0] and how != "flat" else (e.size,)
    other = w.reshaped(e, shape)
    assert other.shape == shape and np.array_equal(other.values().ravel(), e.values().ravel())
    assert w.reshaped(other, e.shape).shape == e.shape


@given(expressions())
def test_survivors_are_the_values_without_what_is_not_stored(e: w.Expression) -> None:
    places, values = w.survivors(e)
    flat = np.zeros(e.size, e.values().dtype)
    flat[places] = values
    assert np.array_equal(flat, e.values().ravel()) and np.all(np.diff(places) > 0)


@given(expressions(), st.data())
def test_a_damaged_file_is_refused_in_a_sentence(e: w.Expression, data: st.DataObject) -> None:
    description, arrays = w.encode(e)
    text = json.dumps(description)
    at = data.draw(st.integers(0, len(text) - 1))
    damaged = text[:at] + data.draw(st.sampled_from(["0", "9", '"', "x", "[", ",", "-"])) + text[at + 1 :]
    try:
        told = json.loads(damaged)
    except ValueError:
        return
    try:
        w.decode(told, arrays)
    except w.InvalidWeights as error:
        assert "expected" in str(error) and "\n" not in str(error)


@pytest.mark.parametrize("shape", SHAPES)
def test_all_pruned_weights_are_zeros(shape: tuple[int, ...]) -> None:
    e = w.compact(np.zeros(shape, np.int8))
    assert not e.values().any() and e.shape == shape
    assert size(w.bits(e)) <= size(max(e.size, 1))
