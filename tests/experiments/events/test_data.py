"""Recordings as data for a code."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.events import EventData, count_frames, load_events
from spikewright.experiments.events.classify import train_classifier
from spikewright.experiments.events.files import EVENT, Events
from spikewright.snn import IF, AddressEvents, Direct, SignedIF, simulate

CODE = AddressEvents(8, 1000)


def events(*rows: tuple[int, int, int, int]) -> Events:
    return np.array([tuple(row) for row in rows], EVENT)


def write_bin(path: Path, sample: Events) -> None:
    """The format of Orchard et al. 2015, written out bit by bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = [(int(x) << 32) | (int(y) << 24) | (int(p) << 23) | int(t) for x, y, t, p in sample]
    path.write_bytes(b"".join(word.to_bytes(5, "big") for word in words))


def stripes(random: np.random.Generator, label: int) -> Events:
    """120 events in eight milliseconds, all in the columns of the label."""
    sample = np.zeros(120, EVENT)
    sample["x"], sample["y"] = 3 * label + random.integers(0, 3, 120), random.integers(0, 34, 120)
    sample["t"], sample["p"] = np.sort(random.integers(0, 8000, 120)), random.integers(0, 2, 120)
    return sample


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten classes, six training and two test samples of each, numbered across the classes as the original is."""
    folder, random = tmp_path_factory.mktemp("nmnist"), np.random.default_rng(0)
    for split, count in (("Train", 60), ("Test", 20)):
        for number in range(count):
            write_bin(
                folder / "NMNIST" / split / str(number % 10) / f"{number + 1:05}.bin", stripes(random, number % 10)
            )
    return folder


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
