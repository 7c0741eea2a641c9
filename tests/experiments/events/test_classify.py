"""A classifier of recordings, and its command."""

from pathlib import Path

import pytest

from spikewright.experiments.events import EventData, count_frames, load_events
from spikewright.experiments.events.__main__ import main
from spikewright.experiments.events.classify import train_classifier
from spikewright.snn import AddressEvents, simulate

CODE = AddressEvents(8, 1000)


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
