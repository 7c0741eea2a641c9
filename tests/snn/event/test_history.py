"""What was sent before is there for who asks later, and no longer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spikewright.snn.event.history import History, joined
from spikewright.snn.kernels.events import Events, no_values
from tests.snn.kernels.making import events_of, sent_by


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_history_gives_back_what_it_was_given(data) -> None:
    """Whatever the lengths of the chunks, with values or without; what is forgotten is what no delay can ask for."""
    longest, most = data.draw(st.integers(0, 6)), data.draw(st.integers(1, 4))
    lengths = data.draw(st.lists(st.integers(1, most), min_size=1, max_size=12))
    random = np.random.default_rng(data.draw(st.integers(0, 2**20)))
    counts = random.integers(0, 4, (3, sum(lengths)))
    sent = [[random.integers(0, 9, count).astype(np.int32) for count in row] for row in counts]
    history, start, valued = History(3, longest, most), 0, data.draw(st.booleans())
    for length in lengths:
        steps = slice(start, start + length)
        ends = np.concatenate([np.zeros((3, 1), int), counts[:, steps].cumsum(axis=1)], axis=1).astype(np.int32)
        address = np.zeros((3, 12), np.int32)
        for s in range(3):
            address[s, : ends[s, -1]] = np.concatenate([np.zeros(0, np.int32), *sent[s][steps]])
        history.begin(steps)
        history.append(Events(address, ends, address.astype(np.int8) if valued else no_values(3)), start)
        assert history.kept.ends.shape[1] <= 2 * longest + most + 1
        for delay in range(longest + 1):
            back = history.window(steps, delay)
            for s, t in np.ndindex(3, length):
                wanted = sent[s][start + t - delay] if start + t >= delay else []
                place = slice(back.ends[s, t], back.ends[s, t + 1])
                np.testing.assert_array_equal(back.address[s, place], wanted)
                if valued:
                    np.testing.assert_array_equal(back.value[s, place], wanted)
        start += length


@pytest.mark.parametrize("kind", [None, np.int8])
def test_samples_that_go_on(kind):
    sent = np.random.default_rng(0).integers(0, 2, (4, 3, 5))
    history = History(4, 2, 3)
    history.begin(slice(0, 3))
    history.append(events_of(sent, kind), 0)
    history.keep(np.array([1, 3]))
    np.testing.assert_array_equal(sent_by(history.window(slice(0, 3), 0), 5), sent[[1, 3]])


def test_a_silent_beginning_has_values_all_the_same():
    history = History(1, 1, 4)
    history.begin(slice(0, 4))
    history.append(events_of(np.zeros((1, 4, 3)), np.int8), 0)
    assert history.window(slice(0, 4), 1).valued


@pytest.mark.parametrize("kind", [None, np.int8])
def test_steps_are_joined(kind):
    sent = np.random.default_rng(1).integers(0, 2, (2, 4, 6))
    parts = [events_of(sent[:, t : t + 1], kind) for t in range(4)]
    np.testing.assert_array_equal(sent_by(joined(parts), 6), sent)
