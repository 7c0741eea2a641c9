"""Gates in a run: counts go on from chunk to chunk, operations are counted."""

import numpy as np

from spikewright.snn import Direct, RateCode, Windows
from spikewright.snn.event.gating import gate
from spikewright.snn.kernels.events import graded_events
from tests.snn.event.steps import chunk_of, compiled, gated, ledger_of
from tests.snn.kernels.making import events_of, sent_by

WHOLE = Windows((2, 2), (2, 2))


def pooled(code):
    return gated((1, 2, 4), (1, 1, 2), WHOLE, code)


def largest(held):
    """(..., 8) -> (..., 2): engine order of one channel is row-major."""
    return held.reshape(*held.shape[:-1], 2, 2, 2).max(axis=(-3, -1))


def test_counts_go_on():
    network = pooled(RateCode(8))
    population, ledger, chunk = compiled(network, "m"), ledger_of(network), chunk_of(slice(0, 4))
    sent = np.random.default_rng(0).integers(0, 2, (2, 8, 8))
    found = []
    for steps in (slice(0, 4), slice(4, 8)):
        chunk.steps = steps
        chunk.arrive("in", events_of(sent[:, steps]))
        events, trace = gate(population, chunk, ledger, True)
        found.append(sent_by(events, 2))
        np.testing.assert_array_equal(trace[:, -1], largest(sent[:, : steps.stop].sum(axis=1)))
    np.testing.assert_array_equal(np.concatenate(found, axis=1).cumsum(axis=1), largest(sent.cumsum(axis=1)))
    np.testing.assert_array_equal(ledger.operations["in->m"], sent.sum(axis=(1, 2)))


def test_values_are_compared_once():
    network = pooled(Direct(1))
    ledger, chunk = ledger_of(network), chunk_of(slice(0, 1))
    values = np.random.default_rng(1).integers(0, 5, (2, 8)).astype(np.float32)
    chunk.arrive("in", graded_events(values))
    events, trace = gate(compiled(network, "m"), chunk, ledger, False)
    assert events.graded and not trace.size
    np.testing.assert_array_equal(sent_by(events, 2)[:, 0], largest(values))
    np.testing.assert_array_equal(ledger.operations["in->m"], (values != 0).sum(axis=1))
