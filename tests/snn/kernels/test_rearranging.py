"""Events at the places that read them: what is sent, gathered, one event a place and step, sorted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikewright.index_maps import IndexMap
from spikewright.snn.kernels.rearranging import Places, most_rearranged, rearrange
from tests.snn.kernels.making import events_of, room_for, sent_by

SOURCES, TARGETS = 5, 7


@pytest.mark.parametrize("kind", [None, np.int8, np.float32])
@given(addresses=st.lists(st.integers(-1, SOURCES - 1), min_size=TARGETS, max_size=TARGETS), seed=st.integers(0, 2**20))
def test_places_have_what_their_sources_send(kind: type | None, addresses: list[int], seed: int) -> None:
    sent = np.random.default_rng(seed).integers(0 if kind is None else -3, 2 if kind is None else 3, (2, 4, SOURCES))
    found = IndexMap.of((SOURCES,), np.array(addresses))
    first, target = found.places()
    places, events = Places(first.astype(np.int32), target.astype(np.int32)), events_of(sent, kind)
    out, mark = room_for(2, 4, TARGETS, kind), np.zeros(TARGETS, np.int32)
    rearrange(events, places, mark, out)
    wanted = np.where(found.addresses >= 0, sent[..., found.addresses], 0)
    np.testing.assert_array_equal(sent_by(out, TARGETS), wanted)
    assert not mark.any() and most_rearranged(events, places) == np.count_nonzero(wanted, axis=(1, 2)).max()
    for s, t in np.ndindex(2, 4):
        assert np.all(np.diff(out.address[s, out.ends[s, t] : out.ends[s, t + 1]]) > 0)


def test_a_part_of_the_steps_begins_anew() -> None:
    sent = np.ones((1, 4, 2), np.int64)
    first, target = IndexMap.of((2,), np.array([1, 1, 0])).places()
    out = room_for(1, 2, 3)
    part = events_of(sent).part(2, 4)
    rearrange(part, Places(first.astype(np.int32), target.astype(np.int32)), np.zeros(3, np.int32), out)
    assert out.ends.tolist() == [[0, 3, 6]]
