"""Weights behind an order are those of the places that they are read at."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikewright import snn
from spikewright.hardware.circuit.orders import OrderTable, behind_order, places_read, staged_order
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


ORDERS = st.lists(st.integers(-1, 5), min_size=1, max_size=12).map(lambda places: IndexMap.of((6,), np.array(places)))


@given(ORDERS)
def test_a_neuron_is_read_where_its_number_stands(order: IndexMap) -> None:
    for neuron, places in enumerate(places_read(order)):
        assert places.tolist() == np.flatnonzero(order.addresses == neuron).tolist()


@given(ORDERS)
def test_the_rows_of_a_table_lead_to_all_places_of_a_neuron(order: IndexMap) -> None:
    table = OrderTable.of(order)
    for neuron, places in enumerate(places_read(order)):
        place, read, more, behind = table.rows[neuron]
        found = [place] if read else []
        while more:
            place, read, more, behind = table.rows[behind]
            found.append(place)
        assert found == places.tolist()
    words = list(table.words())
    assert len(words) == len(table.rows) and len({len(word) for word in words}) == 1


def test_a_linear_has_its_order_in_its_weights() -> None:
    order = IndexMap.of((2,), np.array([1, 0]))
    linear = snn.Projection("a", "b", snn.Linear(np.ones((3, 2), np.int8)), order=order)
    passed_on = snn.Projection("a", "b", snn.Identity(1), order=order)
    assert staged_order(linear) is None and staged_order(passed_on) is passed_on.order
