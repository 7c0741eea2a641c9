"""Events of a camera: how they are binned, and what is wrong with those that are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright import InvalidInput
from spikewright.snn import AddressEvents, Identity, InputNoise, Integrator, RateCode, simulate
from tests.snn.small import events, reference, single

SHAPE = (2, 3, 4)


def camera(steps=3, step_us=10, limit=1, shape=SHAPE):
    return single((shape, shape), Integrator(), Identity(), AddressEvents(steps, step_us, limit))


def test_binning_by_hand():
    # (x, y, t, p): steps 0, 0 (twice the same pixel), 1, 2 and one behind the end
    sample = events((1, 2, 0, 0), (3, 0, 9, 1), (3, 0, 9, 1), (0, 1, 10, 0), (1, 2, 29, 0), (0, 0, 30, 1))
    spikes = reference(camera(), [sample, sample[:1]]).rasters["in"]
    wanted = np.zeros((3, 2, *SHAPE))
    wanted[0, :, 0, 2, 1] = wanted[0, 0, 1, 0, 3] = wanted[1, 0, 0, 1, 0] = wanted[2, 0, 0, 2, 1] = 1
    np.testing.assert_array_equal(spikes, wanted)
    assert reference(camera(limit=2), [sample]).rasters["in"][0, 0, 1, 0, 3] == 2


@given(st.integers(0, 2**20), st.integers(1, 4), st.integers(1, 40))
def test_binning_counts_up_to_the_limit(seed, limit, step_us):
    random = np.random.default_rng(seed)
    rows = random.integers(0, [4, 3, 60, 2], (80, 4))
    sample = events(*sorted(map(tuple, rows), key=lambda event: event[2]))
    wanted = np.zeros((5, 2, 3, 4), int)
    for x, y, t, p in rows:
        if t // step_us < 5:
            wanted[t // step_us, p, y, x] += 1
    activity = reference(camera(5, step_us, limit), [sample])
    np.testing.assert_array_equal(activity.rasters["in"][:, 0], np.minimum(wanted, limit))


def test_a_sample_without_events_is_silent():
    assert reference(camera(), [events(), events((0, 0, 0, 0))]).spikes["in"].tolist() == [0, 1]


GOOD = events((0, 0, 5, 0), (1, 1, 7, 1))


def changed(field, value, place=1):
    sample = GOOD.astype([("x", "f8"), ("y", "f8"), ("t", "f8"), ("p", "f8")])
    sample[field][place] = value
    return [sample]


WRONG = {
    "column beyond the grid": (changed("x", 4), "x from 0 to 3 in sample 0"),
    "row beyond the grid": (changed("y", 3), "y from 0 to 2"),
    "negative column": (changed("x", -1), "x from 0"),
    "third polarity": (changed("p", 2), "p from 0 to 1"),
    "negative time": (changed("t", -1, 0), "times >= 0"),
    "unsorted": (changed("t", 3), "in order of time"),
    "NaN": (changed("t", np.nan), "whole numbers as t"),
    "infinite": (changed("x", np.inf), "whole numbers as x"),
    "half a microsecond": (changed("t", 7.5), "whole numbers as t"),
    "second sample": ([GOOD, changed("x", 9)[0]], "sample 1"),
    "no field t": ([GOOD[["x", "y", "p"]]], "fields x, y, t and p"),
    "plain array": ([np.zeros((3, 4))], "fields x, y, t and p"),
    "words": ([GOOD.astype([("x", "U4"), ("y", "U4"), ("t", "U4"), ("p", "U4")])], "numbers as x"),
    "a single sample": (GOOD, r"try \[events\]"),
    "images": (np.zeros((2, *SHAPE)), "sequence of event arrays"),
    "nothing": ([], "sequence of event arrays"),
    "a name": ("events.npy", "sequence of event arrays"),
}


@pytest.mark.parametrize("name", WRONG)
def test_bad_events(name):
    wrong, message = WRONG[name]
    with pytest.raises(InvalidInput, match=message):
        simulate(camera(), wrong, engine="reference")


def test_a_flat_input_population_has_no_pixels():
    with pytest.raises(InvalidInput, match="polarities, rows, columns"):
        simulate(camera(shape=(24,)), [GOOD], engine="reference")


def test_noise_on_values_needs_values():
    with pytest.raises(InvalidInput, match="images"):
        reference(camera(), [GOOD], noise=InputNoise(0.1))


BAD_IMAGES = {
    "NaN": ([[np.nan, 0.0]], "finite"),
    "infinity": ([[np.inf, 0.0]], "finite"),
    "darker than black": ([[-0.1, 0.0]], r"in \[0, 1\]"),
    "brighter than white": ([[0.0, 1.1]], r"in \[0, 1\]"),
    "too wide": ([[0.0, 0.0, 0.0]], r"shape \(batch, 2\)"),
    "no batch": ([0.0, 0.0], r"shape \(batch, 2\)"),
    "empty": (np.zeros((0, 2)), "at least one"),
}


@pytest.mark.parametrize("name", BAD_IMAGES)
def test_bad_images(name):
    wrong, message = BAD_IMAGES[name]
    with pytest.raises(InvalidInput, match=message):
        reference(single(((2,), (2,)), Integrator(), Identity(), RateCode(4)), wrong)


@pytest.mark.parametrize(
    "build", [lambda: AddressEvents(4, 0), lambda: AddressEvents(4, 10, 0), lambda: AddressEvents(0, 1)]
)
def test_the_code_refuses_nonsense(build):
    with pytest.raises(InvalidInput, match="expected"):
        build()
