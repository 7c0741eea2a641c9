"""What is written down: counts always, rasters and potentials where they are asked for, answers by the readout."""

import numpy as np
import pytest

from spikewright.snn import IF, Identity, Integrator, PhaseCode, RateCode
from tests.snn.event.steps import ledger_of
from tests.snn.kernels.making import events_of
from tests.snn.small import single

SIZE, STEPS = 4, 3
SENT = np.random.default_rng(0).integers(0, 2, (2, STEPS, SIZE))
PUBLIC = np.array([2, 0, 3, 1])


def ledger(neuron=None, code=None, record=(), **options):
    return ledger_of(
        single(((SIZE,),) * 2, neuron or IF(1.0), Identity(), code or RateCode(STEPS), **options), 2, record
    )


def noted(this, sent=SENT, kind=None):
    this.sent("a", PUBLIC, events_of(sent, kind), np.arange(2), 0)
    return this.activity("event")


@pytest.mark.parametrize(
    ("readout", "code", "wanted"),
    [
        ("count", None, lambda raster: raster.cumsum(axis=0)),
        ("count", PhaseCode(3), lambda raster: (raster * np.array([4, 2, 1])[:, None, None]).cumsum(axis=0)),
        ("first", None, lambda raster: (raster.cumsum(axis=0) > 0).cumsum(axis=0)),
    ],
)
def test_answers(readout, code, wanted):
    raster = np.empty((STEPS, 2, SIZE), int)
    raster[:, :, PUBLIC] = SENT.transpose(1, 0, 2)
    activity = noted(ledger(code=code, readout=readout))
    np.testing.assert_array_equal(activity.logits_over_time, wanted(raster))
    np.testing.assert_array_equal(activity.spikes["a"], SENT.sum(axis=(1, 2)))
    assert activity.rasters == {} and activity.potentials == {}


def test_rasters_have_the_type_of_what_is_sent():
    assert noted(ledger(record=("rasters",))).rasters["a"].dtype == np.uint8
    signed = noted(ledger(record=("rasters",)), -SENT, np.int8)
    assert signed.rasters["a"].dtype == np.int8 and signed.rasters["a"].min() == -1
    np.testing.assert_array_equal(signed.spikes["a"], SENT.sum(axis=(1, 2)))


def test_potentials_are_answers_or_wanted():
    this = ledger(Integrator())
    assert (
        this.wants_potentials("a")
        and not this.wants_potentials("in")
        and ledger(record=("potentials",)).wants_potentials("in")
    )
    trace = np.random.default_rng(1).random((2, STEPS, SIZE)).astype(np.float32)
    this.potentials("a", PUBLIC, trace, np.arange(2), slice(0, STEPS))
    np.testing.assert_array_equal(this.activity("event").logits_over_time[:, :, PUBLIC], trace.transpose(1, 0, 2))


def test_samples_that_stopped_keep_their_answer():
    this = ledger()
    this.decided[:] = [1, STEPS]
    logits = noted(this).logits_over_time
    np.testing.assert_array_equal(logits[:, 0], np.broadcast_to(logits[0, 0], (STEPS, SIZE)))
    assert (logits[:, 1] != logits[0, 1]).any()
