"""Weights behind an order are those of the places that they are read at."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright.hardware.circuit.orders import behind_order
from spikewright.index_maps import IndexMap
from spikewright.snn.reference.synapses import arranged, pooled


@given(st.integers(0, 2**31), st.sampled_from([(1, 1), (2, 2), (3, 2)]))
def test_folded_weights_add_what_the_order_the_pool_and_the_weights_do(seed: int, pool: tuple[int, int]) -> None:
    random = np.random.default_rng(seed)
    source, read = (2, 3, 2), tuple(random.integers(1, 4, 3) * (1, *pool))
    order = IndexMap.of(source, random.integers(-1, 12, read))
    weights = random.integers(-9, 9, (4, read[0] * (read[1] // pool[0]) * (read[2] // pool[1])))
    values = random.integers(0, 4, (1, *source))
    wanted = pooled(arranged(values, order), pool).reshape(1, -1) @ weights.T
    np.testing.assert_array_equal(values.reshape(1, -1) @ behind_order(weights, order, pool, source).T, wanted)
