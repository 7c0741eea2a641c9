"""The input: values once, spikes of codes and events of cameras in whatever pieces of steps."""

import numpy as np
import pytest

from spikewright.snn import AddressEvents, Bursts, Direct, Identity, Integrator, RateCode
from spikewright.snn.event.addresses import engine_order
from spikewright.snn.event.input import SpikeInput
from spikewright.snn.simulation import Request
from spikewright.snn.streams import check_inputs
from tests.snn.event.steps import chunk_of
from tests.snn.kernels.making import sent_by
from tests.snn.small import events, single

SHAPE = (2, 2, 3)


def pieces(code, inputs, *steps):
    """What the input sends in each piece of steps, (samples, steps, neurons), public order."""
    network = single((SHAPE, SHAPE), Integrator(), Identity(), code)
    this = SpikeInput(
        Request(network, check_inputs(network, inputs)), engine_order(network.by_name[network.input].shape)
    )
    chunk, found = chunk_of(steps[0]), []
    for chunk.steps in steps:
        sent = this.events(chunk)
        dense = np.zeros((2, sent.steps, 12))
        dense[:, :, this.public] = sent_by(sent, 12)
        found.append((dense, sent))
    return found


IMAGES = np.random.default_rng(0).random((2, *SHAPE)).astype(np.float32)


def test_values_are_sent_once():
    (first, events_first), (later, events_later) = pieces(Direct(8, 15), IMAGES, slice(0, 4), slice(4, 8))
    np.testing.assert_array_equal(first[:, 0], np.floor(IMAGES.reshape(2, -1).astype(float) * 15 + 0.5))
    assert events_first.graded and events_later.graded and not later.size


@pytest.mark.parametrize("code", [RateCode(8), Bursts(8, 3)])
def test_spikes_do_not_depend_on_the_pieces(code):
    whole, sent = pieces(code, IMAGES, slice(0, 8))[0]
    parts = np.concatenate([part for part, _ in pieces(code, IMAGES, slice(0, 3), slice(3, 8))], axis=1)
    np.testing.assert_array_equal(parts, whole)
    assert sent.valued == (code.most > 1)


def test_camera_events_by_sample_and_step():
    """x, y, t, p; one after the end is not there."""
    recordings = [events((1, 0, 0, 0), (2, 1, 15, 1), (2, 1, 16, 1)), events((0, 0, 29, 1), (0, 0, 99, 0))]
    found = pieces(AddressEvents(4, 10, 2), recordings, slice(0, 2), slice(2, 4))
    wanted = np.zeros((2, 4, *SHAPE))
    wanted[0, 0, 0, 0, 1], wanted[0, 1, 1, 1, 2], wanted[1, 2, 1, 0, 0] = 1, 2, 1
    np.testing.assert_array_equal(np.concatenate([part for part, _ in found], axis=1), wanted.reshape(2, 4, 12))
