"""A classifier of recordings, and its command."""

from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.events import EventData, count_frames, load_events
from spikewright.experiments.events.__main__ import main
from spikewright.experiments.events.classify import train_classifier
from spikewright.experiments.events.files import EVENT, Events
from spikewright.snn import AddressEvents, simulate

CODE = AddressEvents(8, 1000)


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


@pytest.fixture(scope="module")
def data(recordings: Path) -> EventData:
    return load_events("nmnist", recordings)


def test_a_classifier_of_stripes(data: EventData) -> None:
    made = train_classifier(data, CODE, epochs=12)
    assert made.frames_accuracy > 0.8
    activity = simulate(made.network, data.test, engine="reference")
    assert abs(activity.accuracy(data.test_labels) - made.frames_accuracy) <= 0.15
    assert activity.spikes["input"][0] == round(float(count_frames(data.test[:1], data.shape, CODE).sum()) * 8)


def test_the_command(recordings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--data", str(recordings), "--steps", "8", "--step-us", "1000", "--epochs", "1", "--engine", "reference"]
    assert main([*options, "--out", str(tmp_path / "n.sw")]) == 0
    told = capsys.readouterr().out
    assert "SignedIF, fixed" in told
    assert "60,000" in told
    assert (tmp_path / "n.sw").is_file()
    assert main(["--data", str(tmp_path)]) == 2
