"""What is sent is recorded, and what arrives of it is disturbed, in the order of the noise."""

import numpy as np

from spikewright.snn import (
    IF,
    Direct,
    Identity,
    Network,
    Population,
    Projection,
    RateCode,
    Source,
    SpikeDeletion,
    SpikeInsertion,
    SpikeJitter,
    SpikeSelectCode,
    StuckAt,
)
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.ledger import Ledger
from spikewright.snn.event.sending import DISTURBANCES, Sender
from spikewright.snn.simulation import Request
from tests.snn.event.steps import chunk_of
from tests.snn.kernels.making import events_of, sent_by

SIZE, STEPS = 6, 4
SENT = np.random.default_rng(0).integers(0, 2, (2, STEPS, SIZE))


def sent_from(name, *noise, code=None, sent=SENT):
    """What is recorded of a population in -> a -> b, and what arrives of it."""
    parts = (Population("in", (SIZE,), Source()), Population("a", (SIZE,), IF(1.0)), Population("b", (SIZE,), IF(1.0)))
    links = (Projection("in", "a", Identity()), Projection("a", "b", Identity()))
    network = Network(parts, links, "in", "b", code or RateCode(STEPS), readout="count")
    request = Request(network, np.zeros((2, SIZE), np.float32), noise, ("rasters",))
    ledger, chunk = Ledger(request), chunk_of(slice(0, STEPS))
    sender = Sender(request, ledger, {p.name: engine_order(p.shape) for p in parts})
    sender.send(name, events_of(sent), chunk)
    np.testing.assert_array_equal(ledger.spikes[name], ledger.raster(name).sum(axis=(0, 2)))
    return ledger.raster(name).transpose(1, 0, 2), sent_by(chunk.arriving(name, 0), SIZE), chunk


def test_nothing_changes_without_noise():
    recorded, arriving, chunk = sent_from("a")
    np.testing.assert_array_equal(recorded, SENT)
    np.testing.assert_array_equal(arriving, SENT)
    assert not chunk.quiet.any()


def test_a_population_that_is_quiet_and_an_input_that_does_not_matter():
    assert sent_from("a", sent=0 * SENT)[2].quiet.all() and sent_from("in")[2].quiet.all()


def test_what_is_lost_on_the_way_was_sent():
    recorded, arriving, _ = sent_from("a", SpikeDeletion(1.0))
    np.testing.assert_array_equal(recorded, SENT)
    assert not arriving.any()


def test_noise_acts_in_its_order_and_where_it_is_told_to():
    assert sent_from("a", SpikeDeletion(1.0), SpikeInsertion(1.0))[1].all()
    assert not sent_from("a", SpikeInsertion(1.0), SpikeDeletion(1.0))[1].any()
    np.testing.assert_array_equal(sent_from("a", SpikeDeletion(1.0, 0, ("b",)))[1], SENT)


def test_stuck_neurons_are_part_of_what_is_sent():
    recorded, arriving, _ = sent_from("a", SpikeDeletion(0.0), StuckAt(1, 1.0))
    assert recorded.all() and arriving.all()
    assert not sent_from("a", StuckAt(1, 1.0), StuckAt(0, 1.0))[0].any()  # the later one holds


def test_limits_of_a_code_are_those_of_hidden_neurons():
    first = SENT & (SENT.cumsum(axis=1) <= 1)
    np.testing.assert_array_equal(sent_from("a", code=SpikeSelectCode(STEPS))[0], first)
    for name in ("in", "b"):
        np.testing.assert_array_equal(sent_from(name, code=SpikeSelectCode(STEPS))[0], SENT)


def test_jitter_makes_numbers_of_spikes():
    arriving = sent_from("a", SpikeJitter(2))[1]
    np.testing.assert_array_equal(arriving.sum(axis=(1, 2)), SENT.sum(axis=(1, 2)))


def test_values_are_not_touched():
    parts = (Population("in", (SIZE,), Source()), Population("a", (SIZE,), IF(1.0)))
    network = Network(parts, (Projection("in", "a", Identity()),), "in", "a", Direct(STEPS), readout="count")
    noise = tuple(one(1.0) for one in DISTURBANCES)
    request = Request(network, np.zeros((2, SIZE), np.float32), noise)
    sender = Sender(request, Ledger(request), {p.name: engine_order(p.shape) for p in parts})
    chunk, values = chunk_of(slice(0, STEPS)), events_of(np.ones((2, 1, SIZE)), np.float32, True)
    sender.send("in", values, chunk)
    assert chunk.arriving("in", 0) is values
