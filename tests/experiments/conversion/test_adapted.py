"""The adapted network of the zoo: one command trains, converts and estimates it, and a second call reads what was measured."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from spikewright.experiments.conversion.adapted import main
from spikewright.experiments.data.load import Dataset
from spikewright.experiments.zoo import WEIGHTS


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """A few drawn images in the place of the data set."""
    draw = np.random.default_rng(0)
    images, labels = draw.random((48, 1, 28, 28), np.float32), draw.integers(0, 10, 48)
    found = Dataset("fashion-mnist", images, labels, images[:16], labels[:16], tuple("0123456789"))
    monkeypatch.setattr("spikewright.experiments.data.load.load_dataset", lambda *_: found)
    return found


@pytest.mark.parametrize("more", [[], ["--unlabelled"]])
def test_it_is_adapted_converted_and_estimated(
    few: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    for path in WEIGHTS.glob("gated-fashion.*"):
        shutil.copy(path, tmp_path)
    given = ["--weights", str(tmp_path), "--epochs", "1", "--step-epochs", "0", "--steps", "2", "--quiet", *more]
    asked = [*given, "--output", str(tmp_path / "out")]
    assert main(asked) == 0
    first = capsys.readouterr().out
    for word in ("constant_gate", "average_pool", "relu", "rate_2_fixed", "ttfs", "fpga_energy_uj"):
        assert word in first
    assert main(asked) == 0 and capsys.readouterr().out == first
    assert (tmp_path / "out" / "gated-fashion-adapted.safetensors").is_file()
