"""Proofs of widths do not wrap: bounds are those that integers without a width give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidNetwork
from spikewright.index_maps import IndexMap
from spikewright.snn import (
    AvgPool2d,
    Identity,
    Integrator,
    Linear,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    codebook,
    dense,
    simulate,
    sparse,
)
from spikewright.snn.checked import largest_magnitude
from spikewright.snn.fixed.bounds import integer_type, population_bound, sum_bound
from tests.snn.small import single

KINDS = st.sampled_from([np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint32, np.uint64])


@st.composite
def matrices(draw):
    """Integers of any type, the extremes of it among them."""
    kind = np.iinfo(draw(KINDS))
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    ends = st.sampled_from([kind.min, max(kind.min, -(2**63)), 0, 1, min(kind.max, 2**63 - 1)])
    numbers = st.integers(kind.min, min(kind.max, 2**63 - 1)) | ends
    flat = [draw(numbers) for _ in range(rows * columns)]
    return np.array(flat, kind.dtype).reshape(rows, columns)


def stored(values, how):
    if how == "dense":
        return dense(values)
    if how == "sparse":
        places = np.flatnonzero(values)
        return sparse(values.shape, places, values.reshape(-1)[places])
    table, places = np.unique(values, return_inverse=True)
    return codebook(places.reshape(values.shape), table)


@given(values=matrices(), how=st.sampled_from(["dense", "sparse", "codebook"]), shift=st.integers(0, 32))
def test_bounds_are_those_of_unbounded_integers(values, how, shift):
    network = single(
        ((values.shape[1],), (values.shape[0],)), Integrator(), Linear(stored(values, how)), RateCode(3), numbers="fixed",
        potential_bits=40, shift=shift,
    )  # fmt: skip
    rows = [[int(weight) for weight in row] for row in values]
    expected = max(max(sum(w for w in row if w > 0), -sum(w for w in row if w < 0)) for row in rows)
    assert sum_bound(network, network.projections[0]) == expected << shift


@pytest.mark.parametrize("synapse", [Identity(2**61), AvgPool2d((2, 2), (2, 2), np.full(2, -(2**61)))])
def test_bounds_of_gains(synapse):
    side = (2, 2, 2) if isinstance(synapse, Identity) else (2, 1, 1)
    network = single(
        ((2, 2, 2), side), Integrator(), synapse, RateCode(3), numbers="fixed", potential_bits=40, bias=np.int8(-128)
    )
    area = 1 if isinstance(synapse, Identity) else 4
    assert sum_bound(network, network.projections[0]) == area * 2**61
    assert population_bound(network, network.by_name["a"]) == area * 2**61 + 128


@pytest.mark.parametrize("engine", ["event", "reference"])
def test_a_fan_in_beyond_all_integers_is_refused(engine):
    """4 x 2**62 is 0 in 64 bits."""
    parts = (Population("in", (4,), Source()), Population("out", (1,), Integrator(), potential_bits=40))
    link = Projection("in", "out", Linear(dense(np.full((1, 4), 2**62, np.int64))))
    network = Network(parts, (link,), "in", "out", RateCode(2), numbers="fixed")
    with pytest.raises(InvalidNetwork, match=r"expected .*(sums|potentials) of population 'out' below 2\*\*63"):
        simulate(network, np.ones((1, 4), np.float32), engine=engine)


def test_magnitudes_have_no_width():
    assert largest_magnitude(np.array([-128], np.int8)) == 128
    assert largest_magnitude(np.array([-(2**63)], np.int64)) == 2**63
    assert largest_magnitude(np.array([2**64 - 1], np.uint64)) == 2**64 - 1
    assert largest_magnitude(np.zeros(0)) == 0 and largest_magnitude(-3) == 3


def test_the_narrowest_type():
    assert [integer_type(bound, "sums") for bound in (2**15 - 1, 2**15, 2**31, 2**63 - 1)] == ["i2", "i4", "i8", "i8"]
    with pytest.raises(InvalidNetwork, match="expected sums below"):
        integer_type(2**63, "sums")


@pytest.mark.parametrize("addresses", [[1, 1, 1], [0, 1, -1], [2, 0, 1]])
def test_a_number_that_is_read_at_several_places_counts_at_each(addresses):
    order, weights = IndexMap.of((3,), np.array(addresses)), np.array([[3, 5, 7]], np.int8)
    network = single(
        ((3,), (1,)), Integrator(), Linear(dense(weights)), RateCode(3), numbers="fixed", potential_bits=20, order=order
    )  # fmt: skip
    assert sum_bound(network, network.projections[0]) == 15
    brought = simulate(network, np.ones((1, 3), np.float32)).logits_over_time[0].max()
    assert brought <= 15 and (brought == 15 or -1 in addresses)
