"""Lists: for layers that are too sparse or too large to unfold, never for others."""

import numpy as np
import pytest

from spikewright import InvalidNetwork
from spikewright.snn import Integrator, Linear, RateCode, dense, sparse
from spikewright.snn.event.routes.lists import FEW, compile_lists
from spikewright.snn.event.routes.wanted import Wanted
from tests.snn.small import single

SHAPE = (30, 40)


def lists_of(weights, kind=np.float32, source=(40,), target=(30,), shift=0, **options):
    network = single((source, target), Integrator(), Linear(weights), RateCode(2), **options)
    return compile_lists(Wanted(network, network.projections[0], np.dtype(kind), shift))


def stored(count, kind=np.float32, **more):
    """So many weights at every 17th place."""
    places = np.arange(count) * 17
    return sparse(SHAPE, places, np.arange(1, count + 1).astype(kind), **more), places


def unfolded(route):
    weights = np.zeros(SHAPE)
    for i in range(40):
        j = slice(route.lists.first[i], route.lists.first[i + 1])
        weights[route.lists.target[j], i] = route.lists.weight[j]
    return weights


def test_survivors_by_source():
    weights, places = stored(5)
    wanted = np.zeros(SHAPE)
    wanted.reshape(-1)[places] = np.arange(1, 6)
    route = lists_of(weights)
    np.testing.assert_array_equal(unfolded(route), wanted)
    np.testing.assert_array_equal(route.lists.fanout, np.count_nonzero(wanted, axis=0))
    assert route.most_operations == 5


def test_scales_and_shifts_are_in_the_weights():
    scale = np.linspace(1, 2, 30).astype(np.float32)
    scaled, places = stored(5, np.int8, scale=scale)
    wanted = np.arange(1, 6) * scale.astype(np.float64)[places // 40]
    np.testing.assert_array_equal(unfolded(lists_of(scaled)).reshape(-1)[places], wanted.astype(np.float32))
    integers, _ = stored(5, np.int8)
    shifted = lists_of(integers, np.int32, shift=2, numbers="fixed", potential_bits=20)
    np.testing.assert_array_equal(unfolded(shifted).reshape(-1)[places], 4 * np.arange(1, 6))


@pytest.mark.parametrize("count", [int(FEW * 1200) - 1, int(FEW * 1200) + 1])
def test_only_very_sparse_layers(count):
    assert (lists_of(stored(count)[0]) is not None) == (count < FEW * 1200)


def test_dense_layers_are_rows():
    assert lists_of(dense(np.zeros(SHAPE, np.float32))) is None


def test_the_target_is_a_vector():
    with pytest.raises(InvalidNetwork, match="expected"):
        lists_of(stored(5)[0], target=(30, 1, 1))
