"""Recordings as data for a code."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.events import EventData, count_frames, load_events
from spikewright.experiments.events.classify import train_classifier
from spikewright.snn import IF, AddressEvents, Direct, SignedIF, simulate
from tests.experiments.events.recordings import events

CODE = AddressEvents(8, 1000)


def test_frames_count_the_spikes_of_the_code() -> None:
    """Two events of a pixel in one step are one spike, in two steps two; later ones are not seen."""
    sample = events((1, 2, 0, 1), (1, 2, 500, 1), (1, 2, 1000, 1), (5, 0, 7999, 0), (5, 0, 8000, 0))
    frames = count_frames([sample, events()], (2, 34, 34), CODE)
    assert frames.shape == (2, 2, 34, 34)
    assert frames[0, 1, 2, 1] == 2 / 8
    assert frames[0, 0, 0, 5] == 1 / 8
    assert frames.sum() == np.float32(3 / 8)


@pytest.fixture(scope="module")
def data(recordings: Path) -> EventData:
    return load_events("nmnist", recordings)


def test_events_bring_the_charge_of_their_frame(data: EventData) -> None:
    """Integrators that never fire: the same potential from events and from their counts as a current."""
    made = train_classifier(data, CODE, epochs=1)
    high = tuple(replace(p, neuron=IF(1e6)) if isinstance(p.neuron, SignedIF) else p for p in made.network.populations)
    quiet = replace(made.network, populations=high)
    frames = count_frames(data.test, data.shape, CODE)
    one = simulate(quiet, data.test, engine="reference", record=("potentials",)).potentials["_0"][-1]
    two = simulate(replace(quiet, code=Direct(8)), frames, engine="reference", record=("potentials",)).potentials["_0"][
        -1
    ]
    np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)
