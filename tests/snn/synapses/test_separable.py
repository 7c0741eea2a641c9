import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from spikewright import InvalidNetwork
from spikewright.snn import Direct, Integrator, Separable2d, simulate
from tests.snn.small import single

ENTRIES = st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0, -0.5])
SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(st.data())
def test_it_is_rows_times_the_map_times_columns(data):
    rows, columns = (data.draw(arrays(float, data.draw(SIZES), elements=ENTRIES)) for _ in range(2))
    gain = data.draw(arrays(np.float32, 2, elements=ENTRIES.map(np.float32)))
    image = data.draw(
        arrays(np.float32, (1, 2, rows.shape[1], columns.shape[1]), elements=st.sampled_from([0, 0.5, 1]))
    )
    synapse, shape = Separable2d(rows, columns, gain), image.shape[1:]
    network = single((shape, synapse.output_shape(shape)), Integrator(), synapse, Direct(1))
    wanted = np.einsum("c,yi,ncij,xj->ncyx", gain, rows, image, columns)
    for engine in ("event", "reference"):
        activity = simulate(network, image, engine=engine)
        np.testing.assert_allclose(activity.logits.reshape(wanted.shape), wanted, atol=1e-6)


def test_a_sequence_is_a_map_of_one_row():
    assert Separable2d(np.eye(1), np.ones((5, 3))).output_shape((2, 3)) == (2, 5)
    with pytest.raises(InvalidNetwork, match="one row"):
        Separable2d(np.ones((2, 1)), np.ones((5, 3))).output_shape((2, 3))


@pytest.mark.parametrize(
    ("rows", "columns", "shape"),
    [
        (np.eye(2), np.eye(3), (1, 3, 3)),
        (np.eye(3), np.eye(2), (1, 3, 3)),
        (np.ones(3), np.eye(3), (1, 3, 3)),
        (np.eye(3), np.eye(3), (9,)),
        (np.full((3, 3), np.nan), np.eye(3), (1, 3, 3)),
        (np.zeros((0, 3)), np.eye(3), (1, 3, 3)),
    ],
)
def test_what_does_not_fit_is_one_sentence(rows, columns, shape):
    with pytest.raises(InvalidNetwork, match="expected"):
        Separable2d(rows, columns).output_shape(shape)


@given(
    arrays(float, (3, 2), elements=st.integers(-40, 40)), st.sampled_from([1.0, 1 / 3, 0.125, 7.0]), st.integers(1, 3)
)
def test_fractions_with_a_common_divisor_become_whole_without_an_error(numbers, unit, gain):
    whole, error = Separable2d(numbers * unit, np.array([[0.5, 0.25]]), float(gain)).in_integers()
    assert error == 0.0 and np.abs(whole.rows).max() <= 255 and whole.rows.dtype == np.int64
    rest = np.multiply.outer(whole.rows, whole.columns) * whole.gain
    np.testing.assert_allclose(rest, np.multiply.outer(numbers * unit, [[0.5, 0.25]]) * gain, atol=1e-9)


def test_what_has_no_common_divisor_is_rounded_and_says_by_how_much():
    _, error = Separable2d(np.array([[1.0, 2**-0.5, 3**-0.5, 5**-0.5]]), np.eye(1)).in_integers()
    assert 0 < error <= 0.5 / 255


@given(st.data())
def test_no_output_gets_more_than_its_sides_say(data):
    rows, columns = (data.draw(arrays(np.int64, data.draw(SIZES), elements=st.integers(-3, 3))) for _ in range(2))
    every = np.multiply.outer(rows, columns).transpose(0, 2, 1, 3).reshape(len(rows), len(columns), -1)
    along, against = Separable2d(rows, columns).sides
    assert every.clip(min=0).sum(-1).max() <= along and (-every).clip(min=0).sum(-1).max() <= against
