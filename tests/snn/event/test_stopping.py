"""Who may stop: leads and counts of the running answer, and silence after a direct input."""

from dataclasses import replace

import numpy as np
import pytest

from spikewright.snn import IF, Direct, Identity, Quiescence, RateCode, TerminateDelta, TerminateMax
from spikewright.snn.event.buffers import Buffers
from spikewright.snn.event.chunk import Chunk
from spikewright.snn.event.stopping import has_decided
from tests.snn.small import single


def network(decision, readout="count", code=None):
    shapes = ((3,), (3,))
    return replace(single(shapes, IF(1.0), Identity(), code or RateCode(9), readout=readout), decision=decision)


def stops(this, *sent, potential=None):
    """After which steps each of two samples would stop."""
    chunk, found = Chunk(np.arange(2), Buffers()), []
    for step, spikes in enumerate(sent):
        chunk.steps = slice(step, step + 1)
        spikes = np.array(spikes)
        found.append(has_decided(this, chunk, spikes, spikes if potential is None else potential).tolist())
    return found


SENT = ([[1, 0, 0], [1, 1, 0]], [[1, 0, 0], [0, 0, 0]], [[0, 1, 0], [0, 0, 0]])


@pytest.mark.parametrize(
    ("decision", "readout", "wanted"),
    [
        (TerminateMax(2), "count", [[False, False], [True, False], [True, False]]),
        (TerminateDelta(2), "count", [[False, False], [True, False], [False, False]]),
        (TerminateMax(3), "first", [[False, False], [False, False], [True, True]]),
    ],
)
def test_leads_and_counts(decision, readout, wanted):
    assert stops(network(decision, readout), *SENT) == wanted


def test_potentials_are_the_answer_where_they_are_read():
    potential = np.array([[5.0, 1, 0], [5.0, 4, 0]])
    assert stops(network(TerminateDelta(3), "potential"), *SENT, potential=potential)[0] == [True, False]


@pytest.mark.parametrize(
    ("step", "code", "wanted"),
    [(1, Direct(9, window=2), False), (2, Direct(9, window=2), True), (5, RateCode(9), False)],
)
def test_silence_settles_only_when_nothing_flows_any_more(step, code, wanted):
    chunk = Chunk(np.arange(2), Buffers(), slice(step, step + 1))
    chunk.quiet = np.array([True, False])
    none = np.zeros((2, 3))
    assert has_decided(network(Quiescence(), code=code), chunk, none, none).tolist() == [wanted, False]
