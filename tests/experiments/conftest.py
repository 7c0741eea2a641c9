"""The files of a short pipeline, made by the commands themselves."""

from pathlib import Path

import pytest

from spikewright.experiments.cli import main


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
