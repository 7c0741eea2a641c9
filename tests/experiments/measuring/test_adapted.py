"""The adapted network of the zoo: trained, converted and estimated; a second call reads what was measured."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.data import opening
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.zoo import WEIGHTS
from tests.experiments.measuring.asking import measured


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few drawn images in the place of the data set."""
    draw = np.random.default_rng(0)
    images, labels = draw.random((48, 1, 28, 28), np.float32), draw.integers(0, 10, 48)
    found = Dataset("fashion-mnist", images, labels, images[:16], labels[:16], tuple("0123456789"))
    monkeypatch.setattr(opening, "_named", lambda *_: found)


@pytest.mark.parametrize("more", [[], ["--unlabelled"]])
@pytest.mark.usefixtures("few")
def test_it_is_adapted_converted_and_estimated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    for path in WEIGHTS.glob("gated-fashion.*"):
        shutil.copy(path, tmp_path)
    given = ["--weights", str(tmp_path), "--epochs", "1", "--step-epochs", "0", "--steps", "2", *more]
    found = measured(tmp_path / "out", "adapted", *given)
    first = capsys.readouterr().out
    for word in ("constant_gate", "average_pool", "relu", "rate_2_fixed", "ttfs", "fpga_energy_uj"):
        assert word in first
    assert found["adapted"]["measured"] == ["agreement" if more else "accuracy"]
    measured(tmp_path / "out", "adapted", *given)
    assert capsys.readouterr().out == first
