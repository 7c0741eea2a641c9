"""A network stays what it was checked as: its arrays are read-only copies, and what is copied or pickled is equal."""

import copy
import pickle
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from spikewright.snn import IF, Direct, Identity, Linear, Population, QuantReLU, codebook, dense, simulate, sparse
from spikewright.snn.checked import constant
from spikewright.snn.event.engine import EventRun
from spikewright.snn.plain import to_plain
from spikewright.snn.simulation import Request
from tests.snn.every_record import NETWORKS, network
from tests.snn.full_strategies import inputs_for

COPIES = {"pickle": lambda value: pickle.loads(pickle.dumps(value)), "deepcopy": copy.deepcopy, "copy": copy.copy}


def arrays_of(value):
    """All arrays of a record and of its parts."""
    if is_dataclass(value):
        value = tuple(getattr(value, field.name) for field in fields(value))
    if isinstance(value, tuple):
        return [array for part in value for array in arrays_of(part)]
    return [value] if isinstance(value, np.ndarray) else []


def written(value):
    """A record as plain values and bytes."""
    tensors = {}
    plain = to_plain(value, "", tensors)
    return plain, {name: (array.dtype, array.shape, array.tobytes()) for name, array in tensors.items()}


@pytest.mark.parametrize("how", COPIES)
@pytest.mark.parametrize("name", NETWORKS)
def test_copies_are_equal_and_answer_alike(name, how):
    whole = NETWORKS[name]
    simulate(whole, inputs_for(whole, np.random.default_rng(0), 2))  # whatever is kept beside a network is not copied
    assert whole.by_name and whole.incoming and whole.order
    twin = COPIES[how](whole)
    assert twin is not whole and written(twin) == written(whole)
    assert not any(array.flags.writeable for array in arrays_of(twin))
    inputs = inputs_for(whole, np.random.default_rng(1), 2)
    np.testing.assert_array_equal(simulate(twin, inputs).logits, simulate(whole, inputs).logits)


@pytest.mark.parametrize("name", NETWORKS)
def test_nobody_writes_to_a_network(name):
    for array in arrays_of(NETWORKS[name]):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    "build",
    [
        lambda array: dense(array),
        lambda array: dense(np.ones((3, 2), np.int8), array),
        lambda array: sparse((1, 3), np.arange(3), array),
        lambda array: codebook(np.zeros((3, 2), np.int8), array),
        lambda array: Identity(array),
        lambda array: IF(array),
        lambda array: QuantReLU(array, 0, 3),
        lambda array: Population("a", (3,), IF(1.0), bias=array),
        lambda array: dense(array[::-1].reshape(3, 1).view(), array[1:2].repeat(3)),
    ],
)
def test_the_caller_keeps_an_array_of_his_own(build):
    mine = np.array([1.0, 2.0, 3.0], np.float32)
    record = build(mine)
    before = [array.copy() for array in arrays_of(record)]
    mine[:] = 7
    for array, was in zip(arrays_of(record), before, strict=True):
        np.testing.assert_array_equal(array, was)


def test_what_is_constant_is_not_copied_again():
    mine = constant(np.arange(6))
    assert constant(mine) is mine and dense(mine.reshape(2, 3)).array.base is mine
    view = np.arange(6)[:3]
    view.flags.writeable = False  # its base can be written to
    assert constant(view) is not view
    buffer = np.frombuffer(bytearray(4), np.uint8)
    buffer.flags.writeable = False
    assert constant(buffer) is not buffer


def test_engines_agree_after_an_attempt_to_change_weights():
    weights = np.ones((3, 32), np.float32)
    whole = network(code=Direct(4))
    simulate(whole, np.ones((1, *whole.by_name["in"].shape), np.float32))
    with pytest.raises(ValueError, match="read-only"):
        whole.projections[-1].synapse.weights.array[:] = 5
    linear = Linear(dense(weights))
    weights[:] = 5
    assert linear.weights.values().max() == 1


def test_requests_and_activities_pickle():
    whole = network()
    request = Request(whole, inputs_for(whole, np.random.default_rng(0), 2), record=("rasters",))
    twin = pickle.loads(pickle.dumps(request))
    one, other = EventRun(request).activity(), pickle.loads(pickle.dumps(EventRun(twin).activity()))
    np.testing.assert_array_equal(one.rasters["a"], other.rasters["a"])
