"""Fields and firing in one go: what delivering to planes and firing by them do one after the other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.routes.fields import field_room
from spikewright.snn.kernels.dot_ways import TILES
from spikewright.snn.kernels.fields import deliver_fields, fire_fields, fire_levels_of_fields
from spikewright.snn.kernels.fire_masks import fire_planes
from spikewright.snn.kernels.levels import fire_levels_of_planes
from spikewright.snn.kernels.planes import emptied
from tests.snn.event.routes.test_fields import asked, both_routes
from tests.snn.kernels.making import events_of
from tests.snn.kernels.test_channel_levels import laws_of
from tests.snn.kernels.test_fire_masks import SAMPLES, firing_of, room_of
from tests.snn.kernels.test_levels import byte_law_of
from tests.snn.kernels.test_simd_fire import laws

pytestmark = pytest.mark.skipif(not TILES, reason="no tiles on this processor")
FEW = settings(max_examples=20, deadline=None)
DENSITIES = st.sampled_from([0.0, 0.4, 1.0])


def given_fields(random, channels, density):
    """Fields of a convolution into maps of 3 x 9, what is sent, and the sums that rows come to."""
    wanted = asked(random.integers(-128, 128, (channels, 2, 3, 3)), (5, 11))
    rows, route = both_routes(wanted)
    sent = random.integers(1, 256, (SAMPLES, 1, 110)) * (random.random((SAMPLES, 1, 110)) < density)
    events, sums = events_of(sent, np.int32, True), np.zeros((SAMPLES, 1, 27 * channels), np.int32)
    operations = np.full(SAMPLES, 5)
    rows.deliver(emptied(sums), events, operations, None)
    return route.fields, events, sums, operations


@FEW
@given(st.sampled_from([16, 32, 48]), DENSITIES, st.integers(0, 2**20))
def test_planes(channels, density, seed):
    fields, events, sums, operations = given_fields(np.random.default_rng(seed), channels, density)
    found, counted = np.full_like(sums, 99), np.full(SAMPLES, 5)
    deliver_fields(emptied(found), events, fields, field_room(fields), counted)
    np.testing.assert_array_equal(found, sums)
    np.testing.assert_array_equal(counted, operations)


@FEW
@given(st.sampled_from([16, 32, 48]), laws(st.sampled_from([0, 0, 2])), st.booleans(), DENSITIES, st.integers(0, 2**20))
def test_masks(channels, law, own, density, seed):
    random = np.random.default_rng(seed)
    fields, events, sums, operations = given_fields(random, channels, density)
    firing = firing_of(random, channels, 27, np.int32, law, own=own, alone=True)
    wanted, found = room_of(channels, 27, 7), room_of(channels, 27, 7)
    fire_planes(sums, firing, wanted)
    plane, counted = np.full(27 * channels, 99, np.int32), np.full(SAMPLES, 5)
    fire_fields(events, fields, field_room(fields), plane, firing, found, counted)
    np.testing.assert_array_equal(found.words, wanted.words)
    np.testing.assert_array_equal(counted, operations)


@FEW
@given(st.sampled_from([16, 48]), DENSITIES, st.integers(0, 2**20))
def test_levels(channels, density, seed):
    random, neurons = np.random.default_rng(seed), 27 * channels
    fields, events, sums, operations = given_fields(random, channels, density)
    law, _ = laws_of(random, channels, 27, (9, 4, 15, 0, 2**20))
    law, (wanted, found) = (
        byte_law_of(law, random.integers(-9, 9, neurons), channels, True),
        np.full((2, SAMPLES, neurons), 7, np.uint8),
    )
    fire_levels_of_planes(sums, law, wanted)
    plane, counted = np.full(neurons, 99, np.int32), np.full(SAMPLES, 5)
    fire_levels_of_fields(events, fields, field_room(fields), plane, law, found, counted)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(counted, operations)
