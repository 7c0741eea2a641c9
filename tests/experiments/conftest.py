"""What many tests look at: the files of a short pipeline, and a small study that has been run."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main
from spikewright.experiments.studies.study import run_study
from tests.experiments.studies.small_study import small


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of train, compress and convert; nobody writes into it."""
    folder = tmp_path_factory.mktemp("pipeline")
    quick = ["--quiet", "--epochs", "1"]
    assert main(["train", *quick, "--out", str(folder / "model.safetensors")]) == 0
    source, small = str(folder / "model.safetensors"), str(folder / "small.safetensors")
    assert main(["compress", source, *quick, "--images", "64", "--activation-bits", "3", "--out", small]) == 0
    assert main(["convert", small, "--out", str(folder / "net.spike"), "--samples", "50"]) == 0
    assert main(["convert", small, "--recipe", "ttfs", "--out", str(folder / "ttfs.spike"), "--samples", "50"]) == 0
    return folder


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the small study, finished; tests may add cells to it."""
    folder = tmp_path_factory.mktemp("study")
    assert run_study(small(), folder).ran == 3
    return folder
