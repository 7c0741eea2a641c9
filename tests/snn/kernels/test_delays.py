"""Columns of events that are kept: appended, and dropped from the front."""

import numpy as np
import pytest

from spikewright.snn.kernels.delays import append_columns, drop_columns
from spikewright.snn.kernels.events import Events
from tests.snn.kernels.making import events_of, room_for, sent_by

NEURONS = 5


@pytest.mark.parametrize("kind", [None, np.int8])
def test_append_and_drop(kind):
    sent = np.random.default_rng(0).integers(-2 if kind else 0, 3 if kind else 2, (2, 6, NEURONS))
    kept = room_for(2, 6, NEURONS, kind)
    append_columns(kept, events_of(sent[:, :2], kind), 0)
    append_columns(kept, events_of(sent, kind).part(2, 5), 2)  # events that do not begin at place 0
    np.testing.assert_array_equal(sent_by(kept.part(0, 5), NEURONS), sent[:, :5])
    drop_columns(kept, 3, 5)
    np.testing.assert_array_equal(sent_by(kept.part(0, 2), NEURONS), sent[:, 3:5])
    assert isinstance(kept, Events) and not kept.ends[:, 0].any()
